/*
 * CPU of a server for each call, by transport: front, grpc-js and node:http2 beside a bare grpc-go server, under a cheap
 * client (h2load) and a real one (grpc-go). Rounds are interleaved, medians are shown.
 *
 * Arguments: rounds (default 3), names of servers with commas between them (default all).
 */
import { loadavg } from "node:os";
import { findGo } from "@ofs/testkit";
import { type BenchMethod, METHODS } from "./bench-methods.ts";
import { type Candidate, startCandidate } from "./candidates.ts";
import { grpcGo, h2load, type Load } from "./loads.ts";
import { cpuMicros } from "./process-cpu.ts";

const ALL = ["front", "grpc-js", "http2", "grpc-go"];
const NODES_OWN: readonly BenchMethod[] = [METHODS.laterOne, METHODS.laterHundred];
const WARM_UP_SHARE = 1 / 3;

const LOAD_KINDS = ["h2load", "go"] as const;
type LoadKind = (typeof LOAD_KINDS)[number];

interface Cell {
  readonly micros: number[];
  readonly callsPerSecond: number[];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

/** Which methods a server has: refusing is the front's and grpc-js's, promises are Node's. */
function serves(name: string, method: BenchMethod): boolean {
  if (method === METHODS.refused) return name === "front" || name === "grpc-js";
  return name !== "grpc-go" || !NODES_OWN.includes(method);
}

async function measure(candidate: Candidate, load: Load, method: BenchMethod, calls: number) {
  await load(candidate.port, method, Math.ceil(calls * WARM_UP_SHARE));
  const before = await cpuMicros(candidate.process.pid);
  const callsPerSecond = await load(candidate.port, method, calls);
  const used = (await cpuMicros(candidate.process.pid)) - before;
  return { micros: used / calls, callsPerSecond };
}

function formatCell({ micros, callsPerSecond }: Cell): string {
  const [low, high] = [Math.min(...micros), Math.max(...micros)];
  const range = `[${low.toFixed(1)}..${high.toFixed(1)}]`;
  const rate = `${Math.round(median(callsPerSecond))}/s`;
  return `${median(micros).toFixed(1)} ${range}`.padEnd(24) + rate.padEnd(12);
}

/** One round: every method under every load, the servers in turn. */
async function runRound(
  candidates: readonly Candidate[],
  loads: Readonly<Record<LoadKind, Load>>,
  cells: Map<string, Cell>,
): Promise<void> {
  for (const method of Object.values(METHODS)) {
    for (const kind of LOAD_KINDS) {
      for (const candidate of candidates.filter(({ name }) => serves(name, method))) {
        const key = `${method.title.padEnd(18)} ${kind.padEnd(7)} ${candidate.name.padEnd(8)}`;
        const cell = cells.get(key) ?? { micros: [], callsPerSecond: [] };
        cells.set(key, cell);
        const seen = await measure(candidate, loads[kind], method, method.calls[kind]);
        cell.micros.push(seen.micros);
        cell.callsPerSecond.push(seen.callsPerSecond);
      }
    }
  }
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 3);
  const names = process.argv[3]?.split(",") ?? ALL;
  const go = await findGo();
  if ("missing" in go) throw new Error(go.missing);
  const loads = { h2load: await h2load(), go: await grpcGo(go.path) };
  const cells = new Map<string, Cell>();
  const candidates: Candidate[] = [];
  try {
    for (const name of names) candidates.push(await startCandidate(name, go.path));
    for (let round = 1; round <= rounds; round++) {
      await runRound(candidates, loads, cells);
      process.stderr.write(`round ${round} of ${rounds}, load ${loadavg()[0]?.toFixed(1)}\n`);
    }
  } finally {
    await Promise.all(candidates.map((candidate) => candidate.process.stop()));
  }
  process.stdout.write("CPU us a call: median [min..max], calls a second\n");
  for (const [key, cell] of cells) process.stdout.write(`${key} ${formatCell(cell)}\n`);
}

await main();
