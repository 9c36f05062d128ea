import { blockExpiry, decodeBlock } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { persist } from "@ofs/proto";
import { entityTree } from "@ofs/testkit";
import { describe, expect, test } from "vitest";
import { createHarness, fp32, query } from "./harness.ts";

const TREE = entityTree("user", ["id"], {
  scores: {
    id: 0,
    type: "FP32",
    ttlSeconds: 60,
    versions: [{ ctr: { default: fp32(0.5) }, cvr: { default: fp32(-1) } }],
  },
  tags: { id: 1, type: "String", versions: [{ city: { stringLength: 4 } }] },
  small: {
    id: 2,
    type: "Int8",
    versions: [{ a: { default: Uint8Array.of(7) }, b: { default: Uint8Array.of(0xfe) } }],
  },
  vectors: { id: 3, type: "FP32Vector", versions: [{ v: { vectorLength: 2 } }] },
  flags: { id: 4, type: "BoolVector", versions: [{ v: { vectorLength: 3 } }] },
});

type Row = [keys: string[], ...values: persist.IValues[]];

function write(groups: Record<string, string[]>, ...rows: Row[]): persist.IQuery {
  return {
    entityLabel: "user",
    keysSchema: ["id"],
    featureGroupSchema: Object.entries(groups).map(([label, featureLabels]) => ({
      label,
      featureLabels,
    })),
    data: rows.map(([keyValues, ...values]) => ({
      keyValues,
      featureValues: values.map((v) => ({ values: v })),
    })),
  };
}

const scores = { scores: ["ctr", "cvr"] };
const floats = (...fp32Values: number[]): persist.IValues => ({ fp32Values });

describe("writes", () => {
  test("what is written is read, and the answer has the published text", async () => {
    const harness = createHarness(TREE);
    const message = await harness.persist(write(scores, [["1"], floats(1, 2)]));
    expect(message).toBe("Data Persisted Successfully");
    const { hex } = await harness.retrieve(query("user", ["id"], scores, ["1"]));
    expect(hex).toEqual([["0000803f", "00000040"]]);
  });

  test("labels left out take their defaults, at the type's own width (do better 22)", async () => {
    const harness = createHarness(TREE);
    await harness.persist(write({ small: ["b"] }, [["1"], { int32Values: [5] }]));
    const { hex } = await harness.retrieve(query("user", ["id"], { small: ["a", "b"] }, ["1"]));
    expect(hex).toEqual([["07", "05"]]);
  });

  test("BETTER 8: a bool vector can be written", async () => {
    const harness = createHarness(TREE);
    const values = { vector: [{ values: { boolValues: [true, false, true] } }] };
    await harness.persist(write({ flags: ["v"] }, [["1"], values]));
    const { hex } = await harness.retrieve(query("user", ["id"], { flags: ["v"] }, ["1"]));
    expect(hex).toEqual([["010001"]]);
  });

  test("the expiry is the group's TTL from now; TTL 0 never expires", async () => {
    const harness = createHarness(TREE);
    harness.nowMs += 999;
    await harness.persist(
      write({ ...scores, small: ["a"] }, [["1"], floats(1, 2), { int32Values: [1] }]),
    );
    const [scoresBlock, smallBlock] = harness.store.writes[0]?.rows[0]?.blocks ?? [];
    expect(blockExpiry(scoresBlock as Uint8Array)).toBe(Math.floor(harness.nowMs / 1000) + 60);
    expect(blockExpiry(smallBlock as Uint8Array)).toBe(0);
  });

  test("of rows with one key the last counts", async () => {
    const harness = createHarness(TREE);
    await harness.persist(
      write(scores, [["1"], floats(1, 1)], [["2"], floats(5, 5)], [["1"], floats(2, 2)]),
    );
    const rows = harness.store.writes[0]?.rows ?? [];
    expect(rows.map(({ key }) => key[0])).toEqual(["1", "2"]);
    expect([...decodeBlock(rows[0]?.blocks[0] as Uint8Array).payload]).toEqual([...fp32(2, 2)]);
  });

  test("write times rise, whatever the clock does", async () => {
    const harness = createHarness(TREE);
    for (const step of [0, 0, -5000, 10]) {
      harness.nowMs += step;
      await harness.persist(write(scores, [["1"], floats(1, 2)]));
    }
    const times = harness.store.writes.map((w) => w.writeTimeMicros);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(4);
  });

  test("NaN and infinities are good floats", async () => {
    const harness = createHarness(TREE);
    await harness.persist(write(scores, [["1"], floats(Number.NaN, Number.NEGATIVE_INFINITY)]));
    expect(await harness.retrieveDecoded(query("user", ["id"], scores, ["1"]))).toEqual([
      ["NaN", "-Inf"],
    ]);
  });
});

