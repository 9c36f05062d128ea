import { formatType } from "@ofs/delta";
import { describe, expect, it } from "vitest";
import { type ColumnMapping, parseSchema } from "../../src/schema/parse-schema.ts";

function parse(fields: unknown, mapping: ColumnMapping = "none") {
  return parseSchema(JSON.stringify({ type: "struct", fields }), mapping, "0.json");
}

const MAPPED = { "delta.columnMapping.physicalName": "col-1", "delta.columnMapping.id": 7 };

describe("parseSchema", () => {
  it("reads nested types", () => {
    const inner = { type: "struct", fields: [{ name: "x", type: "decimal(38,24)" }] };
    const array = { type: "array", elementType: inner, containsNull: true };
    const map = { type: "map", keyType: "string", valueType: array, valueContainsNull: true };
    const [field] = parse([{ name: "m", type: map, nullable: false, metadata: {} }]);
    expect(field).toMatchObject({ isNullable: false, physicalName: "m", fieldId: undefined });
    expect(formatType(field?.type ?? { kind: "long" })).toBe(
      "map<string,array<struct<x:decimal(38,24)>>>",
    );
  });

  it("takes physical names and ids only where columns are mapped so", () => {
    const fields = [{ name: "a", type: "long", nullable: true, metadata: MAPPED }];
    expect(parse(fields)[0]).toMatchObject({ physicalName: "a", fieldId: undefined });
    expect(parse(fields, "name")[0]).toMatchObject({ physicalName: "col-1", fieldId: undefined });
    expect(parse(fields, "id")[0]).toMatchObject({ physicalName: "col-1", fieldId: 7 });
  });

  it.each([
    [[{ name: "a", type: "decimal(39,0)" }], /column a: type decimal\(39,0\) is not known/],
    [[{ name: "a", type: "void" }], /column a: type void is not known/],
    [[{ name: "a", type: { type: "union" } }], /column a: type "union" is not known/],
    [[{ type: "long" }], /a field has no name/],
    [
      [
        { name: "a", type: "long" },
        { name: "a", type: "long" },
      ],
      /two fields have one name/,
    ],
    ["none", /fields are no list/],
  ])("refuses %j", (fields, message) => {
    expect(() => parse(fields)).toThrow(message);
  });

  it("refuses mapped tables with a column that is not, and types without an end", () => {
    expect(() => parse([{ name: "a", type: "long" }], "name")).toThrow(/column a: .*physical name/);
    let type: unknown = "long";
    for (let depth = 0; depth < 100; depth++) type = { type: "array", elementType: type };
    expect(() => parse([{ name: "a", type }])).toThrow(/more than 64 deep/);
    expect(() => parseSchema("{", "none", "0.json")).toThrow(/^0\.json: the schema is not JSON/);
  });
});
