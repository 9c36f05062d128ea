import type { FeatureInput } from "@ofs/client";
import { DATA_TYPES } from "@ofs/codec";
import type { persist } from "@ofs/proto";
import { describe, expect, test } from "vitest";
import { failureOf, group, METHODS, userSchema } from "./fake-server.ts";
import { useFakeServer } from "./use-fake-server.ts";

const server = useFakeServer();

/**
 * What a feature of each type is on the wire of an answer (hexadecimal, little endian), and in a program. The
 * bytes follow IEEE 754, two's complement and UTF-8, and were written down by hand.
 */
const ANSWERS: readonly (readonly [type: string, hex: string, value: unknown])[] = [
  ["DataTypeFP8E5M2", "3e", 1.5],
  ["DataTypeFP8E4M3", "3c", 1.5],
  ["DataTypeFP16", "003e", 1.5],
  ["DataTypeFP32", "0000c03f", 1.5],
  ["DataTypeFP64", "000000000000f83f", 1.5],
  ["DataTypeInt8", "80", -128],
  ["DataTypeInt16", "0080", -32768],
  ["DataTypeInt32", "00000080", -(2 ** 31)],
  ["DataTypeInt64", "ffffffffffffff7f", 2n ** 63n - 1n],
  ["DataTypeUint8", "ff", 255],
  ["DataTypeUint16", "ffff", 65535],
  ["DataTypeUint32", "ffffffff", 2 ** 32 - 1],
  ["DataTypeUint64", "ffffffffffffffff", 2n ** 64n - 1n],
  ["DataTypeString", "4bc3b66c6e", "Köln"],
  ["DataTypeBool", "01", true],
  ["DataTypeFP8E5M2Vector", "3ebe", new Float32Array([1.5, -1.5])],
  ["DataTypeFP8E4M3Vector", "3cbc", new Float32Array([1.5, -1.5])],
  ["DataTypeFP16Vector", "003e00be", new Float32Array([1.5, -1.5])],
  ["DataTypeFP32Vector", "0000c03f0000c0bf", new Float32Array([1.5, -1.5])],
  ["DataTypeFP64Vector", "000000000000f83f000000000000f8bf", new Float64Array([1.5, -1.5])],
  ["DataTypeInt8Vector", "80ff", new Int8Array([-128, -1])],
  ["DataTypeInt16Vector", "0080ffff", new Int16Array([-32768, -1])],
  ["DataTypeInt32Vector", "00000080ffffffff", new Int32Array([-(2 ** 31), -1])],
  [
    "DataTypeInt64Vector",
    "ffffffffffffff7fffffffffffffffff",
    new BigInt64Array([2n ** 63n - 1n, -1n]),
  ],
  ["DataTypeUint8Vector", "ff01", new Uint8Array([255, 1])],
  ["DataTypeUint16Vector", "ffff0100", new Uint16Array([65535, 1])],
  ["DataTypeUint32Vector", "ffffffff01000000", new Uint32Array([2 ** 32 - 1, 1])],
  [
    "DataTypeUint64Vector",
    "ffffffffffffffff0100000000000000",
    new BigUint64Array([2n ** 64n - 1n, 1n]),
  ],
  ["DataTypeStringVector", "020000006162", ["ab", ""]],
  ["DataTypeBoolVector", "0100", [true, false]],
];

/** What is stored of each type, and the field of `persist.Values` that must carry it. */
const WRITES: readonly (readonly [type: string, value: FeatureInput, field: string])[] = [
  ["DataTypeFP8E5M2", 1.5, "fp32Values"],
  ["DataTypeFP8E4M3", 1.5, "fp32Values"],
  ["DataTypeFP16", Number.NaN, "fp32Values"],
  ["DataTypeFP32", 0.1, "fp32Values"],
  ["DataTypeFP64", -0, "fp64Values"],
  ["DataTypeInt8", -128, "int32Values"],
  ["DataTypeInt16", 32767n, "int32Values"],
  ["DataTypeInt32", -(2 ** 31), "int32Values"],
  ["DataTypeInt64", -(2n ** 63n), "int64Values"],
  ["DataTypeUint8", 255, "uint32Values"],
  ["DataTypeUint16", 65535, "uint32Values"],
  ["DataTypeUint32", 2 ** 32 - 1, "uint32Values"],
  ["DataTypeUint64", 2n ** 64n - 1n, "uint64Values"],
  ["DataTypeString", "Köln", "stringValues"],
  ["DataTypeBool", false, "boolValues"],
];

