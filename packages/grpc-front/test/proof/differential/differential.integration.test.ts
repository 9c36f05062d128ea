import { afterAll, beforeAll, expect, test } from "vitest";
import { ProofTarget } from "../support/proof-target.ts";
import { ODD, ORDERLY } from "./call-plan.ts";
import { unexplained } from "./explained.ts";
import { drawCalls, type PlayedCall, play } from "./play.ts";

/** Connections at random; `OFS_PROPERTY_RUNS` asks for more of them, a few calls on each. */
const RUNS = process.env["OFS_PROPERTY_RUNS"];
const CONNECTION_COUNT = RUNS === undefined ? 250 : Math.max(250, Math.ceil(Number(RUNS) / 200));
const FIRST_SEED = Number(process.env["OFS_FUZZ_SEED"] ?? 1) * 1_000_000;
/** Of each kind, besides. */
const CALLS_OF_A_KIND = 8;
const LANES = 4;
const TIMEOUT_MS = 120_000 + CONNECTION_COUNT * 300;

let front: ProofTarget;
let oracle: ProofTarget;

beforeAll(async () => {
  [front, oracle] = await Promise.all([ProofTarget.start("front"), ProofTarget.start("grpc-js")]);
});

afterAll(async () => {
  await Promise.all([front.close(), oracle.close()]);
});

/** Plays the same calls to both. @returns a line for each difference that has no explanation */
async function compare(seed: number, kind?: string): Promise<string[]> {
  const plans = drawCalls(seed, kind);
  const [left, right] = await Promise.all([
    play(front.port, plans, seed),
    play(oracle.port, plans, seed),
  ]);
  return left.flatMap(({ plan, view }, i) => {
    // What is answered before a reset arrives is left to chance.
    if (plan.resetAfter !== undefined) return [];
    const other = (right[i] as PlayedCall).view;
    const fields = unexplained(plan.kind, view, other);
    if (fields.length === 0) return [];
    const both = `front ${JSON.stringify(view)}, grpc-js ${JSON.stringify(other)}`;
    return [`seed ${seed}, ${plan.kind} differs in ${fields.join()}: ${both}`];
  });
}

test("every kind of call is answered as grpc-js answers it", { timeout: TIMEOUT_MS }, async () => {
  const differences: string[] = [];
  for (const kind of [...Object.keys(ORDERLY), ...Object.keys(ODD)]) {
    for (let i = 0; i < CALLS_OF_A_KIND; i++) {
      differences.push(...(await compare(FIRST_SEED + i * 7_919, kind)));
    }
  }
  expect(differences).toEqual([]);
});

test(`${CONNECTION_COUNT} connections with calls side by side`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const differences: string[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < CONNECTION_COUNT) differences.push(...(await compare(FIRST_SEED + next++)));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  expect(differences).toEqual([]);
  front.assertAlive();
});
