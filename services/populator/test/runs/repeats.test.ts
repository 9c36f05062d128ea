import type { NewRecord, RecordSink } from "@ofs/ingest";
import { expect, it } from "vitest";
import { NO_PROGRESS, type Shard } from "../../src/runs/model.ts";
import { Repeats } from "../../src/runs/repeats.ts";

const BATCH_ROWS = 10;
const RECORD: NewRecord = { topic: "t", key: undefined, value: undefined, headers: [] };

/** Sends each batch as often as it says. */
class RetryingSink implements RecordSink {
  retryCount = 0;
  isAway = false;

  async produce(): Promise<void> {
    if (this.isAway) this.retryCount += 1;
  }

  async close(): Promise<void> {
    this.isAway = true;
  }
}

function shardOf(isUncertain: boolean): Shard {
  const file = {
    path: "f",
    sizeBytes: 1,
    rowCount: 100,
    partitionValues: [],
    deletionVector: undefined,
    fromRow: 0,
    toRow: undefined,
  };
  const place = { tableName: "t", generation: 1, version: 0, number: 0, file };
  const counts = { fence: 1, tryCount: 0, progress: NO_PROGRESS };
  return { ...place, ...counts, state: "RUNNING", nextRow: 20, isUncertain };
}

it("are rows that an owner before may have sent: one batch", async () => {
  const repeats = new Repeats(shardOf(true), new RetryingSink(), BATCH_ROWS);
  expect(await repeats.send([RECORD], 20, 4)).toBe(4);
  expect(await repeats.send([RECORD], 24, 10)).toBe(10);
  expect(await repeats.send([RECORD], 34, 10)).toBe(0);
});

it("are rows of a request that was sent again, and no others", async () => {
  const sink = new RetryingSink();
  const repeats = new Repeats(shardOf(false), sink, BATCH_ROWS);
  expect(await repeats.send([RECORD], 20, 10)).toBe(0);
  sink.isAway = true;
  expect(await repeats.send([RECORD], 30, 10)).toBe(10);
  expect(await repeats.send([], 40, 0)).toBe(0);
  sink.isAway = false;
  expect(await repeats.send([RECORD], 40, 10)).toBe(0);
});
