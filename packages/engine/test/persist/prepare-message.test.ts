import { blockExpiry, decodeBlock } from "@ofs/codec";
import type { FeatureStoreError } from "@ofs/platform";
import type { persist } from "@ofs/proto";
import { describe, expect, test } from "vitest";
import { MemoryBlockStore } from "../fakes/memory-block-store.ts";
import { fp32, snapshotOf } from "../harness.ts";
import {
  createHarness,
  floats,
  message,
  persistFailure,
  type Row,
  scores,
  T0,
  TREE,
  unwritable,
} from "./message-fixtures.ts";

const good: Row = [["1"], floats(1, 2)];
const oneGood = message(scores, [good]);

describe("good messages", () => {
  test("a row knows its target, key, time and size", () => {
    const { engine, store } = createHarness(TREE);
    const prepared = engine.prepare(message(scores, [good, [["2"], floats(3, 4)]]), T0 + 5);
    expect(prepared).toMatchObject({ entityLabel: "user", faults: [] });
    expect(prepared.rows).toMatchObject([
      { connection: "scylla 1", key: "user:1", writeTimeMicros: T0 + 5, row: 0 },
      { connection: "scylla 1", key: "user:2", writeTimeMicros: T0 + 5, row: 1 },
    ]);
    const [first] = prepared.rows;
    expect(first?.stored).toMatchObject({ key: ["1"], writeTimeMicros: T0 + 5 });
    expect([...decodeBlock(first?.stored.blocks[0] as Uint8Array).payload]).toEqual([
      ...fp32(1, 2),
    ]);
    expect(first?.sizeBytes).toBeGreaterThan(8);
    expect(first?.target).toMatchObject({ blocks: store, connection: "scylla 1" });
    expect(store.writes).toEqual([]);
  });

  test("messages with the same groups share their target, whatever their order, labels and rows", () => {
    const { engine } = createHarness(TREE);
    const small = { int32Values: [1] };
    const messages = [
      message({ scores: ["ctr", "cvr"], small: ["a"] }, [[["1"], floats(1, 2), small]]),
      message({ small: ["b"], scores: ["cvr"] }, [[["2"], small, floats(1)]]),
    ];
    const targets = messages.map((bytes) => engine.prepare(bytes, T0).rows[0]?.target);
    expect(targets[0]).toBe(targets[1]);
    expect(targets[0]?.groups.map(({ id }) => id)).toEqual([2, 7]);
    expect(engine.prepare(oneGood, T0).rows[0]?.target).not.toBe(targets[0]);
  });

  test("a new snapshot makes new targets", () => {
    const harness = createHarness(TREE);
    const [before] = harness.engine.prepare(oneGood, T0).rows;
    harness.snapshot = snapshotOf(TREE, 2);
    const [after] = harness.engine.prepare(oneGood, T0).rows;
    expect(after?.target).not.toBe(before?.target);
    expect(after?.target.entity).toBe(harness.snapshot.entities.get("user"));
  });

  test("groups of two stores make two rows of each", () => {
    const other = new MemoryBlockStore();
    const { engine, store } = createHarness(TREE, { otherStores: new Map([[2, other]]) });
    const groups = { elsewhere: ["n"], scores: ["ctr", "cvr"] };
    const rows: Row[] = [
      [["1"], { int32Values: [5] }, floats(1, 2)],
      [["2"], { int32Values: [6] }, floats(1, 2)],
    ];
    const prepared = engine.prepare(message(groups, rows), T0).rows;
    expect(prepared.map(({ connection, key, row }) => [connection, key, row])).toEqual([
      ["redis_standalone 2", "user:1", 0],
      ["scylla 1", "user:1", 0],
      ["redis_standalone 2", "user:2", 1],
      ["scylla 1", "user:2", 1],
    ]);
    expect(new Set(prepared.map(({ target }) => target.blocks))).toEqual(new Set([store, other]));
    expect(prepared.map(({ stored }) => stored.blocks.length)).toEqual([1, 1, 1, 1]);
    expect([...decodeBlock(prepared[2]?.stored.blocks[0] as Uint8Array).payload]).toEqual([
      6, 0, 0, 0,
    ]);
  });

  test("of good rows with one key the last counts", () => {
    const { engine } = createHarness(TREE);
    const rows: Row[] = [
      [["1"], floats(1, 1)],
      [["2"], floats(5, 5)],
      [["1"], floats(2, 2)],
    ];
    const prepared = engine.prepare(message(scores, rows), T0).rows;
    expect(prepared.map(({ key, row }) => [key, row])).toEqual([
      ["user:1", 2],
      ["user:2", 1],
    ]);
    expect([...decodeBlock(prepared[0]?.stored.blocks[0] as Uint8Array).payload]).toEqual([
      ...fp32(2, 2),
    ]);
  });

  test("a bad row does not take the place of a good one before it", () => {
    const { engine } = createHarness(TREE);
    const prepared = engine.prepare(message(scores, [good, [["1"], floats(1)]]), T0);
    expect(prepared.rows.map(({ key, row }) => [key, row])).toEqual([["user:1", 0]]);
    expect(prepared.faults.map(({ row }) => row)).toEqual([1]);
  });

  test("expiries count from the write time, also those that have passed: a replay gives the same bytes", () => {
    const harness = createHarness(TREE);
    const yearAgo = T0 - 365 * 86_400 * 1_000_000 + 999_999;
    const blocks = [0, 1].map(() => {
      harness.nowMs += 3_600_000;
      return harness.engine.prepare(oneGood, yearAgo).rows[0]?.stored.blocks[0] as Uint8Array;
    });
    expect(blocks[0]).toEqual(blocks[1]);
    expect(blockExpiry(blocks[0] as Uint8Array)).toBe(Math.floor(yearAgo / 1_000_000) + 60);
  });

  test("a write time of 0 is a time", () => {
    const { engine } = createHarness(TREE);
    const [row] = engine.prepare(oneGood, 0).rows;
    expect(blockExpiry(row?.stored.blocks[0] as Uint8Array)).toBe(60);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])("%s is no write time", (time) => {
    const { engine } = createHarness(TREE);
    expect(() => engine.prepare(oneGood, time)).toThrow(/write time .* is no time/);
  });

  test("messages have no limit of rows", () => {
    const { engine } = createHarness(TREE, { limits: { maxRows: 1 } });
    const rows = Array.from({ length: 50 }, (_, i): Row => [[`${i}`], floats(1, 2)]);
    expect(engine.prepare(message(scores, rows), T0).rows).toHaveLength(50);
  });

  test("a message without rows or without groups has nothing to write", () => {
    const { engine } = createHarness(TREE);
    for (const empty of [message(scores, []), message({}, [[["1"]]])]) {
      expect(engine.prepare(empty, T0)).toEqual({ entityLabel: "user", rows: [], faults: [] });
    }
  });
});

