import type { ColumnType } from "@ofs/rows";

const MAX_SCALE = 2_147_483_647;

/** Distinct values of each type with its extremes, in the order of clustering keys; none is empty. */
export const ORDERED_VALUES: Readonly<Record<ColumnType, readonly Buffer[]>> = {
  ASCII: texts(" ", "0", "A", "a", "a\u0000", "a\u0000b", "ab", "~"),
  BIGINT: [-(2n ** 63n), -(2n ** 53n) - 1n, -1n, 0n, 1n, 2n ** 53n + 1n, 2n ** 63n - 1n].map(
    bigint,
  ),
  BLOB: ["00", "0000", "00ff", "01", "0100", "7f", "80", "ff", "ff00", "ffff"].map(hex),
  BOOLEAN: ["00", "01"].map(hex),
  DECIMAL: [
    decimal(-1n, -MAX_SCALE),
    decimal(-(10n ** 40n), 0),
    decimal(-15n, 1),
    decimal(-125n, 2),
    decimal(-1n, 0),
    decimal(-1n, MAX_SCALE),
    decimal(0n, 3),
    decimal(1n, MAX_SCALE),
    decimal(1n, 40),
    decimal(9n, 1),
    decimal(1n, 0),
    decimal(125n, 2),
    decimal(1250001n, 6),
    decimal(15n, 1),
    decimal(789432123456785670765261783123456546540n, 24),
    decimal(1n, -30),
    decimal(123n, -MAX_SCALE),
  ],
  DOUBLE: [
    -Infinity,
    -Number.MAX_VALUE,
    -1.5,
    -5e-324,
    -0,
    0,
    5e-324,
    1.5,
    Number.MAX_VALUE,
    Infinity,
    NaN,
  ].map(double),
  FLOAT: [
    -Infinity,
    -3.4028234663852886e38,
    -1.5,
    -1e-45,
    -0,
    0,
    1e-45,
    1.5,
    3.4028234663852886e38,
    Infinity,
    NaN,
  ].map(float),
  INET: [
    "00000000",
    `${"0".repeat(31)}1`,
    "20010db8000000000000000000000001",
    "7f000001",
    "ffffffff",
    "f".repeat(32),
  ].map(hex),
  INT: [-2_147_483_648, -1, 0, 1, 2_147_483_647].map(int),
  TEXT: texts(
    "\u0000",
    "\u0000\u0000",
    "\u0000a",
    " ",
    "Z",
    "a",
    "a\u0000",
    "ab",
    "z".repeat(3000),
    "é",
    "€",
    "\u{1D11E}",
  ),
  TIMESTAMP: [-(2n ** 63n), -62_135_596_800_000n, -1n, 0n, 1_750_000_000_000n, 2n ** 63n - 1n].map(
    bigint,
  ),
  TIMEUUID: [
    "00000000-0000-1000-8080-808080808080",
    "00000000-0000-1000-80ff-000000000000",
    "00000000-0000-1000-8000-000000000000",
    "00000000-0000-1000-8000-00000000007f",
    "00000001-0000-1000-8000-000000000000",
    "00000000-0001-1000-8000-000000000000",
    "ffffffff-ffff-1000-8000-000000000000",
    "00000000-0000-1001-8000-000000000000",
    "ffffffff-ffff-1fff-bf7f-7f7f7f7f7f7f",
  ].map(uuid),
  UUID: [
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-0fff-ffff-ffffffffffff",
    "00000001-0000-1000-8000-000000000000",
    "00000001-0000-1000-8000-0000000000ff",
    "00000000-0001-1000-8000-000000000000",
    "00000000-0000-1001-8000-000000000000",
    "00000000-0000-4000-8000-000000000000",
    "00000000-0000-4000-ffff-000000000000",
    "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "00000000-0000-7000-8000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
  ].map(uuid),
  VARCHAR: texts("\u0000", "1", "10", "2", "a", "é"),
  VARINT: [
    -(2n ** 2000n),
    -(10n ** 38n),
    -129n,
    -128n,
    -1n,
    0n,
    127n,
    128n,
    255n,
    256n,
    10n ** 38n,
    2n ** 2000n,
  ].map(varint),
};

export function texts(...values: string[]): Buffer[] {
  return values.map((value) => Buffer.from(value));
}

export function text(value: string): Buffer {
  return Buffer.from(value);
}

export function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function bigint(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

export function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return bytes;
}

export function hex(value: string): Buffer {
  return Buffer.from(value, "hex");
}

function uuid(value: string): Buffer {
  return hex(value.replaceAll("-", ""));
}

/** Shortest two's complement. */
export function varint(value: bigint): Buffer {
  let size = 1;
  while (BigInt.asIntN(size * 8, value) !== value) size++;
  return hex(
    BigInt.asUintN(size * 8, value)
      .toString(16)
      .padStart(size * 2, "0"),
  );
}

export function decimal(unscaled: bigint, scale: number): Buffer {
  return Buffer.concat([int(scale), varint(unscaled)]);
}