/** 64-bit integers as the generated code has them, as bigint; everything else as it is. */
function plain(values: unknown): unknown {
  return (values as unknown[]).map((value) =>
    typeof value === "object" ? BigInt(String(value)) : value,
  );
}

function expected(value: FeatureInput, field: string): unknown {
  if (field.includes("int64") || field.includes("uint64")) return BigInt(value as bigint);
  return typeof value === "bigint" ? Number(value) : value;
}

/** Values of the only group of the only row of the last persist. */
function lastValues(): persist.Values.$Properties {
  const query = server.writes().at(-1);
  return query?.data[0]?.featureValues?.[0]?.values ?? {};
}

function filledFields(values: persist.Values.$Properties): string[] {
  return Object.entries(values)
    .filter(([, list]) => Array.isArray(list) && list.length > 0)
    .map(([field]) => field);
}

describe("values that are read", () => {
  test("cover every data type", () => {
    expect(ANSWERS.map(([type]) => type)).toEqual(DATA_TYPES.map(({ name }) => name));
  });

  test.each(ANSWERS)("of %s", async (type, hex, value) => {
    server.schema = userSchema(1, group("g", type, { f: { vectorLength: 2, stringLength: 10 } }));
    server.column = () => Buffer.from(hex, "hex");
    const client = server.client();
    const request = { entity: "user", keys: [["1", "x"]], features: { g: ["f"] } };
    const { rows } = await client.retrieve(request);
    const { g: { f } = {} } = rows[0]?.values ?? {};
    expect(f).toStrictEqual(value);
    client.close();
  });

  test.each([
    ["no strings", "", []],
    ["one empty string", "0000", [""]],
    ["three, though two are declared", "01000000020061" + "6263", ["a", "", "bc"]],
  ])("of a StringVector with %s", async (_, hex, value) => {
    const strings = group("g", "DataTypeStringVector", { f: { vectorLength: 2 } });
    server.schema = userSchema(1, strings);
    server.column = () => Buffer.from(hex, "hex");
    const client = server.client();
    const request = { entity: "user", keys: [["1", "x"]], features: { g: ["f"] } };
    const { rows } = await client.retrieve(request);
    expect(rows[0]?.values).toEqual({ g: { f: value } });
    client.close();
  });

  test.each(["01", "0500616263", "0000000001"])("of a broken StringVector %s fail", async (hex) => {
    const strings = group("g", "DataTypeStringVector", { f: { vectorLength: 2 } });
    server.schema = userSchema(1, strings);
    server.column = () => Buffer.from(hex, "hex");
    const client = server.client();
    const request = { entity: "user", keys: [["1", "x"]], features: { g: ["f"] } };
    expect(await failureOf(client.retrieve(request))).toMatchObject({
      name: "SchemaMismatchError",
      code: "INTERNAL",
    });
    client.close();
  });
});