describe("bad rows", () => {
  const cases: [string, Record<string, string[]>, persist.IQuery, Row, Row][] = [
    ["too many key values", scores, {}, good, [["1", "2"], floats(1, 2)]],
    ["an empty key value", scores, {}, good, [[""], floats(1, 2)]],
    ["no feature values", scores, {}, good, [["2"]]],
    ["too many feature values", scores, {}, good, [["2"], floats(1, 2), floats(1, 2)]],
    ["nil values", scores, {}, good, [["2"], undefined]],
    ["short values", scores, {}, good, [["2"], floats(1)]],
    ["no container", scores, {}, good, [["2"], {}]],
    ["a wrong container", scores, {}, good, [["2"], { stringValues: ["a", "b"] }]],
    [
      "a long string",
      { tags: ["city"] },
      {},
      [["1"], { stringValues: ["abcd"] }],
      [["2"], { stringValues: ["abcde"] }],
    ],
    [
      "a wrong vector length",
      { vectors: ["v"] },
      {},
      [["1"], { vector: [{ values: floats(1, 2) }] }],
      [["2"], { vector: [{ values: floats(1) }] }],
    ],
    [
      "an integer out of range",
      { small: ["a"] },
      {},
      [["1"], { int32Values: [-128] }],
      [["2"], { int32Values: [128] }],
    ],
    [
      "a bar in a composite key",
      { counts: ["n"] },
      { entityLabel: "pair", keysSchema: ["b", "a"] },
      [["x", "y"], { int32Values: [1] }],
      [["x|", "y"], { int32Values: [1] }],
    ],
  ];

  test.each(cases)(
    "%s: the row is a fault with the text of persist, the others are prepared",
    async (_, groups, head, fine, bad) => {
      const harness = createHarness(TREE);
      const bytes = message(groups, [fine, bad, fine, bad], head);
      const { faults, rows } = harness.engine.prepare(bytes, T0);
      expect(faults.map(({ row }) => row)).toEqual([1, 3]);
      expect(rows.map(({ row }) => row)).toEqual([2]);
      const refusal = (await persistFailure(harness, bytes)) as FeatureStoreError;
      expect(refusal.code).toBe("INVALID_ARGUMENT");
      expect(faults[0]?.error).toMatchObject({ code: refusal.code, message: refusal.message });
      expect(faults[1]?.error.message).not.toBe(refusal.message);
    },
  );

  test("a block that the store cannot hold", async () => {
    const harness = createHarness(TREE);
    harness.store.maxBlockSize = 16;
    const { faults, rows } = harness.engine.prepare(oneGood, T0);
    expect(rows).toEqual([]);
    expect(faults[0]?.error.message).toMatch(/17 bytes, the store holds 16/);
    expect(await harness.metrics.metrics()).toContain(
      'ofs_serialize_psdb_data_failure_total{entity_name="user",fg_id="7"} 1',
    );
    // What the store can hold may be known only once it is connected.
    harness.store.maxBlockSize = 17;
    expect(harness.engine.prepare(oneGood, T0).rows).toHaveLength(1);
  });
});

