import { DefinitionFault, JsonNumber, type JsonValue, Members, member, parseJson } from "@ofs/rows";
import { describe, expect, it } from "vitest";

function members(value: unknown): Members {
  return new Members(parseJson(JSON.stringify(value)));
}

describe("members of a JSON object", () => {
  it("are found in any case; null counts as absent", () => {
    const read = members({ FeatureGroup: "a", list: null });
    expect(read.optionalScalar("featureGroup")).toBe("a");
    expect(read.has("list")).toBe(false);
    expect(read.optionalList("list")).toBeUndefined();
    expect(read.optionalRows("list")).toBeUndefined();
    expect(read.optionalScalars("list")).toBeUndefined();
    expect(read.optionalObject("list")).toBeUndefined();
    expect(read.optionalScalar("list")).toBeUndefined();
  });

  it("are scalars by their text, where that will do", () => {
    const read = members({ version: 1, list: ["a", true, 2.5] });
    expect(read.optionalScalar("version")).toBe("1");
    expect(read.optionalScalars("list")).toEqual(["a", "true", "2.5"]);
    expect(() => read.optionalText("version")).toThrow("version is not text: 1");
  });

  it("are objects and lists as they were sent", () => {
    const read = members({ keys: { values: [[1], []] } });
    const keys = read.optionalObject("keys");
    expect(keys?.optionalRows("values")).toEqual([[new JsonNumber("1")], []]);
    expect(keys?.optionalList("values")).toBe(member(keys?.json ?? {}, "values"));
    expect(Object.keys(read.json)).toEqual(["keys"]);
  });

  const faults: readonly [unknown, (read: Members) => unknown, string][] = [
    [{ a: [1] }, (read) => read.optionalScalar("a"), "a is not text: a list"],
    [{ a: ["x", null] }, (read) => read.optionalScalars("a"), "a[1] is not text: null"],
    [{ a: {} }, (read) => read.optionalList("a"), "a is not a list: an object"],
    [{ a: [[], "x"] }, (read) => read.optionalRows("a"), 'a[1] is not a list: "x"'],
    [{ a: { b: 7 } }, (read) => read.object("a").optionalObject("b"), "a.b is not an object: 7"],
    [{ a: "1.5" }, (read) => read.optionalInteger("a"), 'a is not an integer: "1.5"'],
    [{ a: 1 }, (read) => read.flag("a", true), "a is not a boolean: 1"],
    [
      { a: "x".repeat(200) },
      (read) => read.object("a"),
      `a is not an object: "${"x".repeat(79)}...`,
    ],
  ];

  it.each(faults)(
    "of another form are refused by name, with what they hold: %j",
    (value, read, message) => {
      expect(() => read(members(value))).toThrow(new DefinitionFault(message));
    },
  );

  it("need an object, wherever it stands", () => {
    const list: JsonValue = [];
    expect(() => new Members(list)).toThrow("the body is not an object: a list");
    expect(() => new Members(null, "batches[3]")).toThrow("batches[3] is not an object: null");
  });
});
