import { DATA_TYPES, type DataType, encodeBlock } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import { entityTree } from "@ofs/testkit";
import { describe, expect, test } from "vitest";
import { createHarness, fp32, type Harness, query, snapshotOf } from "./harness.ts";

const SCORES = {
  id: 0,
  type: "FP32",
  versions: [{ ctr: { default: fp32(0.5) }, cvr: { default: fp32(-1) } }],
};
const USER = entityTree("user", ["user_id"], { scores: SCORES });
const ONE = "0000803f";
const TWO = "00000040";
const HALF = "0000003f";
const MINUS_ONE = "000080bf";

function fp32Block(version: number, values: number[], expiryAtSeconds = 0): Uint8Array {
  const dataType = DATA_TYPES[3] as DataType;
  return encodeBlock({
    schemaVersion: version,
    layoutVersion: 1,
    expiryAtSeconds,
    nowSeconds: 0,
    dataType,
    payload: fp32(...values),
    compression: "none",
  });
}

function stored(values: number[] = [1, 2], tree = USER): Harness {
  const harness = createHarness(tree);
  harness.store.put("user", ["1"], "scores", fp32Block(1, values));
  return harness;
}

const both = { scores: ["ctr", "cvr"] };

describe("answers", () => {
  test("rows follow the request, duplicates included, and duplicates are read once", async () => {
    const harness = stored();
    const { hex, result } = await harness.retrieve(
      query("user", ["user_id"], both, ["1"], ["2"], ["1"]),
    );
    expect(hex).toEqual([
      [ONE, TWO],
      [HALF, MINUS_ONE],
      [ONE, TWO],
    ]);
    expect(result.rows.map((row) => row.keys)).toEqual([["1"], ["2"], ["1"]]);
    expect(harness.store.reads).toEqual([{ keys: ["1", "2"], groups: ["scores"] }]);
  });

  test("duplicates of keys that are in memory and of keys that are not", async () => {
    const tree = entityTree("user", ["user_id"], { scores: { ...SCORES, process: true } });
    const harness = stored([1, 2], tree);
    harness.store.put("user", ["2"], "scores", fp32Block(1, [2, 1]));
    await harness.retrieve(query("user", ["user_id"], both, ["1"]));
    harness.store.reads.length = 0;
    const asked = [["2"], ["1"], ["3"], ["1"], ["2"], ["3"]];
    const { hex, result } = await harness.retrieve(query("user", ["user_id"], both, ...asked));
    const [first, second, third] = [
      [ONE, TWO],
      [TWO, ONE],
      [HALF, MINUS_ONE],
    ];
    expect(hex).toEqual([second, first, third, first, second, third]);
    expect(result.rows.map((row) => row.keys)).toEqual(asked);
    expect(harness.store.reads).toEqual([{ keys: ["2", "3"], groups: ["scores"] }]);
    const again = await harness.retrieve(query("user", ["user_id"], both, ...asked));
    expect([again.hex, again.wasImmediate, harness.store.reads.length]).toEqual([hex, true, 1]);
  });

  test("the head echoes entity and keys, and numbers columns over all groups", async () => {
    const tree = {
      ...entityTree("user", ["user_id"], { scores: SCORES, more: { ...SCORES, id: 1 } }),
    };
    const harness = createHarness(tree);
    const { result } = await harness.retrieve(
      query("user", ["user_id"], { more: ["cvr"], scores: ["cvr", "ctr"] }, ["1"]),
    );
    expect(result.entityLabel).toBe("user");
    expect(result.keysSchema).toEqual(["user_id"]);
    expect(
      result.featureSchemas.map((s) => [
        s.featureGroupLabel,
        s.features?.map((f) => [f.label, f.columnIdx]),
      ]),
    ).toEqual([
      ["more", [["cvr", 0]]],
      [
        "scores",
        [
          ["cvr", 1],
          ["ctr", 2],
        ],
      ],
    ]);
  });

  test("keys may come in any order of the schema; stores and caches see one order", async () => {
    const harness = createHarness(entityTree("pair", ["u", "c"], { scores: SCORES }));
    harness.store.put("pair", ["U", "C"], "scores", fp32Block(1, [1, 2]));
    const { hex } = await harness.retrieve(query("pair", ["c", "u"], both, ["C", "U"]));
    expect(hex).toEqual([[ONE, TWO]]);
    expect(harness.store.reads[0]?.keys).toEqual(["U|C"]);
  });

  test("no keys give schemas and no rows; no groups give rows without columns", async () => {
    const harness = stored();
    const noKeys = await harness.retrieve(query("user", ["user_id"], both));
    expect(noKeys.result.rows).toEqual([]);
    expect(noKeys.result.featureSchemas).toHaveLength(1);
    const noGroups = await harness.retrieve(query("user", ["user_id"], {}, ["1"]));
    expect(noGroups.hex).toEqual([[]]);
  });

  test("an empty key value that the store cannot hold is absent", async () => {
    const harness = stored();
    const { hex } = await harness.retrieve(query("user", ["user_id"], both, [""], ["1"]));
    expect(hex).toEqual([
      [HALF, MINUS_ONE],
      [ONE, TWO],
    ]);
    expect(harness.store.reads[0]?.keys).toEqual(["1"]);
  });

  test("an expired block is answered by defaults, to the second", async () => {
    const harness = createHarness(USER);
    const expiry = harness.nowMs / 1000 + 10;
    harness.store.put("user", ["1"], "scores", fp32Block(1, [1, 2], expiry));
    const request = query("user", ["user_id"], both, ["1"]);
    harness.nowMs += 10_000;
    expect((await harness.retrieve(request)).hex).toEqual([[ONE, TWO]]);
    harness.nowMs += 1;
    expect((await harness.retrieve(request)).hex).toEqual([[HALF, MINUS_ONE]]);
  });

  test("decoded answers give text", async () => {
    const harness = stored([0.1, 1e6]);
    const texts = await harness.retrieveDecoded(query("user", ["user_id"], both, ["1"], ["2"]));
    expect(texts).toEqual([
      ["0.1", "1e+06"],
      ["0.5", "-1"],
    ]);
  });
});

