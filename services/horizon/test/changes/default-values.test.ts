import { DATA_TYPES, dataTypeByName, zeroValue } from "@ofs/codec";
import { describe, expect, it } from "vitest";
import { formatDefault } from "../../src/changes/default-text.ts";
import { featureBody, groupBody } from "./support/bodies.ts";
import { plan, problemsOf, textsOf } from "./support/trees.ts";

interface Lengths {
  readonly string?: number;
  readonly vector?: number;
}

function bodyOf(type: string, text: string, { string = 0, vector = 0 }: Lengths = {}): unknown {
  const feature = featureBody("f", {
    "default-values": text,
    "string-length": String(string),
    "vector-length": String(vector),
  });
  return groupBody({ "data-type": `DataType${type}`, features: [feature] });
}

/** @returns base64 of `feature-meta`, and the text of `default-values` */
function written(type: string, text: string, lengths?: Lengths): readonly [string, string] {
  const texts = textsOf(plan("feature-group", bodyOf(type, text, lengths)).writes);
  const path = "entities/user/feature-groups/fresh/features/1";
  const meta = JSON.parse(texts[`${path}/feature-meta`] ?? "") as {
    readonly f: { readonly "default-value": string };
  };
  return [meta.f["default-value"], texts[`${path}/default-values`] ?? ""];
}

describe("default values", () => {
  it.each<[string, string, string, Lengths?]>([
    ["FP32", "0.1", "zczMPQ=="],
    ["FP64", "0.1", "mpmZmZmZuT8="],
    ["FP16", "1.5", "AD4="],
    ["FP8E4M3", "1.0", "OA=="],
    ["FP8E4M3", "0.3", "Kg=="],
    ["FP8E4M3", "1000", "fw=="],
    ["FP8E5M2", "1.0", "PA=="],
    ["FP8E5M2", "0.3", "NQ=="],
    ["Int8", "-5", "+w=="],
    ["Int32", "20", "FAAAAA=="],
    ["Int64", "-1", "//////////8="],
    ["Uint16", "65535", "//8="],
    ["String", "delhi", "ZGVsaGk=", { string: 10 }],
    ["FP32Vector", "[0.5,1]", "AAAAPwAAgD8=", { vector: 2 }],
    ["FP16Vector", "[0.5,1]", "ADgAPA==", { vector: 2 }],
    ["Int64Vector", "[-1,2]", "//////////8CAAAAAAAAAA==", { vector: 2 }],
    ["FP32", "NaN", "AADAfw=="],
  ])("writes %s %s as published: %s", (type, text, base64, lengths) => {
    expect(written(type, text, lengths)).toEqual([base64, text]);
  });

  it.each<[string, string, string, Lengths?]>([
    ["Bool", "true", "01"],
    ["Bool", "false", "00"],
    ["BoolVector", "[true,false,true]", "010001", { vector: 3 }],
    ["StringVector", "[ab,c,]", "02000100 0000 616263", { vector: 3, string: 2 }],
    ["Int8Vector", "[-1,-128,127]", "ff807f", { vector: 3 }],
    ["Int16Vector", "[-1,2]", "ffff0200", { vector: 2 }],
    ["Int32Vector", "[-1,2]", "ffffffff02000000", { vector: 2 }],
    ["String", "", "", { string: 1 }],
  ])("V4: writes %s %s in the form that readers give: %s", (type, text, hex, lengths) => {
    const [base64, kept] = written(type, text, lengths);
    expect(Buffer.from(base64, "base64").toString("hex")).toBe(hex.replaceAll(" ", ""));
    expect(kept).toBe(text);
  });

  it("puts the brackets around a vector where they are left out", () => {
    expect(written("Int8Vector", " 1, 2 ", { vector: 2 })).toEqual(["AQI=", "[1,2]"]);
    expect(written("Int8Vector", "[ 1 ,2]", { vector: 2 })).toEqual(["AQI=", "[1,2]"]);
  });

  it.each<[string, string, string, Lengths?]>([
    ["Int8", "300", "300 is not in -128 to 127"],
    ["Uint8", "-1", "is no DataTypeUint8"],
    ["Uint64", "18446744073709551616", "is not in 0 to 18446744073709551615"],
    ["Int32", "1.5", "is no DataTypeInt32"],
    ["Int32", "", "is no DataTypeInt32"],
    ["FP32", "abc", "is no DataTypeFP32"],
    ["FP32", "[1.0]", "is no DataTypeFP32"],
    ["FP32", "1,2", "must not hold a comma"],
    ["Bool", "yes", "is no DataTypeBool"],
    ["FP32Vector", "[1]", "has 1 elements where the vector has 2", { vector: 2 }],
    ["FP32Vector", "[1,2,3]", "has 3 elements where the vector has 2", { vector: 2 }],
    ["FP32Vector", "[1,x]", "is no DataTypeFP32", { vector: 2 }],
    ["Int8Vector", "[1,200]", "200 is not in -128 to 127", { vector: 2 }],
    ["BoolVector", "[true,2]", "is no DataTypeBool", { vector: 2 }],
    ["String", "delhi", "default of 5 bytes exceeds 4", { string: 4 }],
    ["String", "äö", "default of 4 bytes exceeds 3", { string: 3 }],
    ["String", "a,b", "must not hold a comma", { string: 9 }],
    ["String", "a\u0000b", "must not hold control characters", { string: 9 }],
    [
      "String",
      "a\ud800",
      "must not hold control characters or halves of characters",
      { string: 9 },
    ],
    ["StringVector", "[abc,d]", "default of 3 bytes exceeds 2", { string: 2, vector: 2 }],
    ["StringVector", "[a]b,c]", "must not hold brackets", { string: 9, vector: 2 }],
  ])("refuses %s %s: %s", (type, text, expected, lengths) => {
    const problems = problemsOf("feature-group", bodyOf(type, text, lengths));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^features\.0\.default-values: /);
    expect(problems[0]).toContain(expected);
  });

  it.each<[string, string, Lengths]>([
    ["String", "string-length", {}],
    ["StringVector", "string-length", { vector: 1 }],
    ["StringVector", "vector-length", { string: 1 }],
    ["FP32Vector", "vector-length", {}],
  ])("asks for the lengths of %s: %s", (type, name, lengths) => {
    expect(problemsOf("feature-group", bodyOf(type, "", lengths))).toEqual([
      `features.0.${name}: 0 must be at least 1 for DataType${type} (invalid)`,
    ]);
  });

  it("keeps lengths that do not apply out of the registry", () => {
    const texts = textsOf(
      plan("feature-group", bodyOf("FP32", "1", { string: 5, vector: 6 })).writes,
    );
    expect(texts["entities/user/feature-groups/fresh/features/1/feature-meta"]).toBe(
      '{"f":{"sequence":0,"default-value":"AACAPw==","string-length":0,"vector-length":0}}',
    );
  });

  it.each(DATA_TYPES.map(({ name }) => name))("writes a zero of %s that it reads again", (name) => {
    const dataType = dataTypeByName(name);
    if (dataType === undefined) throw new Error(name);
    const text = formatDefault(dataType, zeroValue(dataType, 2), 2);
    const [base64] = written(name.replace("DataType", ""), text, { string: 3, vector: 2 });
    expect(new Uint8Array(Buffer.from(base64, "base64"))).toEqual(zeroValue(dataType, 2));
  });
});
