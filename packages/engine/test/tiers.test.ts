import { DATA_TYPES, type DataType, dataTypeByCode, encodeBlock, encodeRecord } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import { entityTree, type GroupOptions } from "@ofs/testkit";
import { describe, expect, test } from "vitest";
import { ABSENT, EXPIRED, FAILED, UNREADABLE } from "../src/read/cells.ts";
import { createHarness, fp32, type Harness, query } from "./harness.ts";

const ONE = "0000803f";
const TWO = "00000040";
const ZERO = "00000000";

function group(id: number, caches: Partial<GroupOptions>): GroupOptions {
  return { id, type: "FP32", versions: [{ f: {} }], ...caches };
}

function block(value: number, expiryAtSeconds = 0): Uint8Array {
  return encodeBlock({
    schemaVersion: 1,
    layoutVersion: 1,
    expiryAtSeconds,
    nowSeconds: 0,
    dataType: DATA_TYPES[3] as DataType,
    payload: fp32(value),
    compression: "none",
  });
}

function harnessWith(groups: Record<string, GroupOptions>): Harness {
  const harness = createHarness(entityTree("user", ["id"], groups));
  for (const [index, label] of Object.keys(groups).entries()) {
    harness.store.put("user", ["1"], label, block(index + 1));
  }
  return harness;
}

const ask = (labels: string[], ...keys: string[]) =>
  query(
    "user",
    ["id"],
    Object.fromEntries(labels.map((label) => [label, ["f"]])),
    ...keys.map((key) => [key]),
  );

/** Makes store reads wait, with what they found, until the returned function is called. */
function holdReads({ store }: Harness): () => void {
  let open = () => {};
  store.gate = new Promise((resolve) => {
    open = resolve;
  });
  return () => open();
}

