import type { CellValue, TableType } from "@ofs/delta";
import { decodePersistQuery } from "@ofs/proto";
import { parseSnapshot } from "@ofs/registry";
import { entityTree } from "@ofs/testkit";
import { describe, expect, it } from "vitest";
import { mapBlockColumns } from "../../src/mapping/block-mapping.ts";
import { blockMessages } from "../../src/messages/block-messages.ts";
import { allRows, batchOf, field } from "../support/batches.ts";

const TREE = {
  "storage/stores/1": JSON.stringify({ "db-type": "embedded", "conf-id": 0, table: "t" }),
  ...entityTree("user", ["country", "id"], {
    n: { id: 0, type: "Int64", versions: [{ a: {}, b: {} }] },
    v: { id: 1, type: "FP32Vector", versions: [{ e: { vectorLength: 2 } }] },
    s: { id: 2, type: "String", versions: [{ t: { stringLength: 3 } }] },
    u: { id: 3, type: "Uint8", versions: [{ a: {} }] },
  }),
};
const ENTRIES = Object.entries(TREE).map(([path, text]) => [path, Buffer.from(text)] as const);
const ENTITY = parseSnapshot(new Map(ENTRIES), 1).entities.get("user");
const HEAD = { topic: "t", headers: [] };
const ANY = { groups: undefined, columns: undefined };

type Cells = readonly (readonly [name: string, type: TableType, values: readonly CellValue[]])[];

function encode(cells: Cells, columns?: Readonly<Record<string, string>>) {
  if (ENTITY === undefined) throw new Error("the registry has no entity");
  const batch = batchOf(cells.map(([name, type, values]) => [field(name, type), values]));
  const schema = batch.columns.map((column) => column.field);
  const named = columns && new Map(Object.entries(columns));
  const plan = blockMessages(mapBlockColumns(schema, ENTITY, { ...ANY, columns: named }));
  const columnOf = plan.fields.map((each) => schema.indexOf(each));
  const { records, rowCount, rejects } = plan.encode(batch, columnOf, allRows(batch), HEAD);
  const queries = records.map(({ value }) => decodePersistQuery(value as Uint8Array));
  return { queries, rowCount, rejects };
}

const LONG = { kind: "long" } as const;
const TEXT = { kind: "string" } as const;

describe("blockMessages", () => {
  it("puts rows with the same features in one message, keys in the entity's order", () => {
    const { queries, rowCount } = encode([
      ["e", { kind: "array", element: { kind: "float" } }, [[1, 2], null, [3, 4]]],
      ["id", LONG, [9_007_199_254_740_993n, 2n, 3n]],
      ["b", { kind: "decimal", precision: 20, scale: 0 }, [-5n, 6n, 7n]],
      ["country", TEXT, ["de", "fr", "es"]],
    ]);
    expect(rowCount).toBe(3);
    expect(queries.map(({ data }) => data.length)).toEqual([2, 1]);
    const [full, partial] = queries;
    expect(full).toMatchObject({
      entityLabel: "user",
      keysSchema: ["country", "id"],
      featureGroups: [
        { label: "v", featureLabels: ["e"] },
        { label: "n", featureLabels: ["b"] },
      ],
    });
    expect(full?.data[0]?.keyValues).toEqual(["de", "9007199254740993"]);
    expect(full?.data[0]?.featureValues[0]?.vector[0]?.fp32Values).toEqual([1, 2]);
    expect(full?.data[0]?.featureValues[1]?.int64Values).toEqual([-5n]);
    // What is null is not sent: a group of nulls stays as it is.
    expect(partial?.featureGroups).toEqual([{ label: "n", featureLabels: ["b"] }]);
    expect(partial?.data[0]?.keyValues).toEqual(["fr", "2"]);
  });

  it("refuses rows by cause, and sends the others", () => {
    const { queries, rowCount, rejects } = encode(
      [
        ["country", TEXT, ["de", "", "fr", "it", "es", null, "pl"]],
        ["id", LONG, [1n, 2n, 3n, 4n, 5n, 6n, 7n]],
        ["small", LONG, [255n, 1n, 256n, null, 1n, 1n, null]],
        ["t", TEXT, ["abc", "a", "a", "äöü", "a", "a", null]],
      ],
      { country: "country", id: "id", small: "u:a", t: "t" },
    );
    expect([rowCount, queries.flatMap(({ data }) => data).length]).toEqual([2, 2]);
    expect(rejects.map(({ index, cause }) => [index, cause])).toEqual([
      [1, "null-key country"],
      [2, "value small"],
      [3, "value t"],
      [5, "null-key country"],
      [6, "no-value"],
    ]);
    expect(rejects[1]?.reason).toBe(
      "small (feature u:a): 256 is outside 0 to 255 of DataTypeUint8",
    );
  });

  it("cuts messages by rows", () => {
    const count = 450;
    const { queries } = encode([
      ["country", TEXT, Array.from({ length: count }, () => "de")],
      ["id", LONG, Array.from({ length: count }, (_, index) => BigInt(index))],
      ["b", LONG, Array.from({ length: count }, () => 1n)],
    ]);
    expect(queries.map(({ data }) => data.length)).toEqual([200, 200, 50]);
  });

  it("needs every key, and names for what is ambiguous", () => {
    expect(() =>
      encode([
        ["a", LONG, []],
        ["id", LONG, []],
        ["x", TEXT, []],
      ]),
    ).toThrow(
      "columns that cannot be sent: a (it could be n:a or u:a: name one), x (entity user has no key or feature x), country (no column for this key)",
    );
  });
});