describe("refusals write nothing", () => {
  const good: Row = [["1"], floats(1, 2)];
  const cases: [string, persist.IQuery, string, RegExp][] = [
    [
      "unknown entity",
      { ...write(scores, good), entityLabel: "x" },
      "NOT_FOUND",
      /invalid entity x: entity x not found/,
    ],
    [
      "unknown group",
      write({ nope: ["a"] }, good),
      "NOT_FOUND",
      /feature group nope not found for entity : user/,
    ],
    [
      "BETTER 17: unknown label",
      write({ scores: ["ctr", "nope"] }, good),
      "INVALID_ARGUMENT",
      /nope/,
    ],
    ["label repeated", write({ scores: ["ctr", "ctr"] }, good), "INVALID_ARGUMENT", /ctr/],
    [
      "wrong keys_schema",
      { ...write(scores, good), keysSchema: ["idd"] },
      "INVALID_ARGUMENT",
      /idd is not a key/,
    ],
    [
      "too many key values",
      write(scores, good, [["1", "2"], floats(1, 2)]),
      "INVALID_ARGUMENT",
      /data\[1\]\.key_values has 2 values/,
    ],
    [
      "empty key value",
      write(scores, good, [[""], floats(1, 2)]),
      "INVALID_ARGUMENT",
      /data\[1\]\.key_values: key id is empty/,
    ],
    [
      "missing feature values",
      write(scores, good, [["2"]]),
      "INVALID_ARGUMENT",
      /data\[1\]\.feature_values has 0 entries/,
    ],
    [
      "short values",
      write(scores, good, [["2"], floats(1)]),
      "INVALID_ARGUMENT",
      /data\[1\].*expected 2, received 1/,
    ],
    [
      "no container",
      write(scores, good, [["2"], {}]),
      "INVALID_ARGUMENT",
      /data\[1\].*fp32_values is nil/,
    ],
    [
      "wrong container",
      write(scores, good, [["2"], { stringValues: ["a", "b"] }]),
      "INVALID_ARGUMENT",
      /data\[1\]/,
    ],
    [
      "BETTER 7: long string",
      write({ tags: ["city"] }, [["1"], { stringValues: ["abcde"] }]),
      "INVALID_ARGUMENT",
      /city.*5|5.*city/,
    ],
    [
      "BETTER 7: wrong vector length",
      write({ vectors: ["v"] }, [["1"], { vector: [{ values: floats(1) }] }]),
      "INVALID_ARGUMENT",
      /v/,
    ],
    [
      "out of range integer",
      write({ small: ["a"] }, [["1"], { int32Values: [300] }]),
      "INVALID_ARGUMENT",
      /300/,
    ],
  ];
  test.each(cases)("%s", async (_name, request, code, message) => {
    const harness = createHarness(TREE);
    await expect(harness.persist(request)).rejects.toMatchObject({ code });
    await expect(harness.persist(request)).rejects.toThrow(message);
    expect(harness.store.size).toBe(0);
  });

  test("a group given twice", async () => {
    const request = write(scores, good);
    const twice = {
      ...request,
      featureGroupSchema: [
        ...(request.featureGroupSchema ?? []),
        ...(request.featureGroupSchema ?? []),
      ],
    };
    await expect(createHarness(TREE).persist(twice)).rejects.toThrow(/scores is given twice/);
  });

  test("BETTER 21: a block larger than the store can hold", async () => {
    const harness = createHarness(TREE);
    harness.store.maxBlockSize = 16;
    await expect(harness.persist(write(scores, good))).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(/17 bytes, the store holds 16/),
    });
    expect(harness.store.size).toBe(0);
  });

  test("too many rows", async () => {
    const harness = createHarness(TREE, { limits: { maxRows: 1 } });
    await expect(harness.persist(write(scores, good, [["2"], floats(1, 2)]))).rejects.toMatchObject(
      { code: "RESOURCE_EXHAUSTED" },
    );
  });

  test("bytes that are no query", async () => {
    const harness = createHarness(TREE);
    const context = { callerId: "t", deadlineMs: Infinity, signal: undefined, entities: undefined };
    await expect(harness.engine.persist(Uint8Array.of(0x22, 0xff), context)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });
});

describe("store failures", () => {
  test("BETTER 22: a failed write fails the call and counts the rows", async () => {
    const harness = createHarness(TREE);
    harness.store.writeFailure = new FeatureStoreError("UNAVAILABLE", "no node answers");
    await expect(
      harness.persist(write(scores, [["1"], floats(1, 2)], [["2"], floats(1, 2)])),
    ).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: "persist failed for scylla store 1: 2 of 2 rows were not written: no node answers",
    });
    expect(await harness.metrics.metrics()).toContain(
      'ofs_persist_query_failure_total{entity_name="user",db_type="scylla"} 2',
    );
  });

  test("a distributed cache that is down does not fail the write, and is counted", async () => {
    const tree = entityTree("user", ["id"], {
      scores: { id: 0, type: "FP32", versions: [{ ctr: {}, cvr: {} }], distributed: true },
    });
    const harness = createHarness(tree);
    harness.distributed.failure = new FeatureStoreError("UNAVAILABLE", "redis is down");
    await harness.persist(write(scores, [["1"], floats(1, 2)]));
    expect(await harness.metrics.metrics()).toContain(
      'ofs_cache_invalidation_failure_total{entity="user",target="distributed"} 1',
    );
  });
});
