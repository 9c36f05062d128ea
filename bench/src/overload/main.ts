import { fork } from "node:child_process";
import { setPriority } from "node:os";
import { parseArgs } from "node:util";
import { provideServers, serverAddress, startTcpProxy } from "@ofs/testkit";
import { grpcMessage } from "../../../packages/grpc-front/test/proof/support/frames.ts";
import {
  type ServerUnderTest,
  startServerUnderTest,
} from "../../../services/api-server/test/scenarios/server-under-test.ts";
import { benchTree, HEADERS, SHAPES, WRITTEN_KEYS, writeQuery } from "../cases.ts";
import { LOAD_CORE, pin, SERVER_CORE, startedProcesses } from "../cores.ts";
import { CpuWatch } from "./cpu-watch.ts";
import type { LoadPlan, LoadReport, Phase } from "./load-plan.ts";
import { OVERLOAD_CASES, type OverloadCase } from "./overload-cases.ts";
import { goodputOf, type Outcome, renderOutcomes, renderTimeline } from "./overload-report.ts";
import { ServerWatch } from "./server-watch.ts";

const USAGE = `usage: npm run overload -- [--case PART-OF-NAME] [--rounds N] [--seconds N] [--factor N] [--deadline MS] [--env NAME=VALUE]
  Answers within the deadline, at the peak and at several times its rate, in turns. Medians of the rounds; 80 s a case.
`;

