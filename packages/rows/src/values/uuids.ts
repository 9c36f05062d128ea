import type { JsonValue } from "../json/json-value.ts";
import { bufferOf, compareUnsigned, signedByte } from "./buffers.ts";
import type { CellBytes, ValueFault } from "./cell-bytes.ts";
import { assertSize, wrongKind } from "./faults.ts";
import type { ValueType } from "./value-type.ts";

/*
 * A UUID of version 1, in bytes:
 *
 * | 0-3 | 4-5 | 6-7 | 8-15 |
 * | --- | --- | --- | --- |
 * | time, bits 0-31 | time, bits 32-47 | version (upper 4 bits); time, bits 48-59 | clock sequence and node |
 */
const UUID_SIZE = 16;
const VERSION_BYTE = 6;
const CLOCK_AND_NODE = 8;
/** The bytes of the time, the highest first; of the first one the version is left out. */
const TIME_BYTES = [6, 7, 4, 5, 0, 1, 2, 3] as const;
const TIME_BASED = 1;

const TEXT_LENGTH = 36;
const DASH = 0x2d;
/** Values of hexadecimal digits by character; -1 for all others. */
const HEX_DIGITS = Int8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? -1 : digit;
});

function encodeUuid(type: "UUID" | "TIMEUUID", value: JsonValue): CellBytes | ValueFault {
  const bytes = typeof value === "string" ? parseUuid(value) : undefined;
  return bytes ?? wrongKind(type, value);
}

function parseUuid(text: string): CellBytes | undefined {
  if (text.length !== TEXT_LENGTH) return undefined;
  const bytes = Buffer.allocUnsafe(UUID_SIZE);
  let at = 0;
  for (let index = 0; index < UUID_SIZE; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) {
      if (text.charCodeAt(at) !== DASH) return undefined;
      at += 1;
    }
    const byte = (hexDigit(text, at) << 4) | hexDigit(text, at + 1);
    if (byte < 0) return undefined;
    bytes[index] = byte;
    at += 2;
  }
  return bytes;
}

function hexDigit(text: string, at: number): number {
  return HEX_DIGITS[text.charCodeAt(at)] ?? -1;
}

function decodeUuid(type: "UUID" | "TIMEUUID", bytes: CellBytes): string {
  assertSize(type, bytes, UUID_SIZE);
  const hex = bufferOf(bytes).toString("hex");
  return `"${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}"`;
}

function versionOf(bytes: CellBytes): number {
  return (bytes[VERSION_BYTE] as number) >> 4;
}

export const UUID: ValueType = {
  encode: (value) => encodeUuid("UUID", value),
  decode: (bytes) => decodeUuid("UUID", bytes),
  /** By version; those of version 1 by time; then all bytes. */
  compare: (a, b) => {
    const version = versionOf(a);
    const byVersion = version - versionOf(b);
    if (byVersion !== 0) return byVersion;
    const byTime = version === TIME_BASED ? compareTimes(a, b) : 0;
    return byTime === 0 ? compareUnsigned(a, b) : byTime;
  },
};

/** UUIDs of version 1. */
export const TIMEUUID: ValueType = {
  encode: (value) => {
    const bytes = encodeUuid("TIMEUUID", value);
    return bytes instanceof Uint8Array && versionOf(bytes) !== TIME_BASED
      ? wrongKind("TIMEUUID", value)
      : bytes;
  },
  decode: (bytes) => decodeUuid("TIMEUUID", bytes),
  /** By time; then the clock sequence and node as signed bytes. */
  compare: (a, b) => {
    let order = compareTimes(a, b);
    for (let index = CLOCK_AND_NODE; order === 0 && index < UUID_SIZE; index++) {
      order = signedByte(a, index) - signedByte(b, index);
    }
    return order;
  },
};

function compareTimes(a: CellBytes, b: CellBytes): number {
  for (const index of TIME_BYTES) {
    const mask = index === VERSION_BYTE ? 0x0f : 0xff;
    const order = ((a[index] as number) & mask) - ((b[index] as number) & mask);
    if (order !== 0) return order;
  }
  return 0;
}
