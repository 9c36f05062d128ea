import { retrieve } from "@ofs/proto";
import type { Candidate } from "../candidate.ts";
import { HEADERS, readQuery } from "../cases.ts";
import { cpuSeconds, residentMebibytes } from "../process-usage.ts";
import type { Cell, Series, Turn } from "./cell.ts";
import type { Load, LoadOrder } from "./loads.ts";

/** Calls of a turn, by keys a call. */
const CALLS: Readonly<Record<Cell["load"], readonly (readonly [number, number])[]>> = {
  h2load: [
    [1, 60_000],
    [10, 40_000],
    [100, 12_000],
    [500, 3_000],
  ],
  ghz: [
    [1, 30_000],
    [10, 20_000],
    [100, 8_000],
    [500, 2_000],
  ],
};
/** A store costs more than a cache, and says the same after fewer calls. */
const STORE_SHARE = 1 / 3;
const WARM_UP_SHARE = 1 / 3;
const RATED_SECONDS = 5;

export interface MeasureOptions {
  readonly rounds: number;
  /** Of the calls that a turn has. */
  readonly share: number;
  readonly rate: number | undefined;
}

/** All candidates and the yardstick take turns, after a warm-up of each. */
export async function measureCell(
  cell: Cell,
  candidates: readonly Candidate[],
  yardstick: Candidate,
  load: Load,
  { rounds, share, rate }: MeasureOptions,
): Promise<Series[]> {
  const { tier, shape, keyCount } = cell;
  const message = retrieve.Query.encode(readQuery(shape, 0, keyCount)).finish();
  const callCount = rate === undefined ? callsOf(cell, share) : rate * RATED_SECONDS;
  const order = { message, headers: HEADERS, callCount, rate };
  const all = [...candidates, yardstick];
  for (const { address } of all) {
    await load({ ...order, address, callCount: Math.ceil(callCount * WARM_UP_SHARE) });
  }
  const turns = new Map<Candidate, Turn[]>(all.map((one) => [one, []]));
  for (let round = 0; round < rounds; round++) {
    for (const one of all) turns.get(one)?.push(await takeTurn(one, load, order));
  }
  return candidates.map((one) => ({
    tier: tier.name,
    shape: shape.name,
    keyCount,
    load: cell.load,
    candidate: one.name,
    turns: turns.get(one) ?? [],
    yardstick: turns.get(yardstick) ?? [],
  }));
}

async function takeTurn(
  { address, pid }: Candidate,
  load: Load,
  order: Omit<LoadOrder, "address">,
): Promise<Turn> {
  const before = pid === undefined ? Number.NaN : await cpuSeconds(pid);
  const result = await load({ ...order, address });
  const used = pid === undefined ? Number.NaN : (await cpuSeconds(pid)) - before;
  return {
    ...result,
    cpuMicros: (used / order.callCount) * 1e6,
    rssMebibytes: pid === undefined ? Number.NaN : await residentMebibytes(pid),
  };
}

function callsOf({ load, keyCount, tier }: Cell, share: number): number {
  const [, calls] = CALLS[load].findLast(([keys]) => keys <= keyCount) ?? [1, 1_000];
  return Math.ceil(calls * share * (tier.caches.process ? 1 : STORE_SHARE));
}