const { values } = parseArgs({
  options: {
    case: { type: "string", multiple: true },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "10" },
    factor: { type: "string", default: "5" },
    deadline: { type: "string", default: "500" },
    connections: { type: "string", default: "20" },
    env: { type: "string", multiple: true, default: [] },
    timeline: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const WRITE_BATCH = 500;
/** Calls that are kept open to find what the server can do: more where each waits long for something else. */
const PROBE_OPEN_CALLS = [20, 100, 400];
const PROBE_SECONDS = 2;
/** Of a store that compiles itself: pieces of time until two are hardly better than those before, and how many at most. */
const WARM_UP_CALLS = 100;
const WARM_UP_SECONDS = 30;
const WARM_UP_GAIN = 1.05;
const WARM_UP_ROUNDS = 10;
const WARM_UP_PATIENCE = 2;
/** Of a client beside the load, in a process of its own: at most, and of the peak. */
const QUIET_CALLS_PER_SECOND = 40;
const QUIET_SHARE = 0.02;
/** It shares its core with the load, and must not wait for it. */
const QUIET_PRIORITY = -15;
const PEAK_SECONDS = 5;
/** Rate after the overload, beside the peak. */
const NORMAL_SHARE = 0.7;
const AFTER_SECONDS = 6;

const wanted = values.case ?? [""];
const cases = OVERLOAD_CASES.filter(({ name }) => wanted.some((part) => name.includes(part)));
const needsCassandra = cases.some(({ store }) => store === "scylla");
const stopServers = await provideServers([
  "etcd",
  "redis",
  ...(needsCassandra ? (["cassandra"] as const) : []),
]);
/** None if they are not of this run. */
const stores = await startedProcesses();
const outcomes: Outcome[] = [];
try {
  // It would take most of the server's core.
  if (needsCassandra) for (const pid of stores) await pin(pid, LOAD_CORE);
  for (const overload of cases) {
    outcomes.push(await runCase(overload));
    process.stderr.write(`${renderOutcomes(outcomes.slice(-1))}\n`);
  }
} finally {
  await stopServers();
}
process.stdout.write(`\n${renderOutcomes(outcomes)}\n`);

async function runCase(overload: OverloadCase): Promise<Outcome> {
  const { host, port } = serverAddress("redis");
  const proxy = await startTcpProxy({ target: { host, port } });
  const env: Record<string, string> = { WORKERS: "1" };
  if (overload.storeFault !== undefined) {
    Object.assign(env, { STORAGE_REDIS_STANDALONE_4_ADDR: `${proxy.host}:${proxy.port}` });
    await proxy.inject(overload.storeFault, "toClient");
  }
  for (const setting of values.env) {
    const [name, ...rest] = setting.split("=");
    env[name as string] = rest.join("=");
  }
  const server = await startServerUnderTest(overload.store, overload.caches, {
    treeFor: benchTree,
    isBuilt: true,
    env,
  });
  try {
    await writeRows(server);
    await pin(server.pid, SERVER_CORE);
    return await overloadServer(overload, server);
  } finally {
    await server.close();
    await proxy.close();
  }
}

async function writeRows({ client }: ServerUnderTest): Promise<void> {
  for (const shape of SHAPES) {
    for (let from = 0; from < WRITTEN_KEYS; from += WRITE_BATCH) {
      await client.persist(writeQuery(shape, from, from + WRITE_BATCH));
    }
  }
}

async function overloadServer(overload: OverloadCase, server: ServerUnderTest): Promise<Outcome> {
  const requests = overload.requests().map((message) => grpcMessage(message));
  const plan = {
    address: server.address,
    method: overload.method,
    headers: HEADERS,
    requests,
    connectionCount: Number(values.connections),
    deadlineMs: Number(values.deadline),
  };
  const load = (phases: readonly Phase[]) => runLoad({ ...plan, phases });
  if (overload.compilesItself) await warmUp(load);
  const openCalls = await bestOpenCalls(load);
  const watch = new ServerWatch(server.pid);
  const { slices } = await load([{ name: "peak", seconds: PEAK_SECONDS, load: { openCalls } }]);
  const peak = goodputOf(slices, "peak");
  const phases = Array.from({ length: Number(values.rounds) }, (_, round): Phase[] => [
    { name: `peak ${round}`, seconds: PEAK_SECONDS, load: { openCalls } },
    {
      name: `overload ${round}`,
      seconds: Number(values.seconds),
      load: { callsPerSecond: peak * Number(values.factor) },
    },
    {
      name: `after ${round}`,
      seconds: AFTER_SECONDS,
      load: { callsPerSecond: peak * NORMAL_SHARE },
    },
  ]);
  const all = phases.flat();
  const callsPerSecond = Math.min(QUIET_CALLS_PER_SECOND, peak * QUIET_SHARE);
  const few = all.map((phase) => ({ ...phase, load: { callsPerSecond } }));
  const cpuWatch = new CpuWatch(stores);
  const [report, quiet] = await Promise.all([
    load(all),
    runLoad({ ...plan, connectionCount: 1, phases: few }, QUIET_PRIORITY),
  ]);
  if (values.timeline) process.stderr.write(`${renderTimeline(report.slices)}\n`);
  for (const [status, count] of report.failures)
    process.stderr.write(`  ${count} calls ended with ${status}\n`);
  const { name } = overload;
  const storeCpu = cpuWatch.stop();
  return {
    name,
    rounds: Number(values.rounds),
    report,
    quiet,
    storeCpu,
    rssMebibytes: watch.stop(),
  };
}

async function warmUp(load: (phases: readonly Phase[]) => Promise<LoadReport>): Promise<void> {
  let best = 0;
  let withoutGain = 0;
  for (let round = 0; round < WARM_UP_ROUNDS && withoutGain < WARM_UP_PATIENCE; round++) {
    const name = "warm up";
    const { slices } = await load([
      { name, seconds: WARM_UP_SECONDS, load: { openCalls: WARM_UP_CALLS } },
    ]);
    const goodput = goodputOf(slices, name);
    process.stderr.write(`  warming up: ${goodput.toFixed(0)}/s in time\n`);
    withoutGain = goodput < best * WARM_UP_GAIN ? withoutGain + 1 : 0;
    best = Math.max(best, goodput);
  }
}

/** The number of callers, of some, for whom a server does most while each waits for its answer. */
async function bestOpenCalls(
  load: (phases: readonly Phase[]) => Promise<LoadReport>,
): Promise<number> {
  const goodputs = new Map<number, number>();
  for (const openCalls of PROBE_OPEN_CALLS) {
    const { slices } = await load([
      { name: "warm up", seconds: PROBE_SECONDS, load: { openCalls } },
      { name: "probe", seconds: PROBE_SECONDS, load: { openCalls } },
    ]);
    goodputs.set(openCalls, goodputOf(slices, "probe"));
    const goodput = goodputOf(slices, "probe").toFixed(0);
    process.stderr.write(`  ${openCalls} open calls: ${goodput}/s in time\n`);
  }
  const [[best = 0] = []] = [...goodputs].toSorted(([, a], [, b]) => b - a);
  return best;
}

/** Of the quiet client's process. Real-time would starve the threads that V8 has for itself, and so all of it. */
function raise(pid: number, priority: number): void {
  try {
    if (priority !== 0) setPriority(pid, priority);
  } catch (error) {
    process.stderr.write(`the quiet client's times have the load's in them: ${String(error)}\n`);
  }
}

/** @param priority of the process, as `nice` has it; what is not allowed is left as it is */
function runLoad(plan: LoadPlan, priority = 0): Promise<LoadReport> {
  const child = fork(new URL("./generator.ts", import.meta.url), { serialization: "advanced" });
  const start = async (): Promise<void> => {
    if (child.pid !== undefined) {
      await pin(child.pid, LOAD_CORE);
      raise(child.pid, priority);
    }
    child.send(plan);
  };
  return new Promise((resolve, reject) => {
    child.once("message", resolve as (message: unknown) => void);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the load ended with code ${code}`)));
    start().catch(reject);
  });
}
