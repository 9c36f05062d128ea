import type { ColumnType } from "@ofs/rows";
import type { CellBytes } from "../../row-store.ts";
import type { KeyBytes } from "./key-bytes.ts";

/** First byte of a value that is not of a type with {@link appendEscaped}. */
const EMPTY = 0x00;
const PRESENT = 0x01;

/** First bytes of VARINT and DECIMAL after which numbers of one sign follow. */
const NEGATIVE = 0x01;
const ZERO = 0x02;
const POSITIVE = 0x03;

/** Exponents of a DECIMAL are within 2^32 of zero, give or take its digits. */
const EXPONENT_BIAS = 2 ** 40;

const SCALE_SIZE = 4;
const UUID_SIZE = 16;
const SIGN_BIT = 0x80;

/** A key value that its type cannot have. */
export class NotOfTypeError extends Error {
  override readonly name = "NotOfTypeError";
}

/** Appends a value so that bytes have the order of values. @throws {NotOfTypeError} */
export type OrderEncoder = (out: KeyBytes, value: CellBytes) => void;

/**
 * Encodings of clustering keys. Two values that the order takes for one have one encoding; no encoding is the beginning
 * of another, so that they can follow each other. An empty value comes first.
 *
 * ```text
 * INT BIGINT TIMESTAMP    01, big endian with the sign bit flipped
 * BOOLEAN                 01, 0 or 1
 * FLOAT DOUBLE            01, big endian: sign bit flipped, or all bits if it was set; each NaN as the positive one
 * TEXT VARCHAR ASCII
 * BLOB INET               bytes with 00 as 00 ff, then 00 00
 * UUID                    01, version digit, then of version 1 the time (8, high part first) and the last 8 bytes, else all 16
 * TIMEUUID                01, time (8, high part first), the last 8 bytes with the sign bit of each flipped
 * VARINT                  sign (01 or 03), length (2; all bits flipped if negative), shortest two's complement
 * DECIMAL                 sign (01, 02 = zero, 03), then exponent (6) and digits without zeros at either end as text, 00;
 *                         all bits flipped if negative
 * any but the escaped     00 = empty
 * ```
 */
const ENCODERS: Readonly<Record<ColumnType, OrderEncoder>> = {
  ASCII: appendEscaped,
  BIGINT: signed(8),
  BLOB: appendEscaped,
  BOOLEAN: fixed("BOOLEAN", 1, (out, value) => out.byte(value[0] === 0 ? 0 : 1)),
  DECIMAL: appendDecimal,
  DOUBLE: fixed("DOUBLE", 8, appendFloat),
  FLOAT: fixed("FLOAT", 4, appendFloat),
  INET: appendEscaped,
  INT: signed(4),
  TEXT: appendEscaped,
  TIMESTAMP: signed(8),
  TIMEUUID: fixed("TIMEUUID", UUID_SIZE, appendTimeUuid),
  UUID: fixed("UUID", UUID_SIZE, appendUuid),
  VARCHAR: appendEscaped,
  VARINT: appendVarint,
};

/** To be asked once a column, not once a value. */
export function orderEncoder(type: ColumnType): OrderEncoder {
  return ENCODERS[type];
}

function fixed(type: ColumnType, size: number, append: OrderEncoder): OrderEncoder {
  return (out, value) => {
    if (value.length === 0) {
      out.byte(EMPTY);
      return;
    }
    if (value.length !== size) throw notOfType(type, value);
    out.byte(PRESENT);
    append(out, value);
  };
}

function signed(size: 4 | 8): OrderEncoder {
  return fixed(size === 4 ? "INT" : "BIGINT", size, (out, value) => {
    const start = out.size;
    out.append(value);
    out.flip(start, SIGN_BIT);
  });
}

function appendFloat(out: KeyBytes, value: CellBytes): void {
  const start = out.size;
  if (isNaNBytes(value)) {
    out.byte(0xff);
    for (let index = 1; index < value.length; index++) out.byte(0xff);
    return;
  }
  out.append(value);
  if (((value[0] as number) & SIGN_BIT) === 0) out.flip(start, SIGN_BIT);
  else out.invertFrom(start);
}

function isNaNBytes(value: CellBytes): boolean {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  return Number.isNaN(value.length === 4 ? view.getFloat32(0) : view.getFloat64(0));
}

function appendUuid(out: KeyBytes, value: CellBytes): void {
  const version = (value[6] as number) >>> 4;
  out.byte(version);
  if (version !== 1) {
    out.append(value);
    return;
  }
  appendUuidTime(out, value);
  out.append(value, 8);
}

function appendTimeUuid(out: KeyBytes, value: CellBytes): void {
  appendUuidTime(out, value);
  for (let index = 8; index < UUID_SIZE; index++) out.byte((value[index] as number) ^ SIGN_BIT);
}

/** The time is stored low part first. */
function appendUuidTime(out: KeyBytes, value: CellBytes): void {
  out.append(value, 6, 8);
  out.append(value, 4, 6);
  out.append(value, 0, 4);
}

function appendEscaped(out: KeyBytes, value: CellBytes): void {
  let start = 0;
  for (let at = value.indexOf(0); at >= 0; at = value.indexOf(0, at + 1)) {
    out.append(value, start, at + 1);
    out.byte(0xff);
    start = at + 1;
  }
  out.append(value, start);
  out.uint16(0);
}

function appendVarint(out: KeyBytes, value: CellBytes): void {
  if (value.length === 0) {
    out.byte(EMPTY);
    return;
  }
  const isNegative = ((value[0] as number) & SIGN_BIT) !== 0;
  const start = leadingSignBytes(value, isNegative);
  const length = value.length - start;
  out.byte(isNegative ? NEGATIVE : POSITIVE);
  out.uint16(isNegative ? 0xffff - length : length);
  out.append(value, start);
}

/** Bytes at the start that the number is the same without. */
function leadingSignBytes(value: CellBytes, isNegative: boolean): number {
  const filler = isNegative ? 0xff : 0;
  const next = isNegative ? SIGN_BIT : 0;
  let start = 0;
  while (
    start < value.length - 1 &&
    value[start] === filler &&
    ((value[start + 1] as number) & SIGN_BIT) === next
  ) {
    start++;
  }
  return start;
}

function appendDecimal(out: KeyBytes, value: CellBytes): void {
  if (value.length === 0) {
    out.byte(EMPTY);
    return;
  }
  if (value.length <= SCALE_SIZE) throw notOfType("DECIMAL", value);
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
  const unscaled = BigInt.asIntN(
    (value.length - SCALE_SIZE) * 8,
    BigInt(`0x${bytes.toString("hex", SCALE_SIZE)}`),
  );
  if (unscaled === 0n) {
    out.byte(ZERO);
    return;
  }
  const isNegative = unscaled < 0n;
  const digits = (isNegative ? -unscaled : unscaled).toString();
  out.byte(isNegative ? NEGATIVE : POSITIVE);
  const start = out.size;
  // The value is 0.<digits> times ten to this power.
  out.uint48(EXPONENT_BIAS + digits.length - bytes.readInt32BE(0));
  out.append(Buffer.from(withoutTrailingZeros(digits), "latin1"));
  out.byte(0);
  if (isNegative) out.invertFrom(start);
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 0x30) end--;
  return digits.slice(0, end);
}

function notOfType(type: ColumnType, value: CellBytes): NotOfTypeError {
  return new NotOfTypeError(`${value.length} bytes are no value of type ${type}`);
}
