import { expect, test } from "vitest";
import { IngestModel } from "./ingest-model.ts";

const { OFS_INGEST_SEED = "1", OFS_PROPERTY_RUNS } = process.env;
const FIRST_SEED = Number(OFS_INGEST_SEED);
/** Each is some 10 to 30 virtual seconds, and a tenth of a real one. */
const RUNS = OFS_PROPERTY_RUNS === undefined ? 8 : 300;

test("under faults, rebalances and crashes every key ends with its newest value", async () => {
  let crashes = 0;
  let moves = 0;
  let retries = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
    const model = new IngestModel(seed, 120);
    await model.run(150).catch((cause: unknown) => {
      throw new Error(`seed ${seed}: ${(cause as Error).message}`, { cause });
    });
    crashes += model.crashes;
    moves += model.moves;
    retries += model.retries;
    expect(model.commits).toBeGreaterThan(3);
  }
  // The runs must have been as wild as they were meant to be.
  expect(crashes).toBeGreaterThan(RUNS);
  expect(moves).toBeGreaterThan(RUNS * 3);
  expect(retries).toBeGreaterThan(RUNS * 10);
});
