import { fork } from "node:child_process";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { createKafkaTopic, type KafkaVersion, startPrivateKafka } from "@ofs/testkit";
import { median } from "../quantiles.ts";
import { CLIENTS, type ClientName, type Work } from "./client.ts";
import type { Order, Usage } from "./worker.ts";

const USAGE = `usage: npm run kafka-clients -- [--rounds 5] [--count 100000] [--client ofs]... [--version 4.1.0]
  Each client produces records of 2 KiB to four partitions and reads them, in a process of its own, taking turns.
  platformatic: KAFKA_CLIENTS_FOLDER names a folder where @platformatic/kafka 1.35.0 is installed.
`;
const PARTITION_COUNT = 4;
/** 20 rows of 20 fp32 features, with their keys. */
const SIZE_BYTES = 2048;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    count: { type: "string", default: "100000" },
    client: { type: "string", multiple: true, default: [...CLIENTS] },
    version: { type: "string", default: "4.1.0" },
    help: { type: "boolean", default: false },
  },
});

const ROLES = ["produce", "consume"] as const;

async function main(): Promise<number> {
  const [rounds, count] = [values.rounds, values.count].map(Number);
  const clients = CLIENTS.filter((name) => values.client.includes(name));
  if (values.help || !rounds || !count || clients.length === 0) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  const kafka = await startPrivateKafka({ version: values.version as KafkaVersion });
  const found = new Map<string, Usage[]>();
  try {
    for (let round = 0; round < rounds; round++) {
      for (const client of rotated(clients, round)) {
        const topic = `${client}-${round}`;
        const broker = kafka.address.text;
        await createKafkaTopic(broker, topic, { partitions: PARTITION_COUNT });
        const work: Work = { broker, topic, count, sizeBytes: SIZE_BYTES };
        for (const role of ROLES) {
          const usage = await measure({ client, role, work });
          const key = `${client} ${role}`;
          found.set(key, [...(found.get(key) ?? []), usage]);
          process.stderr.write(`round ${round + 1}: ${key} ${usage.seconds.toFixed(2)} s\n`);
        }
      }
    }
  } finally {
    await kafka.close();
  }
  process.stdout.write(render(clients, found, count));
  return 0;
}

function measure(order: Order): Promise<Usage> {
  const child = fork(new URL("./worker.ts", import.meta.url), { execArgv: process.execArgv });
  return new Promise((resolve, reject) => {
    child.once("message", (usage) => resolve(usage as Usage));
    child.once("exit", (code) => reject(new Error(`${order.client} ended with ${code}`)));
    child.send(order);
  });
}

function render(
  clients: readonly ClientName[],
  found: ReadonlyMap<string, Usage[]>,
  count: number,
): string {
  const lines = [
    `load average ${loadavg().map((one) => one.toFixed(2))}; medians`,
    "",
    "| client | role | CPU us/record | records/s | records/CPU s | largest RSS MiB |",
    "| --- | --- | ---: | ---: | ---: | ---: |",
  ];
  for (const role of ROLES) {
    for (const client of clients) {
      const usages = found.get(`${client} ${role}`) ?? [];
      const cpu = median(usages.map(({ cpuSeconds }) => cpuSeconds));
      const seconds = median(usages.map((usage) => usage.seconds));
      const rss = median(usages.map(({ maxRssMib }) => maxRssMib));
      const cells = [(cpu / count) * 1e6, count / seconds, count / cpu, rss];
      lines.push(
        `| ${client} | ${role} | ${cells.map((one, i) => one.toFixed(i === 0 ? 1 : 0)).join(" | ")} |`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Nobody is always first. */
function rotated<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

process.exitCode = await main();