/** Lets fills that run after the answer finish. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("process cache", () => {
  test("a second read is answered at once and reads nothing", async () => {
    const harness = harnessWith({ a: group(0, { process: true }) });
    const first = await harness.retrieve(ask(["a"], "1", "2"));
    const second = await harness.retrieve(ask(["a"], "1", "2"));
    expect([first.wasImmediate, second.wasImmediate]).toEqual([false, true]);
    expect(second.hex).toEqual([[ONE], [ZERO]]);
    expect(harness.store.reads).toHaveLength(1);
  });

  test("do better 25: callers of different groups do not evict each other's entries", async () => {
    const harness = harnessWith({ a: group(0, { process: true }), b: group(1, { process: true }) });
    await harness.retrieve(ask(["a"], "1"));
    await harness.retrieve(ask(["b"], "1"));
    const both = await harness.retrieve(ask(["a", "b"], "1"));
    expect(both.wasImmediate).toBe(true);
    expect(both.hex).toEqual([[ONE, TWO]]);
  });

  test("a cached value expires with its block", async () => {
    const harness = harnessWith({ a: group(0, { process: true }) });
    harness.store.put("user", ["1"], "a", block(1, harness.nowMs / 1000 + 5));
    await harness.retrieve(ask(["a"], "1"));
    harness.nowMs += 5_001;
    expect((await harness.retrieve(ask(["a"], "1"))).hex).toEqual([[ZERO]]);
  });

  test("the entry's own TTL ends it", async () => {
    const harness = harnessWith({ a: group(0, { process: true }) });
    await harness.retrieve(ask(["a"], "1"));
    harness.store.put("user", ["1"], "a", block(2));
    harness.nowMs += 60_000;
    expect((await harness.retrieve(ask(["a"], "1"))).hex).toEqual([[TWO]]);
  });

  test("a value read before a write is not filled after it", async () => {
    const harness = harnessWith({ a: group(0, { process: true }) });
    const open = holdReads(harness);
    const slow = harness.retrieve(ask(["a"], "1"));
    await settle();
    harness.store.gate = undefined;
    await harness.persist(persistA(2));
    open();
    expect((await slow).hex).toEqual([[ONE]]);
    expect((await harness.retrieve(ask(["a"], "1"))).hex).toEqual([[TWO]]);
  });
});

describe("distributed cache", () => {
  const cached = { a: group(0, { distributed: true }), b: group(1, { distributed: true }) };

  test("a record is filled whole, with groups that were not asked for, and with negatives", async () => {
    const harness = harnessWith({ ...cached, c: group(2, { distributed: true }) });
    harness.store.put("user", ["1"], "c", new Uint8Array(0));
    await harness.retrieve(ask(["a"], "1"));
    await settle();
    expect(harness.distributed.records.get("user:1")).toEqual(
      encodeRecord([
        { groupId: 0, block: block(1) },
        { groupId: 1, block: block(2) },
        { groupId: 2, block: new Uint8Array(0) },
      ]),
    );
    expect((await harness.retrieve(ask(["b", "c"], "1"))).hex).toEqual([[TWO, ZERO]]);
    expect(harness.store.reads).toHaveLength(1);
  });

  test("keys that hit are not read again for groups that are cached", async () => {
    const harness = harnessWith({ ...cached, plain: group(3, {}) });
    await harness.retrieve(ask(["a"], "1"));
    await settle();
    await harness.retrieve(ask(["a", "plain"], "1", "2"));
    const reads = harness.store.reads.slice(1).map(({ keys, groups }) => [keys, groups]);
    expect(reads).toEqual([
      [["1"], ["plain"]],
      [["2"], ["a", "plain", "b"]],
    ]);
  });

  test("do better 15: a cache that fails falls through to the store", async () => {
    const harness = harnessWith(cached);
    harness.distributed.failure = new FeatureStoreError("UNAVAILABLE", "redis is down");
    const { hex, degraded } = await harness.retrieve(ask(["a"], "1"));
    expect(hex).toEqual([[ONE]]);
    expect(degraded).toBe(0);
    expect(harness.distributed.fills).toEqual([]);
    expect(await harness.metrics.metrics()).toContain(
      'ofs_feature_retrieve_cache_error_total{entity_name="user",cache_type="distributed"} 1',
    );
  });

  test("do better 16: what was not read is not cached as negative", async () => {
    const harness = harnessWith(cached);
    harness.store.put("user", ["1"], "b", Uint8Array.of(9));
    await harness.retrieve(ask(["a", "b"], "1"));
    await settle();
    expect(harness.distributed.records.get("user:1")).toEqual(
      encodeRecord([{ groupId: 0, block: block(1) }]),
    );
  });

  test("both caches: the process cache is filled from the distributed one", async () => {
    const harness = harnessWith({ a: group(0, { process: true, distributed: true }) });
    harness.distributed.records.set("user:1", encodeRecord([{ groupId: 0, block: block(2) }]));
    expect((await harness.retrieve(ask(["a"], "1"))).hex).toEqual([[TWO]]);
    expect((await harness.retrieve(ask(["a"], "1"))).wasImmediate).toBe(true);
    expect(harness.store.reads).toEqual([]);
    expect(harness.distributed.readCount).toBe(1);
  });

  test("a corrupt record is a miss", async () => {
    const harness = harnessWith(cached);
    harness.distributed.records.set("user:1", Buffer.from([1, 0, 0, 9, 0]));
    expect((await harness.retrieve(ask(["a"], "1"))).hex).toEqual([[ONE]]);
  });

  test.each([
    ["another type", (bytes: Buffer) => bytes.fill(0x80, 8, 9)],
    ["a version that the registry lacks", (bytes: Buffer) => bytes.fill(9, 0, 1)],
  ])("a record with a block of %s is a miss", async (_, damage) => {
    const harness = harnessWith(cached);
    const damaged = damage(Buffer.from(block(2)));
    const record = encodeRecord([{ groupId: 0, block: damaged }]);
    harness.distributed.records.set("user:1", record);
    expect((await harness.retrieve(ask(["a"], "1"))).hex).toEqual([[ONE]]);
    await settle();
    expect(harness.distributed.records.get("user:1")).not.toEqual(record);
  });

  test("a write leaves a tombstone, which a fill that began before does not replace", async () => {
    const harness = harnessWith(cached);
    const open = holdReads(harness);
    const slow = harness.retrieve(ask(["a"], "1"));
    await settle();
    harness.store.gate = undefined;
    await harness.persist(persistA(2));
    open();
    await slow;
    await settle();
    expect(harness.distributed.records.get("user:1")).toEqual(Buffer.from([1]));
    expect((await harness.retrieve(ask(["a"], "1"))).hex).toEqual([[TWO]]);
  });
});

test("BETTER 20: callers that name the keys in other orders share one entry, which a write in either order drops", async () => {
  const cached = { process: true, distributed: true };
  const harness = createHarness(entityTree("pair", ["u", "c"], { a: group(0, cached) }));
  const [forward, backward] = [
    query("pair", ["u", "c"], { a: ["f"] }, ["U", "C"]),
    query("pair", ["c", "u"], { a: ["f"] }, ["C", "U"]),
  ];
  const write = { ...persistA(1), entityLabel: "pair", keysSchema: ["c", "u"] };
  const rows = [{ keyValues: ["C", "U"], featureValues: [{ values: { fp32Values: [1] } }] }];
  expect((await harness.retrieve(forward)).hex).toEqual([[ZERO]]);
  await settle();
  expect((await harness.retrieve(backward)).wasImmediate).toBe(true);
  expect([...harness.distributed.records.keys()]).toEqual(["pair:U|C"]);
  await harness.persist({ ...write, data: rows });
  expect((await harness.retrieve(forward)).hex).toEqual([[ONE]]);
  expect((await harness.retrieve(backward)).hex).toEqual([[ONE]]);
});

describe("shared reads", () => {
  test("do better 35: concurrent misses of one key share one read", async () => {
    const harness = harnessWith({ a: group(0, { process: true }), b: group(1, { process: true }) });
    const answers = await Promise.all([
      harness.retrieve(ask(["a", "b"], "1", "2")),
      harness.retrieve(ask(["b"], "1")),
      harness.retrieve(ask(["a"], "2", "3")),
    ]);
    expect(answers.map(({ hex }) => hex)).toEqual([
      [
        [ONE, TWO],
        [ZERO, ZERO],
      ],
      [[TWO]],
      [[ZERO], [ZERO]],
    ]);
    expect(harness.store.reads.map(({ keys }) => keys)).toEqual([["1", "2"], ["3"]]);
  });

  test("what no cache holds is read anew: another process may have written it meanwhile", async () => {
    const harness = harnessWith({ a: group(0, {}), b: group(1, { process: true }) });
    await Promise.all([harness.retrieve(ask(["a"], "1")), harness.retrieve(ask(["a"], "1"))]);
    await Promise.all([harness.retrieve(ask(["a", "b"], "2")), harness.retrieve(ask(["a"], "2"))]);
    expect(harness.store.reads).toHaveLength(4);
  });

  test("a record's read is shared, unless a tombstone tells of a write", async () => {
    const harness = harnessWith({ a: group(0, { distributed: true }) });
    await Promise.all([harness.retrieve(ask(["a"], "1")), harness.retrieve(ask(["a"], "1"))]);
    expect(harness.store.reads).toHaveLength(1);
    await harness.distributed.invalidate(["user:1"]);
    await Promise.all([harness.retrieve(ask(["a"], "1")), harness.retrieve(ask(["a"], "1"))]);
    expect(harness.store.reads).toHaveLength(3);
  });

  test("a read that may wait longer does not join one that may not", async () => {
    const harness = harnessWith({ a: group(0, { process: true }) });
    await Promise.all([
      harness.retrieve(ask(["a"], "1"), { deadlineMs: harness.nowMs + 10 }),
      harness.retrieve(ask(["a"], "1")),
    ]);
    expect(harness.store.reads).toHaveLength(2);
  });

  test("a read that begins after a write does not join one that began before it", async () => {
    const harness = harnessWith({ a: group(0, { process: true }) });
    const open = holdReads(harness);
    const before = harness.retrieve(ask(["a"], "1"));
    await settle();
    harness.store.gate = undefined;
    await harness.persist(persistA(2));
    expect((await harness.retrieve(ask(["a"], "1"))).hex).toEqual([[TWO]]);
    open();
    expect((await before).hex).toEqual([[ONE]]);
  });
});

test("marks are distinct, and no group takes one for data", () => {
  const marks = [ABSENT, EXPIRED, FAILED, UNREADABLE];
  expect(new Set(marks).size).toBe(marks.length);
  for (const mark of marks) expect(dataTypeByCode(mark.dataTypeCode)).toBeUndefined();
});

function persistA(value: number) {
  return {
    entityLabel: "user",
    keysSchema: ["id"],
    featureGroupSchema: [{ label: "a", featureLabels: ["f"] }],
    data: [{ keyValues: ["1"], featureValues: [{ values: { fp32Values: [value] } }] }],
  };
}
