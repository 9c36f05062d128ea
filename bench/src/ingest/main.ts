import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { provideServers, serverAddress, startRedis } from "@ofs/testkit";
import { fillBacklog, ROWS_PER_MESSAGE } from "./backlog.ts";
import {
  type IngestFigures,
  type RunOptions,
  type RunResult,
  runConsumer,
  type Target,
  WARM_UP_ROWS,
} from "./consumer-run.ts";
import { summarizeProfile } from "./cpu-profile.ts";
import { renderFigures, renderProfile } from "./ingest-report.ts";

const USAGE = `usage: npm run ingest-bench -- [--seconds 10] [--rounds 3] [--store cassandra|redis] [--caches] [--profile]
  One built consumer reads a topic that is full before it starts: messages of 20 rows of 20 fp32 features, four
  partitions, each row another key. Stores take turns; figures are those after the first 100 000 rows of a round.
  --caches: the entity names caches, which writes have to tell. --profile: one round, and where its CPU time went.
`;
const TARGETS: readonly Target[] = ["cassandra", "redis"];
/** Faster than any round has been: the backlog lasts for the time that is measured. */
const ROWS_PER_SECOND_MAX = 40_000;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    store: { type: "string" },
    profile: { type: "boolean", default: false },
    caches: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<number> {
  const [seconds, rounds] = [values.seconds, values.rounds].map(Number);
  const targets = TARGETS.filter((target) => target === (values.store ?? target));
  if (values.help || !seconds || !rounds || targets.length === 0) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  const stopServers = await provideServers(["kafka", "redis", "cassandra", "etcd"]);
  try {
    await bench(targets, seconds, values.profile ? 1 : rounds);
  } finally {
    await stopServers();
  }
  return 0;
}

async function bench(targets: readonly Target[], seconds: number, rounds: number): Promise<void> {
  const found = new Map<Target, IngestFigures[]>(targets.map((target) => [target, []]));
  const loadBefore = describeLoad();
  const messageCount = Math.ceil((WARM_UP_ROWS + seconds * ROWS_PER_SECOND_MAX) / ROWS_PER_MESSAGE);
  const backlog = await fillBacklog(serverAddress("kafka").text, messageCount);
  process.stderr.write(`${messageCount} messages of ${backlog.messageBytes} bytes wait\n`);
  const run = values.profile ? runProfiled : runOnce;
  try {
    for (let round = 0; round < rounds; round++) {
      for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
        const figures = await run({ backlog, target, seconds, isCached: values.caches });
        found.get(target)?.push(figures);
        process.stderr.write(
          `round ${round + 1}, ${target}: ${figures.rowsPerSecond.toFixed(0)} rows/s, ` +
            `${figures.cpuMicrosPerRow.toFixed(1)} us a row, load ${describeLoad()}\n`,
        );
      }
    }
  } finally {
    await backlog.topic.close();
  }
  process.stdout.write(
    `\nNode ${process.versions.node}, median of ${rounds} rounds of ${seconds} s; ` +
      `load average ${loadBefore} before, ${describeLoad()} after\n\n${renderFigures(found)}\n`,
  );
}

type Order = Omit<RunOptions, "redis" | "profileFolder">;

async function runOnce(order: Order): Promise<IngestFigures> {
  return (await withRedis(order)).figures;
}

/** Prints where the time went, too. */
async function runProfiled(order: Order): Promise<IngestFigures> {
  const profileFolder = await mkdtemp(join(tmpdir(), "ofs-profile-"));
  try {
    const { figures, window } = await withRedis({ ...order, profileFolder });
    const summary = await summarizeProfile(profileFolder, window);
    process.stdout.write(`\n${renderProfile(order.target, summary)}\n`);
    return figures;
  } finally {
    await rm(profileFolder, { recursive: true, force: true });
  }
}

/** With a Redis of its own, so that no round finds what another wrote. */
async function withRedis(options: Omit<RunOptions, "redis">): Promise<RunResult> {
  const redis = await startRedis();
  try {
    return await runConsumer({ ...options, redis: redis.address.text });
  } finally {
    await redis.close();
  }
}

function describeLoad(): string {
  return loadavg()
    .map((one) => one.toFixed(1))
    .join(" ");
}

process.exitCode = await main();