describe("messages of which nothing can be written", () => {
  const poison: [string, Uint8Array, string | undefined][] = [
    ["bytes that are no query", Uint8Array.of(0x22, 0xff), undefined],
    ["a row that is cut off", oneGood.subarray(0, oneGood.length - 1), undefined],
    ["no entity", new Uint8Array(0), "entity_label"],
    ["a key twice", message(scores, [good], { keysSchema: ["id", "id"] }), "keys_schema"],
    [
      "a group twice",
      message(scores, [good], {
        featureGroupSchema: [0, 1].map(() => ({ label: "scores", featureLabels: ["ctr"] })),
      }),
      "feature_group_schema[1].label",
    ],
    ["a group without a name", message({ "": ["a"] }, [good]), "feature_group_schema[0].label"],
    [
      "a label twice",
      message({ scores: ["ctr", "ctr"] }, [good]),
      "feature_group_schema[0].feature_labels",
    ],
    [
      "a label without a name",
      message({ small: ["a"], scores: [""] }, [good]),
      "feature_group_schema[1].feature_labels",
    ],
  ];
  test.each(poison)("poison: %s", async (_, bytes, field) => {
    const harness = createHarness(TREE);
    const fault = unwritable(harness, bytes);
    expect(fault).toMatchObject({ kind: "poison", field, missing: undefined });
    const refusal = (await persistFailure(harness, bytes)) as FeatureStoreError;
    expect({ code: fault.code, message: fault.message }).toEqual({
      code: refusal.code,
      message: refusal.message,
    });
  });

  test("poison: a message beyond the limit of bytes, before it is decoded", () => {
    const harness = createHarness(TREE, { limits: { maxMessageBytes: 10 } });
    expect(unwritable(harness, new Uint8Array(11).fill(0xff))).toMatchObject({
      kind: "poison",
      code: "RESOURCE_EXHAUSTED",
      message: "the message has 11 bytes, more than 10",
    });
  });

  test("poison: a message whose defaults make it too large", () => {
    const harness = createHarness(TREE, { limits: { maxPreparedBytes: 1000 } });
    const rows = Array.from({ length: 10 }, (_, i): Row => [[`${i}`], floats(1)]);
    expect(unwritable(harness, message({ scores: ["ctr"] }, rows))).toMatchObject({
      kind: "poison",
      code: "RESOURCE_EXHAUSTED",
      message: "the message takes more than 1000 bytes once its rows are encoded",
    });
    const fewer = message({ scores: ["ctr"] }, rows.slice(0, 8));
    expect(harness.engine.prepare(fewer, T0).rows).toHaveLength(8);
  });

  const disabled = {
    ...TREE,
    ...entityTreeWithoutKeys(),
    "entities/user/feature-groups/small/data-type": "DataTypeNone",
  };
  const registry: [string, Uint8Array, missing: string, field: string][] = [
    [
      "an unknown entity",
      message(scores, [good], { entityLabel: "x" }),
      "entity x",
      "entity_label",
    ],
    [
      "a disabled entity",
      message(scores, [good], { entityLabel: "broken" }),
      "entity broken",
      "entity_label",
    ],
    [
      "an unknown key",
      message(scores, [good], { keysSchema: ["idd"] }),
      "keys [idd] of entity user",
      "keys_schema",
    ],
    [
      "a key too many",
      message(scores, [good], { keysSchema: ["id", "shard"] }),
      "keys [id, shard] of entity user",
      "keys_schema",
    ],
    [
      "a key too few",
      message({ counts: ["n"] }, [good], { entityLabel: "pair", keysSchema: ["a"] }),
      "keys [a] of entity pair",
      "keys_schema",
    ],
    [
      "an unknown group",
      message({ ...scores, nope: ["a"] }, [good]),
      "feature group nope of entity user",
      "feature_group_schema[1].label",
    ],
    [
      "a disabled group",
      message({ small: ["a"] }, [good]),
      "feature group small of entity user",
      "feature_group_schema[0].label",
    ],
    [
      "an unknown feature",
      message({ scores: ["ctr", "nope"] }, [good]),
      "feature nope of feature group scores, in entity user",
      "feature_group_schema[0].feature_labels",
    ],
  ];
  test.each(registry)("registry: %s", async (_, bytes, missing, field) => {
    const harness = createHarness(disabled);
    const fault = unwritable(harness, bytes);
    expect(fault).toMatchObject({ kind: "registry", missing, field });
    const refusal = (await persistFailure(harness, bytes)) as FeatureStoreError;
    expect({ code: fault.code, message: fault.message }).toEqual({
      code: refusal.code,
      message: refusal.message,
    });
  });

  test("registry: what was missing has come", () => {
    const harness = createHarness(disabled);
    const bytes = message({ small: ["a"] }, [[["1"], { int32Values: [1] }]]);
    expect(unwritable(harness, bytes).kind).toBe("registry");
    harness.snapshot = snapshotOf(TREE, 2);
    expect(harness.engine.prepare(bytes, T0).rows).toHaveLength(1);
  });

  test("registry: before the first snapshot", () => {
    const harness = createHarness(TREE);
    harness.snapshot = undefined;
    expect(unwritable(harness, oneGood)).toMatchObject({
      kind: "registry",
      code: "UNAVAILABLE",
      missing: "registry",
    });
  });

  test("store: a connection that this process does not have", async () => {
    const harness = createHarness(TREE);
    const bytes = message({ ...scores, elsewhere: ["n"] }, [good]);
    const fault = unwritable(harness, bytes);
    expect(fault).toMatchObject({
      kind: "store",
      field: "feature_group_schema[1].label",
      missing: "store 2",
    });
    const refusal = (await persistFailure(harness, bytes)) as FeatureStoreError;
    expect(fault.message).toBe(refusal.message);
  });
});

/** An entity whose nodes are faulty as a whole. */
function entityTreeWithoutKeys(): Record<string, string> {
  return { "entities/broken/label": "broken", "entities/broken/keys/0/sequence": "x" };
}
