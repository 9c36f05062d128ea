import { type DataType, dataTypeByName } from "@ofs/codec";
import { describe, expect, it } from "vitest";
import {
  type AnswerRow,
  formatAnswerJson,
  formatAnswerTable,
  formatAnswerText,
} from "../../../src/cli/output/answer.ts";
import { toCell, toField, toJson } from "../../../src/cli/output/feature-text.ts";

function type(name: string): DataType {
  const dataType = dataTypeByName(`DataType${name}`);
  if (dataType === undefined) throw new Error(name);
  return dataType;
}

const ROWS: readonly AnswerRow[] = [
  {
    key: ["SEA", "SFO"],
    features: [
      { group: "counts", label: "flights", value: 28 },
      { group: "notes", label: "text", value: "a\tb\\" },
    ],
  },
  {
    key: ["SFO", "SEA"],
    features: [
      { group: "counts", label: "flights", value: 9223372036854775807n },
      { group: "notes", label: "text", value: "" },
    ],
  },
];

describe("toJson", () => {
  it("gives floats the digits of their own width", () => {
    expect(toJson(Math.fround(9.1), type("FP32"))).toBe(9.1);
    expect(toJson(Math.fround(0.1) * 3, type("FP64"))).toBe(Math.fround(0.1) * 3);
    expect(toJson(Float32Array.of(9.1, 16777216, -0.5), type("FP32Vector"))).toEqual([
      9.1, 16777216, -0.5,
    ]);
    expect(toJson(3.4028234663852886e38, type("FP32"))).toBe(3.4028235e38);
    expect(toJson(Number.NaN, type("FP32"))).toBeNaN();
  });

  it("keeps integers, texts and bools", () => {
    expect(toJson(BigInt64Array.of(-5n), type("Int64Vector"))).toEqual([-5n]);
    expect(toJson(["a", ""], type("StringVector"))).toEqual(["a", ""]);
    expect(toJson(true, type("Bool"))).toBe(true);
  });
});

describe("toCell and toField", () => {
  it("write vectors in brackets", () => {
    expect(toCell([1, 2n, "x"])).toBe("[1, 2, x]");
  });

  it("cut and clean what goes into a table, escape what goes into a line", () => {
    expect(toCell("a\nb")).toBe("a b");
    expect(toCell("x".repeat(100))).toHaveLength(60);
    expect(toField("a\nb\t\\".repeat(20))).toBe("a\\nb\\t\\\\".repeat(20));
  });
});

describe("an answer", () => {
  it("as a table has a line a feature and a column a key, without trailing blanks", () => {
    expect(formatAnswerTable(ROWS)).toBe(
      [
        "group   feature  SEA,SFO  SFO,SEA",
        "---------------------------------------------",
        "counts  flights  28       9223372036854775807",
        "notes   text     a b\\",
        "",
      ].join("\n"),
    );
  });

  it("as tables has a few keys in each", () => {
    const many = Array.from({ length: 9 }, () => ROWS[0] as AnswerRow);
    expect(formatAnswerTable(many).match(/group/g)).toHaveLength(3);
  });

  it("as text has a line a value", () => {
    expect(formatAnswerText(ROWS).split("\n")).toEqual([
      "SEA\tSFO\tcounts.flights\t28",
      "SEA\tSFO\tnotes.text\ta\\tb\\\\",
      "SFO\tSEA\tcounts.flights\t9223372036854775807",
      "SFO\tSEA\tnotes.text\t",
      "",
    ]);
  });

  it("as JSON has an object a key", () => {
    const text = formatAnswerJson(ROWS, ["origin", "destination"]);
    expect(text).toContain('"flights": 9223372036854775807');
    expect(JSON.parse(text)[0]).toEqual({
      keys: { origin: "SEA", destination: "SFO" },
      features: { counts: { flights: 28 }, notes: { text: "a\tb\\" } },
    });
  });
});
