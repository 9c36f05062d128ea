import type { DataType } from "./data-type.ts";
import { MAX_LENGTH } from "./feature-layout.ts";
import { readUint16 } from "./float-bits.ts";

/** A feature's default as clients get it, and what was wrong with the registry's bytes, if anything. */
export interface NormalizedDefault {
  /** Exactly the bytes of a stored feature of that value. */
  readonly bytes: Uint8Array;
  /** undefined = the registry's bytes had a known form. */
  readonly fault: string | undefined;
}

/** Zero bytes that the older control plane puts before the strings of a vector. */
const VARINT_FORM_PREFIX_BYTES = 10;

/**
 * Brings a default of the registry to the one right form: the bytes that a client gets for a stored feature of that value.
 * Knows the other forms that control planes write for bools, bool vectors and string vectors. A default that is missing
 * or fits no form becomes a zero value (0, false, empty text), with the fault to report.
 *
 * @param bytes undefined = missing
 * @param vectorLength element count of a vector; not read for scalars
 * @param stringLength largest string in UTF-8 bytes. A longer scalar default is kept, and reported: it can be read, but no
 *   stored feature can have it
 */
export function normalizeDefault(
  dataType: DataType,
  bytes: Uint8Array | undefined,
  vectorLength: number,
  stringLength: number,
): NormalizedDefault {
  if (bytes === undefined) {
    return { bytes: zeroValue(dataType, vectorLength), fault: "default is missing" };
  }
  if (dataType.kind === "string" && !dataType.isVector) return checkString(bytes, stringLength);
  const normal = normalForm(dataType, bytes, vectorLength, stringLength);
  if (normal !== undefined) return { bytes: normal, fault: undefined };
  const length = dataType.isVector ? ` of ${vectorLength} elements` : "";
  return {
    bytes: zeroValue(dataType, vectorLength),
    fault: `default of ${bytes.length} bytes is no ${dataType.name}${length}`,
  };
}

/** @returns bytes of 0, false or the empty string, or of a vector of them */
export function zeroValue(dataType: DataType, vectorLength: number): Uint8Array {
  const count = dataType.isVector ? vectorLength : 1;
  switch (dataType.kind) {
    case "string":
      return new Uint8Array(dataType.isVector ? count * 2 : 0);
    case "bool":
      return new Uint8Array(count);
    default:
      return new Uint8Array(count * dataType.unitSizeBytes);
  }
}

function checkString(bytes: Uint8Array, stringLength: number): NormalizedDefault {
  const limit = Math.min(stringLength, MAX_LENGTH);
  const fault =
    bytes.length > limit
      ? `default of ${bytes.length} bytes is longer than the string length ${limit}`
      : undefined;
  return { bytes: copyOf(bytes), fault };
}

/** @returns undefined if the bytes fit no form */
function normalForm(
  dataType: DataType,
  bytes: Uint8Array,
  vectorLength: number,
  stringLength: number,
): Uint8Array | undefined {
  switch (dataType.kind) {
    case "string":
      return normalizeStrings(bytes, vectorLength, stringLength);
    case "bool":
      return dataType.isVector ? normalizeBools(bytes, vectorLength) : normalizeBool(bytes);
    default: {
      const count = dataType.isVector ? vectorLength : 1;
      return bytes.length === count * dataType.unitSizeBytes ? copyOf(bytes) : undefined;
    }
  }
}

/** Not `slice`: that of a Buffer is a view. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** Any non-zero byte is true: true has been written as 80, too. */
function normalizeBool(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.length === 1 ? Uint8Array.of(bytes[0] === 0 ? 0 : 1) : undefined;
}

/** One byte 00/01 each, or else bits, the most significant first. */
function normalizeBools(bytes: Uint8Array, vectorLength: number): Uint8Array | undefined {
  if (bytes.length === vectorLength && bytes.every((byte) => byte <= 1)) return copyOf(bytes);
  if (bytes.length !== (vectorLength + 7) >>> 3) return undefined;
  const bools = new Uint8Array(vectorLength);
  for (let i = 0; i < vectorLength; i++) {
    bools[i] = ((bytes[i >>> 3] as number) >>> (7 - (i & 7))) & 1;
  }
  return bools;
}

function normalizeStrings(
  bytes: Uint8Array,
  vectorLength: number,
  stringLength: number,
): Uint8Array | undefined {
  if (hasLengthTable(bytes, vectorLength)) return copyOf(bytes);
  const strings =
    readVarintStrings(bytes, vectorLength) ?? readSlots(bytes, vectorLength, stringLength);
  return strings === undefined ? undefined : encodeStringVector(strings);
}

/** Whether the bytes are u16 lengths and exactly the strings that these tell of. */
function hasLengthTable(bytes: Uint8Array, count: number): boolean {
  let end = count * 2;
  if (end > bytes.length) return false;
  for (let i = 0; i < count; i++) end += readUint16(bytes, i * 2);
  return end === bytes.length;
}

/** Ten zero bytes, then for each string its length as a varint and its bytes. */
function readVarintStrings(bytes: Uint8Array, count: number): Uint8Array[] | undefined {
  if (bytes.length < VARINT_FORM_PREFIX_BYTES) return undefined;
  for (let i = 0; i < VARINT_FORM_PREFIX_BYTES; i++) if (bytes[i] !== 0) return undefined;
  const strings: Uint8Array[] = [];
  let offset = VARINT_FORM_PREFIX_BYTES;
  while (offset < bytes.length && strings.length < count) {
    let size = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = bytes[offset++] ?? 0;
      size |= (byte & 0x7f) << shift;
      shift += 7;
      // Three bytes hold any length up to 65535.
    } while (byte >= 0x80 && shift < 21);
    if (byte >= 0x80 || size > MAX_LENGTH || offset + size > bytes.length) return undefined;
    strings.push(bytes.subarray(offset, offset + size));
    offset += size;
  }
  return strings.length === count && offset === bytes.length ? strings : undefined;
}

/** One slot of `slotSize` bytes for each string, filled up with NULs. */
function readSlots(bytes: Uint8Array, count: number, slotSize: number): Uint8Array[] | undefined {
  if (bytes.length !== count * slotSize) return undefined;
  const strings = new Array<Uint8Array>(count);
  for (let i = 0; i < count; i++) {
    const start = i * slotSize;
    let end = start + slotSize;
    while (end > start && bytes[end - 1] === 0) end--;
    strings[i] = bytes.subarray(start, end);
  }
  return strings;
}

/** @returns u16 lengths, then the bytes of all strings, each of at most 65535 */
export function encodeStringVector(strings: readonly Uint8Array[]): Uint8Array {
  let sizeBytes = strings.length * 2;
  for (const string of strings) sizeBytes += string.length;
  const bytes = new Uint8Array(sizeBytes);
  let offset = strings.length * 2;
  for (const [i, string] of strings.entries()) {
    bytes[i * 2] = string.length & 0xff;
    bytes[i * 2 + 1] = string.length >>> 8;
    bytes.set(string, offset);
    offset += string.length;
  }
  return bytes;
}
