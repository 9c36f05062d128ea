import { COLUMN_TYPES, type ColumnType, compareValues } from "@ofs/rows";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyBytes } from "../../../src/embedded/rows/key-bytes.ts";
import { NotOfTypeError, orderEncoder } from "../../../src/embedded/rows/order-encoding.ts";
import { bigint, decimal, ORDERED_VALUES, varint } from "../../rows/sample-values.ts";

const MAX_RUNS = 100_000;
const { OFS_PROPERTY_RUNS = "2000" } = process.env;
const numRuns = Math.min(Number(OFS_PROPERTY_RUNS), MAX_RUNS);

function encode(type: ColumnType, value: Uint8Array): Buffer {
  const bytes = new KeyBytes(1);
  orderEncoder(type)(bytes, value);
  return Buffer.from(bytes.view());
}

const bytesOf = (size: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => Buffer.from(bytes));
/** Few different bytes, so that beginnings are equal. */
const someBytes = fc
  .array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { maxLength: 6 })
  .map((bytes) => Buffer.from(bytes));
const numbers = fc.oneof(
  fc.bigInt({ min: -300n, max: 300n }),
  fc.bigInt({ min: -(2n ** 140n), max: 2n ** 140n }),
);
const uuids = fc
  .tuple(bytesOf(16), fc.integer({ min: 0, max: 15 }), fc.boolean())
  .map(([bytes, version, isPlain]) => {
    const uuid = isPlain ? Buffer.alloc(16, (bytes[0] as number) & 1) : Buffer.from(bytes);
    uuid[6] = ((uuid[6] as number) & 0x0f) | (version << 4);
    return uuid;
  });

const VALUES: Readonly<Record<ColumnType, fc.Arbitrary<Buffer>>> = {
  ASCII: someBytes,
  BIGINT: bytesOf(8),
  BLOB: someBytes,
  BOOLEAN: fc.constantFrom(Buffer.from([0]), Buffer.from([1])),
  DECIMAL: fc
    .tuple(numbers, fc.integer({ min: -5, max: 5 }), fc.nat(3))
    .map(([unscaled, scale, zeros]) => decimal(unscaled * 10n ** BigInt(zeros), scale + zeros)),
  DOUBLE: bytesOf(8),
  FLOAT: bytesOf(4),
  INET: fc.oneof(bytesOf(4), bytesOf(16)),
  INT: bytesOf(4),
  TEXT: someBytes,
  TIMESTAMP: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(bigint),
  TIMEUUID: uuids.map((uuid) => {
    uuid[6] = ((uuid[6] as number) & 0x0f) | 0x10;
    return uuid;
  }),
  UUID: uuids,
  VARCHAR: someBytes,
  VARINT: numbers.map(varint),
};

describe.each(COLUMN_TYPES)("%s", (type) => {
  const values = fc.oneof(VALUES[type], fc.constantFrom(Buffer.alloc(0), ...ORDERED_VALUES[type]));

  test("encodings have the order of the values", () => {
    const compare = compareValues(type);
    fc.assert(
      fc.property(values, values, (a, b) => {
        const order = Buffer.compare(encode(type, a), encode(type, b));
        expect([a, b, order]).toEqual([a, b, Math.sign(compare(a, b))]);
      }),
      { numRuns },
    );
  });

  test("no encoding is the beginning of another", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [left, right] = [encode(type, a), encode(type, b)];
        expect(left.equals(right) || !right.subarray(0, left.length).equals(left)).toBe(true);
      }),
      { numRuns },
    );
  });
});

test.each<[ColumnType, number]>([
  ["INT", 3],
  ["BIGINT", 4],
  ["BOOLEAN", 2],
  ["FLOAT", 8],
  ["DOUBLE", 4],
  ["UUID", 15],
  ["TIMEUUID", 17],
  ["DECIMAL", 4],
])("%s of %i bytes is refused", (type, size) => {
  expect(() => encode(type, Buffer.alloc(size))).toThrow(NotOfTypeError);
});

test("a VARINT with bytes to spare is the same number", () => {
  for (const [spare, plain] of [
    ["0000", "00"],
    ["00007f", "7f"],
    ["ffff80", "80"],
    ["ffff", "ff"],
  ] as const) {
    expect(encode("VARINT", Buffer.from(spare, "hex"))).toEqual(
      encode("VARINT", Buffer.from(plain, "hex")),
    );
  }
});