describe("rules that answer better than the reference", () => {
  const evolving = entityTree("user", ["user_id"], {
    scores: {
      ...SCORES,
      versions: [
        { a: { default: fp32(8) }, b: { default: fp32(8) } },
        { a: { default: fp32(9) }, extra: { default: fp32(0.5) }, b: { default: fp32(9) } },
      ],
    },
  });

  const grown = entityTree("user", ["user_id"], {
    scores: {
      ...SCORES,
      versions: [...SCORES.versions, { ctr: {}, extra: {}, cvr: {} }],
    },
  });

  test("BETTER 12: a label that an old version lacks gets its default, the others their values", async () => {
    const harness = createHarness(evolving);
    harness.store.put("user", ["1"], "scores", fp32Block(1, [1, 2]));
    const { hex, degraded } = await harness.retrieve(
      query("user", ["user_id"], { scores: ["a", "extra", "b"] }, ["1"]),
    );
    expect(hex).toEqual([[ONE, HALF, TWO]]);
    expect(degraded).toBe(0);
  });

  test("BETTER 14: the same feature twice, and the same group twice, are each filled", async () => {
    const harness = stored();
    const { hex } = await harness.retrieve({
      ...query("user", ["user_id"], {}, ["1"]),
      featureGroups: [
        { label: "scores", featureLabels: ["ctr", "ctr@DataTypeFP16", "ctr"] },
        { label: "scores", featureLabels: ["cvr"] },
      ],
    });
    expect(hex).toEqual([[ONE, "003c", ONE, TWO]]);
  });

  test("BETTER 15: defaults are quantised like values", async () => {
    const harness = stored();
    const { hex } = await harness.retrieve(
      query("user", ["user_id"], { scores: ["ctr@DataTypeFP16"] }, ["1"], ["2"]),
    );
    expect(hex).toEqual([["003c"], ["0038"]]);
  });

  test("BETTER 5: an unreadable block spoils its own group only, and is counted", async () => {
    const tree = entityTree("user", ["user_id"], { scores: SCORES, more: { ...SCORES, id: 1 } });
    const harness = createHarness(tree);
    harness.store.put("user", ["1"], "scores", Uint8Array.of(1, 2, 3));
    harness.store.put("user", ["1"], "more", fp32Block(1, [1, 2]));
    const { hex, degraded } = await harness.retrieve(
      query("user", ["user_id"], { scores: ["ctr", "cvr"], more: ["ctr"] }, ["1"]),
    );
    expect(hex).toEqual([[HALF, MINUS_ONE, ONE]]);
    expect(degraded).toBe(2);
  });

  test("BETTER 13: a string column that could not be read holds its default, not empty bytes", async () => {
    const city = { city: { default: Buffer.from("na"), stringLength: 8 } };
    const tree = entityTree("user", ["user_id"], {
      tags: { id: 0, type: "String", versions: [city] },
    });
    const harness = createHarness(tree, { onStoreFailure: "defaults" });
    harness.store.readFailure = new FeatureStoreError("UNAVAILABLE", "store 1 is down");
    const request = query("user", ["user_id"], { tags: ["city"] }, ["1"]);
    const { hex, degraded } = await harness.retrieve(request);
    expect(hex).toEqual([[Buffer.from("na").toString("hex")]]);
    expect(degraded).toBe(1);
  });

  test("a block of another data type is unreadable", async () => {
    const harness = createHarness(USER);
    const dataType = DATA_TYPES[7] as DataType;
    const block = encodeBlock({
      schemaVersion: 1,
      layoutVersion: 1,
      expiryAtSeconds: 0,
      nowSeconds: 0,
      dataType,
      payload: new Uint8Array(8),
      compression: "none",
    });
    harness.store.put("user", ["1"], "scores", block);
    const { hex, degraded } = await harness.retrieve(query("user", ["user_id"], both, ["1"]));
    expect(hex).toEqual([[HALF, MINUS_ONE]]);
    expect(degraded).toBe(2);
  });

  test("a payload that ends early answers defaults for the features behind its end", async () => {
    const harness = createHarness(USER);
    harness.store.put("user", ["1"], "scores", fp32Block(1, [1]));
    const request = query("user", ["user_id"], both, ["1"]);
    const { hex, degraded } = await harness.retrieve(request);
    expect(hex).toEqual([[ONE, MINUS_ONE]]);
    expect(degraded).toBe(1);
    expect(await harness.retrieveDecoded(request)).toEqual([["1", "-1"]]);
  });

  test("a block newer than the registry waits for one refresh", async () => {
    const harness = createHarness(USER);
    harness.store.put("user", ["1"], "scores", fp32Block(2, [1, 7, 2]));
    harness.onRefresh = () => {
      harness.snapshot = snapshotOf(grown, 2);
    };
    const { hex } = await harness.retrieve(query("user", ["user_id"], both, ["1"]));
    expect(hex).toEqual([[ONE, TWO]]);
    expect(harness.refreshCount).toBe(1);
  });

  test("a version that no refresh brings is asked for once, and is unreadable", async () => {
    const harness = createHarness(USER);
    harness.store.put("user", ["1"], "scores", fp32Block(9, [1, 2]));
    const request = query("user", ["user_id"], both, ["1"]);
    for (let i = 0; i < 3; i++) {
      const { hex, degraded } = await harness.retrieve(request);
      expect(hex).toEqual([[HALF, MINUS_ONE]]);
      expect(degraded).toBe(2);
    }
    expect(harness.refreshCount).toBe(1);
  });
});

