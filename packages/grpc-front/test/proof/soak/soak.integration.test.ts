import { seededRandom, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProofServerState } from "../support/proof-server.ts";
import { ProofTarget } from "../support/proof-target.ts";
import { type Tally, VISITS } from "./soak-load.ts";

/** Half a minute shows what does not come back; `OFS_SOAK_MINUTES=30` also what creeps. */
const DURATION_MS = Number(process.env["OFS_SOAK_MINUTES"] ?? 0.5) * 60_000;
const LANES = 12;
const SAMPLES = 20;
/** What happens before is start-up: code is compiled, tables and pools grow. */
const WARM_UP_SHARE = 0.25;

const MEBIBYTE = 1_024 * 1_024;
/** From the mean of the first half of the samples to that of the second. */
const MAX_LIVE_GROWTH_BYTES = 6 * MEBIBYTE;
const MAX_RSS_GROWTH_BYTES = 60 * MEBIBYTE;

let target: ProofTarget;

beforeAll(async () => {
  target = await ProofTarget.start("front");
});

afterAll(async () => {
  await target.close();
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How much higher the second half is than the first, on average. */
function growth(values: readonly number[]): number {
  const half = Math.floor(values.length / 2);
  return mean(values.slice(half)) - mean(values.slice(0, half));
}

test(`${DURATION_MS / 1_000} s of storms`, { timeout: DURATION_MS * 2 + 120_000 }, async () => {
  const before = await target.state();
  const tally: Tally = { calls: 0, answered: 0, late: 0, cancelled: 0, faults: [] };
  const endMs = performance.now() + DURATION_MS;
  const samples: ProofServerState[] = [];
  const sampleEveryMs = (DURATION_MS * (1 - WARM_UP_SHARE)) / SAMPLES;
  let nextSampleMs = performance.now() + DURATION_MS * WARM_UP_SHARE;
  const lane = async (number: number): Promise<void> => {
    const random = seededRandom(number);
    while (performance.now() < endMs && tally.faults.length === 0) {
      await random.pick(VISITS)(target.port, random, tally);
      if (performance.now() < nextSampleMs) continue;
      nextSampleMs += sampleEveryMs;
      samples.push(await target.state());
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));

  expect(tally.faults).toEqual([]);
  expect(tally.answered).toBeGreaterThan(100);
  expect(tally.late).toBeGreaterThan(10);
  expect(tally.cancelled).toBeGreaterThan(100);
  const live = samples.map(({ heapBytes, externalBytes }) => heapBytes + externalBytes);
  expect(growth(live)).toBeLessThan(MAX_LIVE_GROWTH_BYTES);
  expect(growth(samples.map(({ rssBytes }) => rssBytes))).toBeLessThan(MAX_RSS_GROWTH_BYTES);

  await waitUntil(async () => (await target.state()).connections === 0, { what: "no connections" });
  const after = await target.state();
  expect(after.aborts.hanging).toBe(0);
  expect(after.front).toMatchObject({ connectionCount: 0, openStreamCount: 0, heldBytes: 0 });
  expect(after.front?.faults["internal"] ?? 0).toBe(0);
  const kinds = new Set([...Object.keys(before.resources), ...Object.keys(after.resources)]);
  for (const kind of kinds) {
    // The connection that asks is one of them; a timer or two belong to whatever sweeps.
    const allowed = (before.resources[kind] ?? 0) + 2;
    expect(after.resources[kind] ?? 0, kind).toBeLessThanOrEqual(allowed);
  }
  process.stdout.write(
    `soak: ${tally.calls} calls, ${tally.answered} answered, ${tally.cancelled} cancelled, ` +
      `${tally.late} late; live ${(live.at(-1) ?? 0) >> 20} MB (${growth(live) >> 10} KB more), ` +
      `RSS ${after.rssBytes >> 20} MB\n`,
  );
});
