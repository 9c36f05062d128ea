import { readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, startProcess, type TestProcess, waitUntil } from "@ofs/testkit";
import { TestRegistry } from "../../../services/consumer/test/pipeline/registry.ts";
import { cpuSeconds } from "../process-usage.ts";
import { type Backlog, ENTITY, entityEntries, randomName } from "./backlog.ts";

const MAIN = join(import.meta.dirname, "../../../services/consumer/dist/main.js");
/** Before anything is measured: code is compiled by then. */
export const WARM_UP_ROWS = 100_000;
const POLL_MS = 500;
const START_TIMEOUT_MS = 60_000;
const WARM_UP_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 60_000;
const MIB = 1024 * 1024;

export type Target = "cassandra" | "redis";

/** What the consumer did of a backlog, from its warm-up on. */
export interface IngestFigures {
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly cpuMicrosPerRow: number;
  /** Share of one core. */
  readonly cpuShare: number;
  readonly maxRssMib: number;
}

export interface RunOptions {
  readonly backlog: Backlog;
  readonly target: Target;
  /** `host:port` of a Redis that is this program's own. */
  readonly redis: string;
  /** Of measuring; it ends earlier when the backlog does. */
  readonly seconds: number;
  readonly isCached: boolean;
  /** Where a CPU profile is written, if any. */
  readonly profileFolder?: string;
}

export interface RunResult {
  readonly figures: IngestFigures;
  /** What was measured, in microseconds of the system's monotonic clock. */
  readonly window: readonly [fromMicros: number, toMicros: number];
}

interface Moment {
  readonly rows: number;
  readonly cpuSeconds: number;
  readonly micros: number;
}

/** Lets a new consumer read a backlog from its beginning, in a new group, into a new table. */
export async function runConsumer(options: RunOptions): Promise<RunResult> {
  const store = options.target === "cassandra" ? "scylla" : "redis";
  const registry = await TestRegistry.open(randomName());
  try {
    await registry.addTree(ENTITY, entityEntries(store, options.isCached), store);
    const port = await freePort();
    const { backlog, redis, profileFolder } = options;
    const process = await startProcess({
      script: MAIN,
      nodeOptions:
        profileFolder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`],
      env: {
        ...registry.environment(),
        ...backlog.topic.environment({ GROUP_ID: registry.name }),
        STORAGE_REDIS_STANDALONE_4_ADDR: redis,
        APP_PORT: String(port),
        APP_HOST: "127.0.0.1",
      },
      ready: { http: `http://127.0.0.1:${port}/health/self` },
      readyTimeoutMs: START_TIMEOUT_MS,
    });
    try {
      const result = await measureConsumer(process, port, options);
      const { code } = await process.stop(STOP_TIMEOUT_MS);
      if (code !== 0) throw new Error(`the consumer ended with ${code}:\n${process.output}`);
      return result;
    } finally {
      await process.kill();
    }
  } finally {
    await registry.close();
  }
}

async function measureConsumer(
  process: TestProcess,
  port: number,
  { backlog, seconds }: RunOptions,
): Promise<RunResult> {
  const reach = (what: string, timeoutMs: number, isThere: (moment: Moment) => boolean) =>
    waitUntil(
      async () => {
        const moment = await look(process.pid, port);
        return isThere(moment) && moment;
      },
      { what, timeoutMs, intervalMs: POLL_MS },
    );
  const isWarm = ({ rows }: Moment): boolean => rows >= WARM_UP_ROWS;
  const start = await reach(`${WARM_UP_ROWS} rows`, WARM_UP_TIMEOUT_MS, isWarm);
  const endMicros = start.micros + seconds * 1e6;
  const isOver = ({ rows, micros }: Moment): boolean =>
    rows >= backlog.rowCount || micros >= endMicros;
  const end = await reach("the end", seconds * 1000 + START_TIMEOUT_MS, isOver);
  const rows = end.rows - start.rows;
  const used = end.cpuSeconds - start.cpuSeconds;
  const wallSeconds = (end.micros - start.micros) / 1e6;
  return {
    figures: {
      rows,
      rowsPerSecond: rows / wallSeconds,
      cpuMicrosPerRow: (used / rows) * 1e6,
      cpuShare: used / wallSeconds,
      maxRssMib: maxRssMib(process.pid),
    },
    window: [start.micros, end.micros],
  };
}

/** What is stored, and what it cost. @throws {Error} if rows ended in another way than by being stored */
async function look(pid: number, port: number): Promise<Moment> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  let rows = 0;
  for (const [, labels, value] of text.matchAll(/^ofs_ingest_rows_total\{(.*)\} (\d+)$/gm)) {
    if (!labels?.includes('outcome="stored"')) throw new Error(`rows with ${labels}: ${value}`);
    rows += Number(value);
  }
  const micros = Number(process.hrtime.bigint() / 1000n);
  return { rows, cpuSeconds: await cpuSeconds(pid), micros };
}

function maxRssMib(pid: number): number {
  const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return (Number(kibibytes) * 1024) / MIB;
}
