import { decodePersistQuery } from "@ofs/proto";
import { describe, expect, it } from "vitest";
import { CellFault } from "../../src/mapping/cell-fault.ts";
import { blockDeletes, KeyPlan, rowDeletes } from "../../src/messages/delete-messages.ts";
import { batchOf, field } from "../support/batches.ts";

const HEAD = { topic: "t", headers: [["operation", Buffer.from("delete")]] } as const;

describe("messages of deletes", () => {
  it("of the block dialect name keys and groups, and have no values", () => {
    const encode = blockDeletes("user", ["id", "day"], ["numbers", "vectors"]);
    const keys = Array.from({ length: 201 }, (_, i) => [`u${i}`, "monday"]);
    const records = encode(keys, HEAD);
    expect(records.map(({ topic, key, headers }) => ({ topic, key, headers }))).toEqual(
      Array.from({ length: 2 }, () => ({ ...HEAD, key: undefined })),
    );
    const queries = records.map(({ value }) => decodePersistQuery(value as Uint8Array));
    expect(queries.map(({ data }) => data.length)).toEqual([200, 1]);
    expect(queries[1]).toEqual({
      entityLabel: "user",
      keysSchema: ["id", "day"],
      featureGroups: [
        { label: "numbers", featureLabels: [] },
        { label: "vectors", featureLabels: [] },
      ],
      data: [{ keyValues: ["u200", "monday"], featureValues: [] }],
    });
  });

  it("of the row dialect have the primary key alone, under the key that writes have", () => {
    const [record] = rowDeletes(["id", 'the "day"'])([["12345678901234567890", '"é"']], HEAD);
    const [value, key] = [record?.value, record?.key].map((bytes) => String(bytes));
    expect([value, key]).toEqual([
      '{"id":12345678901234567890,"the \\"day\\"":"é"}',
      '12345678901234567890,"é"',
    ]);
  });
});

describe("the key of a row", () => {
  const id = field("id", { kind: "integer" });
  const name = field("name", { kind: "string" });
  const toText = (value: unknown) => (value === "bad" ? new CellFault("is bad") : String(value));
  const plan = new KeyPlan([
    { field: name, name: "who", toText },
    { field: id, name: "id", toText },
  ]);
  const batch = batchOf([
    [id, [1, null, 3, 4, 5]],
    [name, ["a", "b", "bad", "", "x".repeat(200_000)]],
  ]);

  it("has the values as messages have them, in the order of the key", () => {
    expect(plan.fields).toEqual([name, id]);
    expect(plan.keyOf(batch, [1, 0], 0)).toEqual(["a", "1"]);
  });

  it("is none where a part of it is missing", () => {
    expect(plan.keyOf(batch, [1, 0], 1)).toBeUndefined();
    expect(plan.keyOf(batch, [1, 0], 3)).toBeUndefined();
  });

  it("is refused, by name, where it cannot be told", () => {
    expect(plan.keyOf(batch, [1, 0], 2)).toEqual({
      index: 2,
      cause: "delete who",
      reason: "who: is bad",
    });
    expect(plan.keyOf(batch, [1, 0], 4)).toMatchObject({ cause: "delete too-large" });
  });
});
