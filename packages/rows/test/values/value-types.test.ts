import { COLUMN_TYPES, type ColumnType, decodeValue } from "@ofs/rows";
import { describe, expect, it } from "vitest";
import { hexOf, printedHex, reasonOf } from "../support/values.ts";

/** Type, value, bytes in hex, and the value as it is printed where that is not as sent. */
type Golden = readonly [type: ColumnType, json: string, hex: string, out?: string];

const GOLDEN: readonly Golden[] = [
  ["TEXT", '""', ""],
  ["TEXT", '"é😀"', "c3a9f09f9880"],
  ["VARCHAR", '"\\u0000\\n"', "000a", '"\\u0000\\n"'],
  ["ASCII", '"~a\\u007f"', "7e617f", '"~a\u007f"'],
  ["BLOB", '"c3RyaW5n"', "737472696e67"],
  ["BLOB", '""', ""],
  ["BLOB", '"+/+="', "fbff", '"+/8="'],
  ["BLOB", '"YQ"', "61", '"YQ=="'],
  ["BOOLEAN", "true", "01"],
  ["BOOLEAN", "false", "00"],
  ["BOOLEAN", '"true"', "01", "true"],
  ["BOOLEAN", '"false"', "00", "false"],
  ["INT", "0", "00000000"],
  ["INT", "-0", "00000000", "0"],
  ["INT", "2147483647", "7fffffff"],
  ["INT", "-2147483648", "80000000"],
  ["INT", '"-12"', "fffffff4", "-12"],
  ["INT", '"+007"', "00000007", "7"],
  ["BIGINT", "0", "0000000000000000"],
  ["BIGINT", "-1", "ffffffffffffffff"],
  ["BIGINT", "4294967296", "0000000100000000"],
  ["BIGINT", "-4294967297", "fffffffeffffffff"],
  ["BIGINT", "99999999999999", "00005af3107a3fff"],
  ["BIGINT", "9007199254740993", "0020000000000001"],
  ["BIGINT", "-9007199254740993", "ffdfffffffffffff"],
  ["BIGINT", "9223372036854775807", "7fffffffffffffff"],
  ["BIGINT", "-9223372036854775808", "8000000000000000"],
  ["BIGINT", '"0000000000000000000000005"', "0000000000000005", "5"],
  ["VARINT", "0", "00"],
  ["VARINT", "127", "7f"],
  ["VARINT", "128", "0080"],
  ["VARINT", "-128", "80"],
  ["VARINT", "-129", "ff7f"],
  ["VARINT", "1234567894321234567890", "42ed123edd372de2d2"],
  ["VARINT", "-18446744073709551616", "ff0000000000000000"],
  ["VARINT", "18446744073709551615", "00ffffffffffffffff"],
  ["VARINT", '"-9223372036854775808"', "8000000000000000", "-9223372036854775808"],
  ["VARINT", "-9223372036854775809", "ff7fffffffffffffff"],
  ["DECIMAL", "1.5", "000000010f"],
  ["DECIMAL", "1.50", "000000020096"],
  ["DECIMAL", "-0.0", "0000000100", "0.0"],
  ["DECIMAL", "7", "0000000007"],
  ["DECIMAL", '"7.25"', "0000000202d5", "7.25"],
  ["DECIMAL", "1e3", "fffffffd01", "1E+3"],
  ["DECIMAL", "-12.5E7", "fffffffa83", "-1.25E+8"],
  ["DECIMAL", "0.000001", "0000000601"],
  ["DECIMAL", "0.0000001", "0000000701", "1E-7"],
  ["DECIMAL", "0e5", "fffffffb00", "0E+5"],
  ["DECIMAL", "1e-2147483647", "7fffffff01", "1E-2147483647"],
  ["DECIMAL", '".5"', "0000000105", "0.5"],
  ["DECIMAL", '"5."', "0000000005", "5"],
  [
    "DECIMAL",
    "78943212345678.567076526178312345654654",
    "000000183b63e8df3baa22435780e118f7f0957e",
  ],
  ["DECIMAL", "99999999999999999999999999999999999999", "000000004b3b4ca85a86c47a098a223fffffffff"],
  ["FLOAT", "0", "00000000", "0.0"],
  ["FLOAT", "-0.0", "80000000"],
  ["FLOAT", "3", "40400000", "3.0"],
  ["FLOAT", "2.71828", "402df84d"],
  ["FLOAT", "0.1", "3dcccccd"],
  ["FLOAT", "16777216.0", "4b800000"],
  ["FLOAT", "3.4028235e38", "7f7fffff", "3.4028235e+38"],
  ["FLOAT", "1e-45", "00000001"],
  ["FLOAT", "1e-60", "00000000", "0.0"],
  ["FLOAT", "NaN", "7fc00000", '"NaN"'],
  ["FLOAT", '"-Infinity"', "ff800000"],
  ["FLOAT", '"1.5"', "3fc00000", "1.5"],
  ["DOUBLE", "0.1", "3fb999999999999a"],
  ["DOUBLE", "-0.0", "8000000000000000"],
  ["DOUBLE", "3", "4008000000000000", "3.0"],
  ["DOUBLE", "1e21", "444b1ae4d6e2ef50", "1e+21"],
  ["DOUBLE", "123456789012345680000", "441ac53a7e04bcda", "123456789012345680000.0"],
  ["DOUBLE", "5e-324", "0000000000000001"],
  ["DOUBLE", "1.7976931348623157e308", "7fefffffffffffff", "1.7976931348623157e+308"],
  ["DOUBLE", "Infinity", "7ff0000000000000", '"Infinity"'],
  ["DOUBLE", '"NaN"', "7ff8000000000000"],
  ["TIMESTAMP", "1700000000000", "0000018bcfe56800"],
  ["TIMESTAMP", "0", "0000000000000000"],
  ["TIMESTAMP", "12", "000000000000000c"],
  ["TIMESTAMP", "-1", "ffffffffffffffff"],
  ["TIMESTAMP", "9223372036854775807", "7fffffffffffffff"],
  ["TIMESTAMP", "-9223372036854775808", "8000000000000000"],
  ["TIMESTAMP", '"1970-01-01T00:00:00Z"', "0000000000000000", "0"],
  ["TIMESTAMP", '"1969-12-31T23:59:59Z"', "fffffffffffffc18", "-1000"],
  ["TIMESTAMP", '"2024-02-29T12:34:56Z"', "0000018df4dc5180", "1709210096000"],
  ["TIMESTAMP", '"1900-03-01T00:00:00Z"', "fffffdfeddd91000", "-2203891200000"],
  ["TIMESTAMP", '"0001-01-01T00:00:00Z"', "ffffc77cedd32800", "-62135596800000"],
  ["TIMESTAMP", '"9999-12-31T23:59:59Z"', "0000e677d21fd818", "253402300799000"],
  [
    "UUID",
    '"9B0C3D7E-1F2A-4B3C-8D4E-5F6071829304"',
    "9b0c3d7e1f2a4b3c8d4e5f6071829304",
    '"9b0c3d7e-1f2a-4b3c-8d4e-5f6071829304"',
  ],
  ["TIMEUUID", '"50554d6e-29bb-11e5-b345-feff819cdc9f"', "50554d6e29bb11e5b345feff819cdc9f"],
  ["INET", '"10.0.255.1"', "0a00ff01"],
  ["INET", '"::"', "0".repeat(32), '"0:0:0:0:0:0:0:0"'],
  ["INET", '"2001:DB8::1"', "20010db8000000000000000000000001", '"2001:db8:0:0:0:0:0:1"'],
  ["INET", '"::ffff:1.2.3.4"', "01020304", '"1.2.3.4"'],
  ["INET", '"::ffff:102:304"', "01020304", '"1.2.3.4"'],
  ["INET", '"::1.2.3.4"', "00000000000000000000000001020304", '"0:0:0:0:0:0:102:304"'],
  ["INET", '"1:2:3:4:5:6:7::"', "00010002000300040005000600070000", '"1:2:3:4:5:6:7:0"'],
];

