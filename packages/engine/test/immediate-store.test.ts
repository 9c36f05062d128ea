import { DATA_TYPES, type DataType, encodeBlock } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import { retrieve } from "@ofs/proto";
import { entityTree } from "@ofs/testkit";
import { beforeEach, expect, test } from "vitest";
import { createHarness, fp32, type Harness, query } from "./harness.ts";

/* A store that needs not be waited for (the embedded one): the whole call is answered without a promise. */

const ONE = "0000803f";
const ZERO = "00000000";

const BLOCK = encodeBlock({
  schemaVersion: 1,
  layoutVersion: 1,
  expiryAtSeconds: 0,
  nowSeconds: 0,
  dataType: DATA_TYPES[3] as DataType,
  payload: fp32(1),
  compression: "none",
});

const ask = (label: string, ...keys: string[]) =>
  query("user", ["id"], { [label]: ["f"] }, ...keys.map((key) => [key]));

let harness: Harness;

beforeEach(() => {
  const versions = [{ f: {} }];
  harness = createHarness(
    entityTree("user", ["id"], {
      plain: { id: 0, type: "FP32", versions },
      cached: { id: 1, type: "FP32", versions, process: true },
      record: { id: 2, type: "FP32", versions, distributed: true },
    }),
  );
  harness.store.isImmediate = true;
  for (const label of ["plain", "cached", "record"]) harness.store.put("user", ["1"], label, BLOCK);
});

async function openCalls(): Promise<string[]> {
  const lines = (await harness.metrics.metrics()).split("\n");
  return lines.filter((line) => line.startsWith("ofs_store_in_flight{"));
}

test.each(["plain", "cached"])(
  "%s: stored, unknown and repeated keys in one call",
  async (label) => {
    const answer = await harness.retrieve(ask(label, "1", "2", "1"));
    expect(answer.wasImmediate).toBe(true);
    expect(answer.hex).toEqual([[ONE], [ZERO], [ONE]]);
    expect(harness.store.reads).toEqual([{ keys: ["1", "2"], groups: [label] }]);
    expect(await openCalls()).toEqual([expect.stringMatching(/ 0$/)]);
  },
);

test("what it answers is kept in the process cache", async () => {
  await harness.retrieve(ask("cached", "1"));
  const again = await harness.retrieve(ask("cached", "1"));
  expect(again.hex).toEqual([[ONE]]);
  expect(harness.store.reads).toHaveLength(1);
});

test("behind a distributed cache it is waited for, and the record is filled", async () => {
  const first = await harness.retrieve(ask("record", "1"));
  expect(first.wasImmediate).toBe(false);
  expect(first.hex).toEqual([[ONE]]);
  const again = await harness.retrieve(ask("record", "1"));
  expect(again.hex).toEqual([[ONE]]);
  expect(harness.store.reads).toHaveLength(1);
});

test("keys that the store cannot hold are empty beside those that it holds", async () => {
  const answer = await harness.retrieve(ask("plain", "", "1"));
  expect(answer.hex).toEqual([[ZERO], [ONE]]);
  expect((await harness.retrieve(ask("plain", ""))).hex).toEqual([[ZERO]]);
});

test("its fault is the call's, and the next call is let in", async () => {
  harness.store.readFailure = new FeatureStoreError("UNAVAILABLE", "closed");
  await expect(harness.retrieve(ask("plain", "1"))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  harness.store.readFailure = undefined;
  expect((await harness.retrieve(ask("plain", "1"))).hex).toEqual([[ONE]]);
  expect(await openCalls()).toEqual([expect.stringMatching(/ 0$/)]);
});

test("a store that throws fails the call and holds no place", async () => {
  harness.store.read = () => {
    throw new Error("broken");
  };
  await expect(harness.retrieve(ask("plain", "1"))).rejects.toThrow("broken");
  expect(await openCalls()).toEqual([expect.stringMatching(/ 0$/)]);
});

test("a call whose deadline has passed does not ask it", () => {
  const request = retrieve.Query.encode(ask("plain", "1")).finish();
  const context = {
    callerId: "test",
    deadlineMs: harness.nowMs,
    signal: undefined,
    entities: undefined,
  };
  expect(() => harness.engine.retrieve(request, context)).toThrow("the deadline has passed");
  expect(harness.store.reads).toEqual([]);
});
