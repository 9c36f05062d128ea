import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { provideServers } from "@ofs/testkit";
import { cpuSeconds, residentMebibytes } from "../process-usage.ts";
import { median } from "../quantiles.ts";
import { ROW_CASES, type RowCase } from "./row-cases.ts";
import { CONNECTIONS, openRowLoad, type RowLoad } from "./row-load.ts";
import { ROW_STORES, type RowServer, startRowServer } from "./row-server.ts";

const USAGE = `usage: npm run row-bench -- [options]
  Requests to the row dialect's REST: what they cost the server, how many it takes, and how long they take at half of that.

  --store NAME   ${ROW_STORES.join(", ")}; default both; may be repeated
  --rounds N     default 3
  --quick        one round, a tenth of the calls: does it run, not what does it cost
`;
/** The server has one for itself, the load has the other. */
const SERVER_CORE = "0";
const LOAD_CORE = "1";
const WARM_UP_SHARE = 1 / 3;
const QUICK_SHARE = 1 / 10;
/** Of the load at which latency is told. */
const RATED_SHARE = 0.5;
const RATED_SECONDS = 5;

interface Turn {
  readonly cpuMicros: number;
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const { values } = parseArgs({
  options: {
    store: { type: "string", multiple: true },
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** As many calls as the server takes, and then half as many a second. */
async function takeTurn(server: RowServer, load: RowLoad, one: RowCase): Promise<Turn> {
  const url = `http://${server.address}${one.path}`;
  const callCount = Math.ceil(one.callCount * (values.quick ? QUICK_SHARE : 1));
  const order = { url, body: one.body, rate: undefined };
  await load({ ...order, callCount: Math.ceil(callCount * WARM_UP_SHARE) });
  const before = await cpuSeconds(server.pid);
  const { callsPerSecond } = await load({ ...order, callCount });
  const used = (await cpuSeconds(server.pid)) - before;
  // The load's rate is a whole number for each connection.
  const rate = Math.max(1, Math.round((callsPerSecond * RATED_SHARE) / CONNECTIONS)) * CONNECTIONS;
  const rated = await load({
    ...order,
    rate,
    callCount: rate * (values.quick ? 1 : RATED_SECONDS),
  });
  const { p50Ms, p99Ms } = rated;
  return { cpuMicros: (used / callCount) * 1e6, callsPerSecond, p50Ms, p99Ms };
}

async function measureStore(store: (typeof ROW_STORES)[number], load: RowLoad): Promise<void> {
  const server = await startRowServer(store, SERVER_CORE);
  try {
    for (const one of ROW_CASES) {
      const turns: Turn[] = [];
      const rounds = values.quick ? 1 : Number(values.rounds);
      for (let round = 0; round < rounds; round++) turns.push(await takeTurn(server, load, one));
      const of = (name: keyof Turn): number => median(turns.map((turn) => turn[name]));
      const cells = [
        store,
        one.name,
        of("cpuMicros").toFixed(1),
        of("callsPerSecond").toFixed(0),
        of("p50Ms").toFixed(2),
        of("p99Ms").toFixed(2),
        (await residentMebibytes(server.pid)).toFixed(0),
      ];
      process.stdout.write(`| ${cells.join(" | ")} |\n`);
    }
  } finally {
    await server.close();
  }
}

async function run(): Promise<void> {
  const stores = ROW_STORES.filter((store) => values.store?.includes(store) ?? true);
  const unknown = values.store?.find((name) => !ROW_STORES.some((store) => store === name));
  if (unknown !== undefined)
    throw new Error(`--store ${unknown}: there are ${ROW_STORES.join(", ")}`);
  const folder = await mkdtemp(join(tmpdir(), "ofs-row-bench-"));
  const stopServers = await provideServers(["etcd", "cassandra"]);
  try {
    const load = await openRowLoad(LOAD_CORE, folder);
    const names = [
      "store",
      "request",
      "CPU us/request",
      "requests/s",
      "p50 ms",
      "p99 ms",
      "RSS MiB",
    ];
    process.stdout.write(`| ${names.join(" | ")} |\n| --- | --- |${" ---: |".repeat(5)}\n`);
    for (const store of stores) await measureStore(store, load);
  } finally {
    await stopServers();
    await rm(folder, { recursive: true, force: true });
  }
  const [cpu] = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const averages = loadavg().map((figure) => figure.toFixed(1));
  process.stdout.write(
    `\nNode ${process.versions.node}, ${cpus().length} x ${cpu?.model ?? "unknown CPU"}, ${gibibytes} GiB, ` +
      `medians of ${values.quick ? 1 : values.rounds} rounds, load averages at the end ${averages.join(" ")}\n`,
  );
}

if (values.help) process.stdout.write(USAGE);
else await run();