const REFUSED: readonly (readonly [type: ColumnType, ...json: readonly string[]])[] = [
  ["TEXT", "{}", "[]", "1", "true", '"\\ud800"', '"a\\udc00b"'],
  ["VARCHAR", "[]", "{}", "0.5"],
  ["ASCII", '"é"', '"a\\u0080"', "1"],
  ["BLOB", '"a\\\\b"', '"YQ="', '"YQ==="', '"Y"', '"YQ==YQ=="', '"Y Q="', '"-_-_"', "1", '"===="'],
  ["BOOLEAN", '"truee"', '"TRUE"', "1", "0", '""'],
  ["INT", "2147483648", "-2147483649", "1.0", "1e2", '"1.0"', '""', '"-"', '" 1"', "NaN", "true"],
  ["BIGINT", '"12345678a9"', "9223372036854775808", "-9223372036854775809", "1.0", '"0x10"'],
  ["VARINT", '"1sada2"', "1.0", '"+"', "[]", `"${"1".repeat(10_001)}"`],
  ["FLOAT", "3.4028236e38", "1e400", '"1e400"', '"1f"', '"0x1p3"', '""', '" 1"', '"nan"', "true"],
  ["FLOAT", `0.${"1".repeat(10_000)}`],
  ["DOUBLE", "1.8e308", "-1e999", '"."', '"e5"', '"infinity"', "{}"],
  ["DECIMAL", '"12a.5"', "NaN", "Infinity", '"."', '""', '"1e"', "1e2147483649", "1e-2147483649"],
  ["TIMESTAMP", '"1706d29"', '"2024-13-32T25:A0:99Z"', "9223372036854775808", "1.5", "1e3"],
  ["TIMESTAMP", '"1700000000000"', '"2024-01-01T00:00:00"', '"2024-01-01T00:00:00ZZ"'],
  ["TIMESTAMP", '"2023-02-29T00:00:00Z"', '"1900-02-29T00:00:00Z"', '"2024-04-31T00:00:00Z"'],
  ["TIMESTAMP", '"2024-13-01T00:70:00Z"', '"2024-00-01T00:00:00Z"', '"2024-01-00T00:00:00Z"'],
  ["TIMESTAMP", '"2024-01-01T24:00:00Z"', '"2024-01-01T00:60:00Z"', '"2024-01-01T00:00:60Z"'],
  ["UUID", '"9b0c3d7e-1f2a-4b3c-8d4e-5f60718293045"', '"9b0c3d7e1f2a4b3c8d4e5f6071829304"'],
  ["UUID", '"9b0c3d7-e1f2a-4b3c-8d4e-5f6071829304"', '"g0000000-0000-0000-0000-000000000000"'],
  ["TIMEUUID", '"50554d6e-29bb-11e5-b345-feff819cdc9f0"', '"9b0c3d7e-1f2a-4b3c-8d4e-5f6071829304"'],
  ["INET", '"300.1.1.1"', '"1.2.3"', '"1.2.3.4.5"', '"01.2.3.4"', '"localhost"', '""', '"1::2::3"'],
  [
    "INET",
    '"1.2.3.4::"',
    '"1.2.3.4::1"',
    '"1:2:3:4:5:6:7::8"',
    '":1"',
    '"fe80::1%eth0"',
    '"[::1]"',
  ],
  ["INET", '":"', '":::"', '"12345::"', '"1:2:3:4:5:6:7"', '"1:2:3:4:5:6:7:8:9"', "16909060"],
];

