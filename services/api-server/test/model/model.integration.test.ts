import { describe, expect, test } from "vitest";
import { runModel } from "./run-model.ts";

const { OFS_MODEL_SEED, OFS_MODEL_STEPS } = process.env;

const SEED = Number(OFS_MODEL_SEED ?? 1);
const STEPS = Number(OFS_MODEL_STEPS ?? 10_000);
const TIMEOUT_MS = 300_000 + STEPS * 30;

const FLEETS = [
  { title: "embedded with the process cache", store: "embedded", distributed: false, count: 1 },
  { title: "Cassandra with both caches", store: "scylla", distributed: true, count: 1 },
] as const;

describe("real processes do what the model says", () => {
  test.each(FLEETS)("$title", { timeout: TIMEOUT_MS }, async ({ store, distributed, count }) => {
    const counts = await runModel({
      seed: SEED,
      stepCount: STEPS,
      store,
      caches: { process: true, distributed },
      processCount: count,
    });
    for (const kind of ["write", "read", "refused", "two writes"]) {
      expect(counts.get(kind), kind).toBeGreaterThan(0);
    }
  });
});
