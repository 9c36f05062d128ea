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

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function encodeUuid(type: "UUID" | "TIMEUUID", value: JsonValue): CellBytes | ValueFault {
  if (typeof value !== "string" || !UUID_TEXT.test(value)) return wrongKind(type, value);
  return Buffer.from(value.replaceAll("-", ""), "hex");
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
