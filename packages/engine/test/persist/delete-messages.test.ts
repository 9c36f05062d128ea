import { persist } from "@ofs/proto";
import { entityTree } from "@ofs/testkit";
import { describe, expect, test } from "vitest";
import { UnwritableError } from "../../src/index.ts";
import { MemoryBlockStore } from "../fakes/memory-block-store.ts";
import { createHarness, fp32, type Harness, query, snapshotOf } from "../harness.ts";
import { floats, message, scores, T0, TREE } from "./message-fixtures.ts";

const FOREVER = { deadlineMs: Number.POSITIVE_INFINITY };
const CONTEXT = { ...FOREVER, callerId: "t", signal: undefined, entities: undefined };
const HALF = Buffer.from(fp32(0.5)).toString("hex");
const ONE = Buffer.from(fp32(1)).toString("hex");

function open(): { readonly harness: Harness; readonly other: MemoryBlockStore } {
  const other = new MemoryBlockStore();
  return { harness: createHarness(TREE, { otherStores: new Map([[2, other]]) }), other };
}

function faultOf(act: () => unknown): UnwritableError {
  try {
    act();
  } catch (error) {
    if (error instanceof UnwritableError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

async function ctrOf(harness: Harness, key = "1"): Promise<string | undefined> {
  const { hex } = await harness.retrieve(query("user", ["id"], { scores: ["ctr"] }, [key]));
  return hex[0]?.[0];
}

describe("a message that deletes", () => {
  test("needs no values and no labels, and takes the named groups away", async () => {
    const { harness } = open();
    const { engine, store } = harness;
    await engine.write(engine.prepare(message(scores, [[["1"], floats(1, 2)]]), T0).rows, FOREVER);
    expect(await ctrOf(harness)).toBe(ONE);
    const deletion = engine.prepareDelete(message({ scores: [] }, [[["1"]], [["2"]]]), T0 + 1);
    expect(deletion.faults).toEqual([]);
    expect(
      deletion.rows.map(({ isDelete, key, row, writeTimeMicros }) => [
        key,
        row,
        isDelete,
        writeTimeMicros,
      ]),
    ).toEqual([
      ["user:1", 0, true, T0 + 1],
      ["user:2", 1, true, T0 + 1],
    ]);
    expect(await engine.write(deletion.rows, FOREVER)).toEqual([undefined, undefined]);
    const last = store.writes.at(-1);
    expect(last?.groups.map(({ label }) => label)).toEqual(["scores"]);
    expect(last?.rows.map(({ blocks }) => blocks.map(({ length }) => length))).toEqual([[0], [0]]);
  });

  test("shares its target with the writes of the same groups", () => {
    const { engine } = open().harness;
    const [written] = engine.prepare(message(scores, [[["1"], floats(1, 2)]]), T0).rows;
    const [deleted] = engine.prepareDelete(message({ scores: ["ctr"] }, [[["1"]]]), T0).rows;
    expect(deleted?.target).toBe(written?.target);
    expect(written?.isDelete).toBe(false);
  });

  test("takes values that it does not look at", () => {
    const { engine } = open().harness;
    const odd = message({ scores: ["no such feature"] }, [[["1"], floats(1, 2, 3), floats(1)]]);
    expect(engine.prepareDelete(odd, T0).rows).toHaveLength(1);
  });

  test("of no group takes away all of the entity, in all stores", async () => {
    const { harness, other } = open();
    const { rows } = harness.engine.prepareDelete(message({}, [[["1"]]]), T0);
    const labels = rows.map(({ target }) => target.groups.map(({ label }) => label).join());
    expect(labels.sort()).toEqual(["elsewhere", "tags,small,vectors,scores"]);
    for (const row of rows) await harness.engine.write([row], FOREVER);
    expect(other.writes).toHaveLength(1);
  });

  test("of no group waits for the groups that are disabled", () => {
    const { harness } = open();
    const faulty = entityTree("user", ["id"], {
      scores: { id: 7, type: "FP32", versions: [{ ctr: {} }] },
      broken: { id: 8, type: "NoSuchType", versions: [{ x: {} }] },
    });
    harness.snapshot = snapshotOf(faulty, 2);
    const fault = faultOf(() => harness.engine.prepareDelete(message({}, [[["1"]]]), T0));
    expect(fault).toMatchObject({
      kind: "registry",
      missing: "feature group broken of entity user",
    });
    const named = harness.engine.prepareDelete(message({ scores: [] }, [[["1"]]]), T0);
    expect(named.rows).toHaveLength(1);
  });

  test("tells bad keys, and what it names that is not there", () => {
    const { engine } = open().harness;
    const bad = engine.prepareDelete(message({ scores: [] }, [[[""]], [["1", "2"]], [["3"]]]), T0);
    expect(bad.faults.map(({ error, row }) => [row, error.message])).toEqual([
      [0, "data[0].key_values: key id is empty"],
      [1, expect.stringContaining("data[1].key_values has 2 values")],
    ]);
    expect(bad.rows.map(({ key }) => key)).toEqual(["user:3"]);
    for (const [bytes, kind] of [
      [message({ absent: [] }, [[["1"]]]), "registry"],
      [message({}, [[["1"]]], { entityLabel: "nobody" }), "registry"],
      [message({}, [[["1"]]], { keysSchema: ["id", "id"] }), "poison"],
      [Buffer.from("nonsense"), "poison"],
    ] as const) {
      expect(faultOf(() => engine.prepareDelete(bytes, T0)).kind).toBe(kind);
    }
    const twice = persist.Query.encode({
      entityLabel: "user",
      keysSchema: ["id"],
      featureGroupSchema: [{ label: "tags" }, { label: "tags" }],
    }).finish();
    expect(faultOf(() => engine.prepareDelete(twice, T0))).toMatchObject({
      kind: "poison",
      field: "feature_group_schema[1].label",
    });
  });

  test("of a store without a connection says so", () => {
    const harness = createHarness(TREE);
    const fault = faultOf(() => harness.engine.prepareDelete(message({}, [[["1"]]]), T0));
    expect(fault).toMatchObject({ kind: "store", missing: "store 2" });
  });

  test("counts as deletes", async () => {
    const { harness } = open();
    const { engine, metrics } = harness;
    const writes = engine.prepare(message(scores, [[["1"], floats(1, 2)]]), T0).rows;
    const deletes = engine.prepareDelete(message({ scores: [] }, [[["2"]], [["3"]]]), T0).rows;
    await engine.write([...writes, ...deletes], FOREVER);
    const text = await metrics.metrics();
    const labels = 'entity="user",feature_group="scores"';
    expect(text).toContain(`ofs_feature_delete_total{success="true",${labels}} 2`);
    expect(text).toContain(`ofs_feature_persist_total{success="true",${labels}} 1`);
    expect(text).toContain('ofs_rows_total{entity="user",operation="delete"} 2');
    expect(text).toContain('ofs_rows_total{entity="user",operation="persist"} 1');
  });
});

describe("a call that deletes", () => {
  const CACHED = entityTree("user", ["id"], {
    scores: {
      id: 7,
      type: "FP32",
      versions: [{ ctr: { default: fp32(0.5) } }],
      process: true,
      distributed: true,
    },
  });
  const request = message({}, [[["1"]]]);
  const put = persist.Query.toObject(
    persist.Query.decode(message({ scores: ["ctr"] }, [[["1"], floats(1)]])),
  );

  test("is seen at once, whatever caches had, and reads as if nothing had been written", async () => {
    const harness = createHarness(CACHED);
    await harness.persist(put);
    for (let read = 0; read < 2; read++) expect(await ctrOf(harness)).toBe(ONE);
    const answer = await harness.engine.delete(request, CONTEXT);
    expect(persist.Result.decode(answer).message).not.toBe("");
    for (let read = 0; read < 2; read++) expect(await ctrOf(harness)).toBe(HALF);
    await harness.persist(put);
    expect(await ctrOf(harness)).toBe(ONE);
  });

  test("is refused as a whole for what is wrong with it", async () => {
    const harness = createHarness(CACHED);
    await harness.persist(put);
    const bad = message({ scores: [] }, [[["1"]], [[""]]]);
    await expect(harness.engine.delete(bad, CONTEXT)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    const foreign = { ...CONTEXT, entities: new Set(["other"]) };
    await expect(harness.engine.delete(request, foreign)).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
    expect(await ctrOf(harness)).toBe(ONE);
  });
});
