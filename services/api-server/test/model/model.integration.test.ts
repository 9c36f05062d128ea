import { describe, expect, test } from "vitest";
import { runModel } from "./run-model.ts";

const { OFS_MODEL_SEED, OFS_MODEL_STEPS } = process.env;

const SEED = Number(OFS_MODEL_SEED ?? 1);
const STEPS = Number(OFS_MODEL_STEPS ?? 10_000);
const TIMEOUT_MS = 300_000 + STEPS * 30;

/** `share` of the steps: a second process finds little that one does not. */
const FLEETS = [
  {
    title: "embedded, process cache",
    store: "embedded",
    distributed: false,
    processes: 1,
    share: 1,
  },
  { title: "Cassandra, both caches", store: "scylla", distributed: true, processes: 1, share: 1 },
  {
    title: "two processes, Cassandra, both caches",
    store: "scylla",
    distributed: true,
    processes: 2,
    share: 0.4,
  },
] as const;

describe("real processes do what the model says", () => {
  test.each(FLEETS)("$title", { timeout: TIMEOUT_MS }, async (fleet) => {
    const counts = await runModel({
      seed: SEED,
      stepCount: Math.ceil(STEPS * fleet.share),
      store: fleet.store,
      caches: { process: true, distributed: fleet.distributed },
      processCount: fleet.processes,
    });
    for (const kind of ["write", "read", "refused", "two writes"]) {
      expect(counts.get(kind), kind).toBeGreaterThan(0);
    }
  });
});
