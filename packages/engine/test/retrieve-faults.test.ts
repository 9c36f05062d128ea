import { FeatureStoreError } from "@ofs/platform";
import { entityTree } from "@ofs/testkit";
import { describe, expect, test } from "vitest";
import { createHarness, query } from "./harness.ts";
import { both, fp32Block, HALF, MINUS_ONE, ONE, SCORES, stored, TWO } from "./scores.ts";

describe("faults of a read", () => {
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