describe("values that are stored", () => {
  test.each(WRITES)("of %s travel in their field", async (type, value, field) => {
    server.schema = userSchema(1, group("g", type, { f: { stringLength: 5 } }));
    const client = server.client();
    await client.persist({
      entity: "user",
      rows: [{ keys: [1, "x"], values: { g: { f: value } } }],
    });
    const values = lastValues();
    expect(filledFields(values)).toEqual([field]);
    expect(plain(values[field as "fp32Values"])).toEqual([expected(value, field)]);
    client.close();
  });

  test.each(WRITES)("of %sVector travel in a vector", async (type, value, field) => {
    const lengths = { vectorLength: 2, stringLength: 5 };
    server.schema = userSchema(1, group("g", `${type}Vector`, { f: lengths, e: lengths }));
    const client = server.client();
    const pair = [value, value] as FeatureInput;
    const values = { g: { e: pair, f: pair } };
    await client.persist({ entity: "user", rows: [{ keys: [1, "x"], values }] });
    expect(filledFields(lastValues())).toEqual(["vector"]);
    const vectors = lastValues().vector ?? [];
    expect(vectors).toHaveLength(2);
    for (const vector of vectors) {
      expect(filledFields(vector.values ?? {})).toEqual([field]);
      const one = expected(value, field);
      expect(plain(vector.values?.[field as "fp32Values"])).toEqual([one, one]);
    }
    client.close();
  });

  test("may come in typed arrays", async () => {
    const two = { f: { vectorLength: 2 } };
    server.schema = userSchema(
      1,
      group("floats", "DataTypeFP32Vector", two),
      group("longs", "DataTypeInt64Vector", two),
    );
    const client = server.client();
    const values = {
      floats: { f: new Float32Array([0.5, -2]) },
      longs: { f: new BigInt64Array([1n, -1n]) },
    };
    await client.persist({ entity: "user", rows: [{ keys: [1, "x"], values }] });
    const [floats, longs] = server.writes().at(-1)?.data[0]?.featureValues ?? [];
    expect(floats?.values?.vector?.[0]?.values?.fp32Values).toEqual([0.5, -2]);
    expect(plain(longs?.values?.vector?.[0]?.values?.int64Values)).toEqual([1n, -1n]);
    client.close();
  });

  test.each<readonly [string, string, unknown, string]>([
    ["above its range", "DataTypeInt8", 128, "128 is outside -128 to 127 of DataTypeInt8"],
    ["below its range", "DataTypeUint16", -1, "-1 is outside 0 to 65535 of DataTypeUint16"],
    ["above 64 bits", "DataTypeUint64", 2n ** 64n, "18446744073709551616n is outside 0"],
    ["not an integer", "DataTypeInt32", 1.5, "1.5 is not an exact integer"],
    ["not exact", "DataTypeInt64", 2 ** 60, "integers beyond 2^53 must be bigint"],
    ["a text", "DataTypeInt32", "7", "'7' is not an integer"],
    ["a bigint", "DataTypeFP32", 7n, "7n is not a number"],
    ["left undefined", "DataTypeFP32", undefined, "undefined is not a number"],
    ["null", "DataTypeBool", null, "null is not a boolean"],
    ["a number", "DataTypeBool", 1, "1 is not a boolean"],
    ["a number", "DataTypeString", 1, "1 is not a string"],
    ["too long in UTF-8", "DataTypeString", "ööö", "string of 6 bytes where at most 5"],
    ["no vector", "DataTypeFP32Vector", 1, "1 is not a vector"],
    ["a buffer view", "DataTypeFP32Vector", new DataView(new ArrayBuffer(8)), "is not a vector"],
    ["too short", "DataTypeFP32Vector", [1], "1 elements where 2 are declared"],
    ["unfit in one element", "DataTypeInt8Vector", [1, 200], "200 is outside -128 to 127"],
    ["long and shown cut", "DataTypeInt8", "x".repeat(500), "'xxxxxxxxxx"],
  ])("that are %s for %s are refused before sending", async (_, type, value, text) => {
    const lengths = { vectorLength: 2, stringLength: 5 };
    server.schema = userSchema(1, group("g", type, { f: lengths }));
    const client = server.client();
    const good = { keys: ["0", "x"], values: {} };
    const bad = { keys: ["1", "x"], values: { g: { f: value as FeatureInput } } };
    const error = await failureOf(client.persist({ entity: "user", rows: [bad, good] }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
    const { message } = error as Error;
    expect(message).toContain("row 0: feature group g: feature f: ");
    expect(message).toContain(text);
    expect(message.length).toBeLessThan(200);
    expect(server.callsOf(METHODS.persist)).toHaveLength(0);
    client.close();
  });
});
