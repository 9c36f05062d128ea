import {
  isJsonArray,
  isJsonObject,
  JSON_DEPTH_MAX,
  JsonNumber,
  JsonSyntaxError,
  type JsonValue,
  member,
  parseJson,
  writeJson,
} from "@ofs/rows";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "../support/property-runs.ts";

/** What `JSON.parse` makes of the same text. */
function toPlain(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (isJsonArray(value)) return value.map(toPlain);
  if (!isJsonObject(value)) return value;
  // Not by assignment: a member may be called `__proto__`.
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toPlain(each)]));
}

/** Where the parser stops. */
function positionOf(text: string): number {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.position;
    throw error;
  }
  throw new Error(`${text} is JSON`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parses(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

describe("parseJson", () => {
  it("reads what JSON.parse reads", () => {
    const spaces = fc.constantFrom("", " ", "\n\t", "\r\n  ");
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), spaces, (text, space) => {
        const spaced = `${space}${text}${space}`;
        expect(toPlain(parseJson(spaced))).toEqual(JSON.parse(spaced));
        const indented = JSON.stringify(JSON.parse(text), undefined, 2);
        expect(toPlain(parseJson(Buffer.from(indented)))).toEqual(JSON.parse(indented));
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it("refuses what JSON.parse refuses", () => {
    const token = fc.constantFrom(..."[]{},:\"\\0123456789.eE+-truefalsn u'/".split(""), "null");
    fc.assert(
      fc.property(fc.array(token, { maxLength: 8 }), (tokens) => {
        const text = tokens.join("");
        expect(parses(text)).toBe(isJson(text));
      }),
      { numRuns: propertyRuns(3_000) },
    );
  });

  it("refuses every document that is cut off, at whichever byte", () => {
    const text = '{"a":[1.5e-3,"é😀\\u00e9\\n",true,false,null,{"b":-0}],"c":{}}';
    const bytes = Buffer.from(text);
    expect(toPlain(parseJson(bytes))).toEqual(JSON.parse(text));
    for (let length = 0; length < text.length; length++) {
      expect(positionOf(text.slice(0, length))).toBeLessThanOrEqual(length);
    }
    for (let size = 0; size < bytes.length; size++) {
      expect(() => parseJson(bytes.subarray(0, size))).toThrow(JsonSyntaxError);
    }
  });

  it("reads any changed document, or refuses it with a position inside", () => {
    const document = fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 }));
    fc.assert(
      fc.property(document, ([text, at, put]) => {
        const start = at % (text.length + 1);
        const changed = text.slice(0, start) + put + text.slice(start + 1);
        if (isJson(changed)) expect(toPlain(parseJson(changed))).toEqual(JSON.parse(changed));
        else if (!parses(changed)) expect(positionOf(changed)).toBeLessThanOrEqual(changed.length);
        else expect(changed).toMatch(/NaN|Infinity/);
      }),
      { numRuns: propertyRuns(1_000) },
    );
  });

  it.each([
    "0",
    "-0",
    "-0.0",
    "9223372036854775807",
    "78943212345678.567076526178312345654654",
    "1e400",
    "1E+2",
    "0.10",
    `1${"0".repeat(100_000)}.5`,
    "NaN",
    "Infinity",
    "-Infinity",
  ])("keeps the text of numbers", (text) => {
    expect(parseJson(text)).toEqual(new JsonNumber(text));
    expect(writeJson(parseJson(`[${text}]`))).toBe(`[${text}]`);
  });

  it.each([
    ["", 0],
    ["  ", 2],
    ["01", 1],
    ["+1", 0],
    [".5", 0],
    ["5.", 2],
    ["1e", 2],
    ["-", 1],
    ["-NaN", 1],
    ["-Inf", 1],
    ["nul", 0],
    ["Nan", 0],
    ["[1,]", 3],
    ["[1 2]", 3],
    ['{"a":1,}', 7],
    ["{a:1}", 1],
    ['{"a" 1}', 5],
    ['"\\x"', 1],
    ['"\\u12g4"', 1],
    ['"\\u12', 1],
    ['"a\nb"', 2],
    ['"abc', 4],
    ["1 2", 2],
    ["'a'", 0],
  ])("refuses %j at %i", (text, position) => {
    expect(positionOf(text)).toBe(position);
  });

  it("names what it met", () => {
    expect(() => parseJson("[1,]")).toThrow('not JSON: unexpected "]" at position 3');
    expect(() => parseJson("[1,")).toThrow("not JSON: text ends at position 3");
  });

  it("reads escapes, surrogates and half ones", () => {
    expect(parseJson('"\\u0041\\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\ude00😀é\\ud800"')).toBe(
      'A"\\/\b\f\n\r\t😀😀é\ud800',
    );
    expect(writeJson("\ud800")).toBe('"\\ud800"');
  });

  it("bounds the depth", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(isJsonArray(parseJson(nested(JSON_DEPTH_MAX)))).toBe(true);
    expect(positionOf(nested(JSON_DEPTH_MAX + 1))).toBe(JSON_DEPTH_MAX);
    expect(positionOf("[".repeat(10_000_000))).toBe(JSON_DEPTH_MAX);
    expect(positionOf('{"a":'.repeat(JSON_DEPTH_MAX + 1))).toBe(5 * JSON_DEPTH_MAX);
    // Beside each other they may be as many as you like.
    expect(parseJson(`[${"[],".repeat(10_000)}[]]`)).toHaveLength(10_001);
  });

  it("has no members but those sent, and takes the last of a name", () => {
    const object = parseJson('{"__proto__":{"a":1},"constructor":2,"x":1,"x":null}');
    if (!isJsonObject(object)) throw new Error("no object");
    expect(Object.keys(object)).toEqual(["__proto__", "constructor", "x"]);
    const { a, toString: inherited, x } = object;
    expect([a, inherited, x]).toEqual([undefined, undefined, null]);
    expect(parseJson("{}")).not.toHaveProperty("constructor");
  });

  it("takes UTF-8 with or without a byte order mark, and nothing else", () => {
    expect(parseJson(Buffer.from('\ufeff"é"'))).toBe("é");
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(JsonSyntaxError);
    expect(() => parseJson(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toThrow("UTF-8");
  });
});

describe("writeJson", () => {
  it("writes what it read", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = parseJson(text);
        expect(toPlain(parseJson(writeJson(value)))).toEqual(JSON.parse(text));
        expect(JSON.parse(writeJson(value))).toEqual(JSON.parse(text));
      }),
      { numRuns: propertyRuns(300) },
    );
    expect(writeJson(parseJson(' { "a" : [ 1.50 , null , "\\"" ] } '))).toBe(
      '{"a":[1.50,null,"\\""]}',
    );
  });
});

describe("member", () => {
  it("finds names in any case, the exact spelling first", () => {
    const object = parseJson('{"Batches":1,"name":2,"NAME":3}');
    if (!isJsonObject(object)) throw new Error("no object");
    expect(member(object, "batches")).toEqual(new JsonNumber("1"));
    expect(member(object, "name")).toEqual(new JsonNumber("2"));
    expect(member(object, "NAME")).toEqual(new JsonNumber("3"));
    expect(member(object, "batch")).toBeUndefined();
  });
});
