import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findGo } from "@ofs/testkit";
import type { Candidate } from "../candidate.ts";
import { cpuSeconds } from "../process-usage.ts";
import { median } from "../quantiles.ts";
import { type BenchMethod, METHODS } from "./bench-methods.ts";
import { SERVERS, startServer } from "./candidates.ts";
import { type Load, openGrpcGo, openTransportH2load } from "./loads.ts";

const USAGE = `usage: npm run transport-bench -- [options]
  Server CPU for each call by transport alone: constant answers, no codec, no store. Servers take turns.

  --server NAME   ${SERVERS.join(", ")}; default all; may be repeated
  --rounds N      default 3
  --quick         one round, a twentieth of the calls: does it run, not what does it cost
`;
const NODES_OWN: readonly BenchMethod[] = [METHODS.laterOne, METHODS.laterHundred];
const WARM_UP_SHARE = 1 / 3;
const QUICK_SHARE = 1 / 20;

const LOAD_KINDS = ["h2load", "go"] as const;
type Loads = Readonly<Record<(typeof LOAD_KINDS)[number], Load>>;

interface Turn {
  readonly cpuMicros: number;
  readonly callsPerSecond: number;
}

const { values } = parseArgs({
  options: {
    server: { type: "string", multiple: true, default: [...SERVERS] },
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** Which methods a server has: refusing is the front's and grpc-js's, promises are Node's. */
function serves(name: string, method: BenchMethod): boolean {
  if (method === METHODS.refused) return name === "front" || name === "grpc-js";
  return name !== "grpc-go" || !NODES_OWN.includes(method);
}

async function takeTurn(
  { address, pid }: Candidate,
  load: Load,
  method: BenchMethod,
  callCount: number,
): Promise<Turn> {
  if (pid === undefined) throw new Error(`the process of ${address} is not known`);
  await load(address, method, Math.ceil(callCount * WARM_UP_SHARE));
  const before = await cpuSeconds(pid);
  const callsPerSecond = await load(address, method, callCount);
  const used = (await cpuSeconds(pid)) - before;
  return { cpuMicros: (used / callCount) * 1e6, callsPerSecond };
}

/** One round: every method under every load, the servers in turn. @param share of the calls that a turn has */
async function runRound(
  candidates: readonly Candidate[],
  loads: Loads,
  share: number,
  found: Map<string, Turn[]>,
): Promise<void> {
  for (const method of Object.values(METHODS)) {
    for (const kind of LOAD_KINDS) {
      const callCount = Math.ceil(method.calls[kind] * share);
      for (const candidate of candidates.filter(({ name }) => serves(name, method))) {
        const turn = await takeTurn(candidate, loads[kind], method, callCount);
        const cell = [method.title, kind, candidate.name].join(" | ");
        found.set(cell, [...(found.get(cell) ?? []), turn]);
      }
    }
  }
}

/** Markdown: medians, and of the CPU the least and the most of a round. */
function renderTable(found: ReadonlyMap<string, readonly Turn[]>): string {
  const lines = [...found].map(([cell, turns]) => {
    const cpu = turns.map(({ cpuMicros }) => cpuMicros);
    const range = `[${Math.min(...cpu).toFixed(1)}..${Math.max(...cpu).toFixed(1)}]`;
    const rate = median(turns.map(({ callsPerSecond }) => callsPerSecond)).toFixed(0);
    return `| ${cell} | ${median(cpu).toFixed(1)} ${range} | ${rate} |`;
  });
  const head =
    "| method | load | server | CPU us/call | calls/s |\n| --- | --- | --- | ---: | ---: |";
  return [head, ...lines].join("\n");
}

async function main(): Promise<void> {
  const servers = SERVERS.filter((name) => values.server.includes(name));
  const unknown = values.server.find((name) => !servers.some((known) => known === name));
  if (unknown !== undefined)
    throw new Error(`--server ${unknown}: there are ${SERVERS.join(", ")}`);
  const rounds = values.quick ? 1 : Number(values.rounds);
  if (!(rounds >= 1)) throw new Error(`--rounds ${values.rounds}: not a number from 1 on`);
  const go = await findGo();
  if ("missing" in go) throw new Error(go.missing);
  const folder = await mkdtemp(join(tmpdir(), "ofs-transport-bench-"));
  const candidates: Candidate[] = [];
  const found = new Map<string, Turn[]>();
  try {
    const loads = {
      h2load: await openTransportH2load(folder),
      go: await openGrpcGo(go.path, folder),
    };
    for (const name of servers) candidates.push(await startServer(name, go.path));
    for (let round = 1; round <= rounds; round++) {
      await runRound(candidates, loads, values.quick ? QUICK_SHARE : 1, found);
      process.stderr.write(`round ${round} of ${rounds}, load ${loadavg()[0]?.toFixed(1)}\n`);
    }
  } finally {
    await Promise.all(candidates.map((candidate) => candidate.close()));
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${renderTable(found)}\n`);
}

if (values.help) process.stdout.write(USAGE);
else await main();
