import type { DataType } from "./data-type.ts";
import { CodecError } from "./errors.ts";
import { readUint16 } from "./float-bits.ts";
import { decodeFloat8E4M3, decodeFloat8E5M2 } from "./float8.ts";
import { decodeFloat16 } from "./float16.ts";
import { IS_LITTLE_ENDIAN, swapUnits } from "./host.ts";

/** Typed elements of a numeric feature. FP16 and FP8 become float32, which holds all their values. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** A feature as a program wants it: bigint for the 64-bit integers. */
export type DecodedFeature =
  | number
  | bigint
  | boolean
  | string
  | NumericArray
  | readonly string[]
  | readonly boolean[];

/**
 * Decodes the bytes that a client gets for one feature.
 *
 * @param vectorLength element count; read for StringVector only, whose bytes do not tell it
 * @returns a copy, never a view of `bytes`; strings with U+FFFD for what is not UTF-8
 * @throws {CodecError} if the bytes do not have the type's width
 */
export function decodeFeature(
  dataType: DataType,
  bytes: Uint8Array,
  vectorLength: number,
): DecodedFeature {
  switch (dataType.kind) {
    case "string":
      return dataType.isVector ? decodeStrings(dataType, bytes, vectorLength) : decodeText(bytes);
    case "bool": {
      const bools = decodeBools(dataType, bytes);
      return dataType.isVector ? bools : (bools[0] as boolean);
    }
    default: {
      const numbers = decodeNumbers(dataType, bytes);
      return dataType.isVector ? numbers : (numbers[0] as number | bigint);
    }
  }
}

/** @throws {CodecError} if the bytes do not have the type's width */
export function decodeNumbers(dataType: DataType, bytes: Uint8Array): NumericArray {
  assertWidth(dataType, bytes, dataType.unitSizeBytes);
  // A copy has the alignment and the byte order of this machine.
  const copy = new Uint8Array(bytes);
  if (!IS_LITTLE_ENDIAN && dataType.unitSizeBytes > 1) swapUnits(copy, dataType.unitSizeBytes);
  switch (dataType.element.name) {
    case "DataTypeFP8E5M2":
      return Float32Array.from(copy, decodeFloat8E5M2);
    case "DataTypeFP8E4M3":
      return Float32Array.from(copy, decodeFloat8E4M3);
    case "DataTypeFP16":
      return Float32Array.from(new Uint16Array(copy.buffer), decodeFloat16);
    default:
      return viewNumbers(dataType.element.name, copy.buffer);
  }
}

function viewNumbers(elementName: string, buffer: ArrayBuffer): NumericArray {
  switch (elementName) {
    case "DataTypeFP32":
      return new Float32Array(buffer);
    case "DataTypeFP64":
      return new Float64Array(buffer);
    case "DataTypeInt8":
      return new Int8Array(buffer);
    case "DataTypeInt16":
      return new Int16Array(buffer);
    case "DataTypeInt32":
      return new Int32Array(buffer);
    case "DataTypeInt64":
      return new BigInt64Array(buffer);
    case "DataTypeUint8":
      return new Uint8Array(buffer);
    case "DataTypeUint16":
      return new Uint16Array(buffer);
    case "DataTypeUint32":
      return new Uint32Array(buffer);
    default:
      return new BigUint64Array(buffer);
  }
}

/** One byte a bool: 1 is true, everything else false. @throws {CodecError} for a scalar that is not one byte */
export function decodeBools(dataType: DataType, bytes: Uint8Array): boolean[] {
  assertWidth(dataType, bytes, 1);
  return Array.from(bytes, (byte) => byte === 1);
}

/** @throws {CodecError} if the lengths and the strings do not fill the bytes exactly */
export function decodeStrings(
  dataType: DataType,
  bytes: Uint8Array,
  vectorLength: number,
): string[] {
  const strings = new Array<string>(vectorLength);
  let offset = vectorLength * 2;
  if (offset > bytes.length) throw wrongSize(dataType, bytes, `${vectorLength} lengths`);
  for (let i = 0; i < vectorLength; i++) {
    const end = offset + readUint16(bytes, i * 2);
    if (end > bytes.length) throw wrongSize(dataType, bytes, `string ${i} up to byte ${end}`);
    strings[i] = decodeText(bytes.subarray(offset, end));
    offset = end;
  }
  if (offset !== bytes.length)
    throw wrongSize(dataType, bytes, `${vectorLength} strings of ${offset} bytes`);
  return strings;
}

/** @returns text with U+FFFD in place of what is not UTF-8 */
export function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

function assertWidth(dataType: DataType, bytes: Uint8Array, unitSizeBytes: number): void {
  if (dataType.isVector) {
    if (bytes.length % unitSizeBytes !== 0) {
      throw wrongSize(dataType, bytes, `elements of ${unitSizeBytes} bytes`);
    }
  } else if (bytes.length !== unitSizeBytes) {
    throw wrongSize(dataType, bytes, `${unitSizeBytes} bytes`);
  }
}

function wrongSize(dataType: DataType, bytes: Uint8Array, expected: string): CodecError {
  const message = `${dataType.name}: ${bytes.length} bytes where ${expected} are expected`;
  return new CodecError(bytes.length === 0 ? "TRUNCATED" : "CORRUPT", message, bytes.length);
}
