import { DATA_TYPES, type DataType, encodeBlock } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import { retrieve } from "@ofs/proto";
import { entityTree } from "@ofs/testkit";
import { describe, expect, test } from "vitest";
import { createHarness, fp32, query, snapshotOf } from "./harness.ts";
import { both, fp32Block, HALF, MINUS_ONE, ONE, SCORES, stored, TWO, USER } from "./scores.ts";

describe("answers", () => {
  test("memory is used again for another answer only when it has been given back", async () => {
    const { engine } = stored();
    const context = {
      callerId: "test",
      deadlineMs: Number.POSITIVE_INFINITY,
      signal: undefined,
      entities: undefined,
    };
    const answerOf = (...ids: readonly string[]) => {
      const keys = Array.from({ length: 400 }, (_, row) => [ids[row % ids.length] as string]);
      const request = retrieve.Query.encode(query("user", ["user_id"], both, ...keys)).finish();
      return engine.retrieve(request, context);
    };
    const first = await answerOf("1");
    const kept = Buffer.from(first.response);
    const second = await answerOf("2", "1");
    expect(second.response.buffer).not.toBe(first.response.buffer);
    expect(kept.equals(first.response)).toBe(true);

    second.release?.(second.response);
    second.response.fill(0xee);
    const third = await answerOf("1");
    expect(third.response.buffer).toBe(second.response.buffer);
    expect(kept.equals(third.response)).toBe(true);
    expect(kept.equals(first.response)).toBe(true);
  });

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
