import { DATA_TYPES, type DataType, encodeBlock } from "@ofs/codec";
import { describe, expect, test } from "vitest";
import { createHarness, query } from "./harness.ts";
import { both, HALF, MINUS_ONE, USER } from "./scores.ts";

describe("limits of a read", () => {
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
});