describe("values", () => {
  it.each(GOLDEN.map(([type, json, hex, out = json]) => [type, json, hex, out] as const))(
    "%s %s is stored as %s",
    (type, json, hex, out) => {
      expect(hexOf(type, json)).toBe(hex);
      expect(printedHex(type, hex)).toBe(out);
    },
  );

  it.each(REFUSED.flatMap(([type, ...values]) => values.map((json) => [type, json] as const)))(
    "%s does not take %s",
    (type, json) => {
      expect(reasonOf(type, json)).toMatch(/ (is|has) /);
    },
  );

  it.each(COLUMN_TYPES)("%s takes no null, list or object", (type) => {
    for (const json of ["null", "[]", "{}"]) expect(reasonOf(type, json)).toContain(type);
  });

  it("names the value, but not all of a long one", () => {
    expect(reasonOf("INT", '"12a"')).toBe('"12a" is no INT');
    expect(reasonOf("INT", "2147483648")).toBe("2147483648 is beyond the range of INT");
    expect(reasonOf("UUID", `"${"x".repeat(5_000)}"`)).toHaveLength(64 + '"…" is no UUID'.length);
  });

  it("prints what other programs may have stored", () => {
    expect(printedHex("BOOLEAN", "ff")).toBe("true");
    expect(printedHex("VARINT", "0000007f")).toBe("127");
    expect(printedHex("VARINT", "ffffffffffffffffffff")).toBe("-1");
    expect(printedHex("INET", "00000000000000000000ffff01020304")).toBe('"1.2.3.4"');
    expect(printedHex("FLOAT", "ffc00001")).toBe('"NaN"');
  });

  it.each(COLUMN_TYPES)("%s may be stored without any bytes", (type) => {
    const isText = ["ASCII", "TEXT", "VARCHAR", "BLOB"].includes(type);
    expect(decodeValue(type, new Uint8Array())).toBe(isText ? '""' : "null");
  });

  it.each([
    ["BOOLEAN", "0000"],
    ["INT", "000000"],
    ["BIGINT", "00000000"],
    ["TIMESTAMP", "000000000000000000"],
    ["FLOAT", "0000000000000000"],
    ["DOUBLE", "00000000"],
    ["DECIMAL", "00000001"],
    ["UUID", "00"],
    ["TIMEUUID", "00"],
    ["INET", "0102030405"],
  ] as const)("%s says so if stored bytes are none: %s", (type, hex) => {
    expect(() => printedHex(type, hex)).toThrow(`stored ${hex.length / 2} bytes are no ${type}`);
  });

  it("prints bytes that are a view of a larger buffer", () => {
    const large = new Uint8Array([9, 9, 0, 0, 0, 7, 9]);
    expect(decodeValue("INT", large.subarray(2, 6))).toBe("7");
  });
});