describe("faults", () => {
  const cases: [string, ReturnType<typeof query>, string, RegExp][] = [
    [
      "unknown entity",
      query("nobody", ["user_id"], both, ["1"]),
      "NOT_FOUND",
      /invalid entity nobody/,
    ],
    [
      "unknown group",
      query("user", ["user_id"], { x: ["a"] }, ["1"]),
      "NOT_FOUND",
      /feature group x not found/,
    ],
    [
      "unknown feature",
      query("user", ["user_id"], { scores: ["x"] }, ["1"]),
      "INVALID_ARGUMENT",
      /feature x not found in active schema of feature group scores/,
    ],
    [
      "unknown target type",
      query("user", ["user_id"], { scores: ["ctr@Float"] }, ["1"]),
      "INVALID_ARGUMENT",
      /ctr@Float/,
    ],
    [
      "upward quantisation",
      query("user", ["user_id"], { scores: ["ctr@DataTypeFP64"] }, ["1"]),
      "INVALID_ARGUMENT",
      /DataTypeFP64/,
    ],
    [
      "wrong key name",
      query("user", ["id"], both, ["1"]),
      "INVALID_ARGUMENT",
      /exactly \[user_id\]: id is not a key/,
    ],
    ["missing key name", query("user", [], both, ["1"]), "INVALID_ARGUMENT", /user_id is missing/],
    [
      "key name twice",
      query("user", ["user_id", "user_id"], both, ["1"]),
      "INVALID_ARGUMENT",
      /given twice/,
    ],
    [
      "short key",
      query("user", ["user_id"], both, ["1"], []),
      "INVALID_ARGUMENT",
      /keys\[1\]\.cols has 0 values/,
    ],
    [
      "long key",
      query("user", ["user_id"], both, ["1", "2"]),
      "INVALID_ARGUMENT",
      /keys\[0\]\.cols has 2 values/,
    ],
  ];
  test.each(cases)("%s", async (_name, request, code, message) => {
    await expect(stored().retrieve(request)).rejects.toMatchObject({ code });
    await expect(stored().retrieve(request)).rejects.toThrow(message);
  });

  test("BETTER 19: a '|' in a key of several columns is refused, in a single key it is not", async () => {
    const pair = createHarness(entityTree("pair", ["u", "c"], { scores: SCORES }));
    const request = query("pair", ["u", "c"], both, ["a|b", "c"]);
    await expect(pair.retrieve(request)).rejects.toThrow(/value 'a\|b' of key u must not contain/);
    expect((await stored().retrieve(query("user", ["user_id"], both, ["a|b"]))).hex).toHaveLength(
      1,
    );
  });

  test("bytes that are no query are INVALID_ARGUMENT", async () => {
    const harness = stored();
    const context = { callerId: "t", deadlineMs: Infinity, signal: undefined, entities: undefined };
    expect(() => harness.engine.retrieve(Uint8Array.of(0x22, 0xff), context)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });

  test("before the first snapshot reads are UNAVAILABLE", async () => {
    const harness = stored();
    harness.snapshot = undefined;
    const request = query("user", ["user_id"], both, ["1"]);
    await expect(harness.retrieve(request)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("an entity outside the caller's scope is PERMISSION_DENIED, also with a cached plan", async () => {
    const harness = stored();
    const request = query("user", ["user_id"], both, ["1"]);
    await harness.retrieve(request);
    await expect(harness.retrieve(request, { entities: new Set(["item"]) })).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
  });

  test("limits are RESOURCE_EXHAUSTED", async () => {
    const limited = createHarness(USER, { limits: { maxKeys: 2, maxColumns: 2 } });
    await expect(
      limited.retrieve(query("user", ["user_id"], both, ["1"], ["2"], ["3"])),
    ).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    await expect(
      limited.retrieve(query("user", ["user_id"], { scores: ["ctr", "cvr", "ctr"] }, ["1"])),
    ).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    const small = createHarness(USER, { limits: { maxResponseBytes: 40 } });
    await expect(small.retrieve(query("user", ["user_id"], both, ["1"]))).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
    });
  });

  test("keys times columns, and keys times groups, are limited", async () => {
    const limited = createHarness(USER, { limits: { maxCells: 5, maxDecodedCells: 3 } });
    const exhausted = { code: "RESOURCE_EXHAUSTED", message: expect.stringContaining("cells") };
    const keys = [["1"], ["2"], ["3"]];
    const columns = query("user", ["user_id"], { scores: ["ctr", "cvr"] }, ...keys);
    await expect(limited.retrieve(columns)).rejects.toMatchObject(exhausted);
    const groups = { ...columns, featureGroups: [{ label: "scores" }, { label: "scores" }] };
    await expect(limited.retrieve(groups)).rejects.toMatchObject(exhausted);
    const few = query("user", ["user_id"], { scores: ["ctr", "cvr"] }, ["1"], ["2"]);
    expect((await limited.retrieve(few)).hex).toHaveLength(2);
    await expect(limited.retrieveDecoded(few)).rejects.toMatchObject(exhausted);
  });

  test("groups are limited like columns, also where no label is asked of them", async () => {
    const limited = createHarness(USER, { limits: { maxColumns: 2 } });
    const label = "scores";
    const request = {
      entityLabel: "user",
      keysSchema: ["user_id"],
      featureGroups: [{ label }, { label }, { label }],
    };
    await expect(limited.retrieve(request)).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  });

  test("a decoded answer is limited before it is made", async () => {
    const small = createHarness(USER, { limits: { maxResponseBytes: 3 } });
    const request = query("user", ["user_id"], both, ["1"], ["1"], ["1"], ["1"]);
    await expect(small.retrieveDecoded(request)).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      message: "the answer of 4 rows is larger than 3 bytes",
    });
  });

  test("BETTER 4: a block that grows far beyond its schema is unreadable", async () => {
    const harness = createHarness(USER);
    const content = {
      schemaVersion: 1,
      layoutVersion: 1,
      expiryAtSeconds: 0,
      nowSeconds: 0,
      dataType: DATA_TYPES[3] as DataType,
      compression: "zstd",
    } as const;
    const bomb = encodeBlock({ ...content, payload: new Uint8Array(70_000) });
    const grown = encodeBlock({ ...content, payload: new Uint8Array(60_000) });
    expect(bomb.length).toBeLessThan(100);
    harness.store.put("user", ["1"], "scores", bomb);
    harness.store.put("user", ["2"], "scores", grown);
    const { hex, degraded } = await harness.retrieve(
      query("user", ["user_id"], both, ["1"], ["2"]),
    );
    expect(hex).toEqual([
      [HALF, MINUS_ONE],
      ["00000000", "00000000"],
    ]);
    expect(degraded).toBe(2);
  });

  test("a disabled group is FAILED_PRECONDITION with the reason, the others serve", async () => {
    const tree = entityTree("user", ["user_id"], { scores: SCORES, bad: { ...SCORES, id: 1 } });
    tree["entities/user/feature-groups/bad/data-type"] = "DataTypeNope";
    const harness = createHarness(tree);
    await expect(
      harness.retrieve(query("user", ["user_id"], { bad: ["ctr"] }, ["1"])),
    ).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
    expect((await harness.retrieve(query("user", ["user_id"], both, ["1"]))).hex).toHaveLength(1);
  });

  test("do better 15: a failed store read is UNAVAILABLE, never defaults", async () => {
    const harness = stored();
    harness.store.readFailure = new FeatureStoreError("UNAVAILABLE", "store 1 is down");
    await expect(harness.retrieve(query("user", ["user_id"], both, ["1"]))).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: "store 1 is down",
    });
  });

  test("with the option, failed cells are defaults, counted, and never cached", async () => {
    const tree = entityTree("user", ["user_id"], {
      scores: { ...SCORES, process: true, distributed: true },
    });
    const harness = createHarness(tree, { onStoreFailure: "defaults" });
    harness.store.put("user", ["1"], "scores", fp32Block(1, [1, 2]));
    harness.store.readFailure = new FeatureStoreError("UNAVAILABLE", "store 1 is down");
    const request = query("user", ["user_id"], both, ["1"]);
    const failed = await harness.retrieve(request);
    expect(failed.hex).toEqual([[HALF, MINUS_ONE]]);
    expect(failed.degraded).toBe(2);
    harness.store.readFailure = undefined;
    expect((await harness.retrieve(request)).hex).toEqual([[ONE, TWO]]);
  });
});
