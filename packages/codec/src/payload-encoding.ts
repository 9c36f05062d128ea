import type { DataType } from "./data-type.ts";
import { ValueError } from "./errors.ts";
import { describeFeature, type FeatureLayout, MAX_LENGTH } from "./feature-layout.ts";
import { float32ToBits } from "./float-bits.ts";
import { float8E4M3FromBits, float8E5M2FromBits } from "./float8.ts";
import { float16FromBits } from "./float16.ts";
import { IS_LITTLE_ENDIAN, swapUnits } from "./host.ts";

/** One element: numbers for floats and integers of up to 32 bits, bigint (or a safe number) for 64 bits. */
export type ElementValue = number | bigint | string | boolean;

/** One feature: an element, or for vector types the list of them. */
export type FeatureValue = ElementValue | readonly ElementValue[];

/**
 * Encodes all features of one schema version as a plain payload.
 *
 * Integers beyond the type's range wrap (two's complement), as stored data always has; callers that must refuse them
 * check first. Floats round to nearest even, and overflow as the type says.
 *
 * @param values by sequence
 * @returns may lie in Node's pool of small buffers: copy what is to stay
 * @throws {ValueError} naming position, value and limit: wrong count of values or of a vector's elements, a value of
 *   another kind, a fraction for an integer, a bool that is not 0 or 1, a string beyond its length
 */
export function encodePayload(layout: FeatureLayout, values: readonly FeatureValue[]): Uint8Array {
  const { dataType, featureCount } = layout;
  if (values.length !== featureCount) {
    throw new ValueError(`${dataType.name}: ${values.length} values for ${featureCount} features`);
  }
  const elements = dataType.isVector
    ? flattenVectors(layout, values)
    : (values as readonly ElementValue[]);
  switch (dataType.kind) {
    case "string":
      return encodeStrings(layout, elements);
    case "bool":
      return encodeBools(layout, elements);
    default:
      return encodeNumbers(layout, elements);
  }
}

/** All elements in feature order. */
function flattenVectors(
  layout: FeatureLayout,
  values: readonly FeatureValue[],
): readonly ElementValue[] {
  const { dataType, vectorLengths, featureCount } = layout;
  const elements = new Array<ElementValue>(layout.elementCount);
  let next = 0;
  for (let position = 0; position < featureCount; position++) {
    const vector = values[position] as FeatureValue;
    const length = vectorLengths[position] as number;
    if (!Array.isArray(vector)) {
      throw new ValueError(
        `${dataType.name}: value ${String(vector)} of ${describeFeature(layout, position)} is not a vector`,
      );
    }
    if (vector.length !== length) {
      throw new ValueError(
        `${dataType.name}: vector of ${vector.length} elements for ${describeFeature(layout, position)} of length ${length}`,
      );
    }
    for (let i = 0; i < length; i++) elements[next++] = vector[i] as ElementValue;
  }
  return elements;
}

function encodeNumbers(layout: FeatureLayout, elements: readonly ElementValue[]): Uint8Array {
  const { dataType } = layout;
  const unit = dataType.unitSizeBytes;
  const bytes = takeAligned(layout.minPayloadSizeBytes, unit);
  switch (dataType.kind === "float" ? "float" : unit === 8 ? "big" : "int") {
    case "float":
      encodeFloats(layout, elements, bytes);
      break;
    case "big":
      encodeBigInts(
        layout,
        elements,
        new BigInt64Array(bytes.buffer, bytes.byteOffset, layout.elementCount),
      );
      break;
    default:
      encodeInts(layout, elements, createIntView(unit, bytes));
  }
  if (!IS_LITTLE_ENDIAN && unit > 1) swapUnits(bytes, unit);
  return bytes;
}

/**
 * Bytes that a typed array can lie on. A small array of its own costs a call into the allocator and one to give it back,
 * 1 us for 400 bytes: Node's pool has them for less, at multiples of 8 bytes.
 */
function takeAligned(sizeBytes: number, unitSizeBytes: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(sizeBytes);
  return bytes.byteOffset % unitSizeBytes === 0 ? bytes : new Uint8Array(sizeBytes);
}

type IntView = Int8Array | Int16Array | Int32Array;

/** Typed arrays keep the low bits of what is stored, so the signed ones serve the unsigned types, too. */
function createIntView(unitSizeBytes: number, bytes: Uint8Array): IntView {
  const { buffer, byteOffset, length } = bytes;
  if (unitSizeBytes === 1) return new Int8Array(buffer, byteOffset, length);
  return unitSizeBytes === 2
    ? new Int16Array(buffer, byteOffset, length >>> 1)
    : new Int32Array(buffer, byteOffset, length >>> 2);
}

function encodeInts(layout: FeatureLayout, elements: readonly ElementValue[], out: IntView): void {
  for (let i = 0; i < out.length; i++) {
    const value = elements[i] as ElementValue;
    if (typeof value !== "number" || !Number.isInteger(value)) {
      throw wrongValue(layout, i, value, "an integer");
    }
    out[i] = value;
  }
}

function encodeBigInts(
  layout: FeatureLayout,
  elements: readonly ElementValue[],
  out: BigInt64Array,
): void {
  for (let i = 0; i < out.length; i++) {
    const value = elements[i] as number | bigint;
    if (typeof value === "bigint") out[i] = value;
    else if (Number.isSafeInteger(value)) out[i] = BigInt(value);
    else throw wrongValue(layout, i, value, "a 64-bit integer");
  }
}

function encodeFloats(
  layout: FeatureLayout,
  elements: readonly ElementValue[],
  bytes: Uint8Array,
): void {
  const count = layout.elementCount;
  for (let i = 0; i < count; i++) {
    if (typeof elements[i] !== "number") {
      throw wrongValue(layout, i, elements[i] as ElementValue, "a number");
    }
  }
  const numbers = elements as readonly number[];
  switch (layout.dataType.element.name) {
    case "DataTypeFP64":
      fill(new Float64Array(bytes.buffer, bytes.byteOffset, count), numbers);
      return;
    case "DataTypeFP32":
      fill(new Float32Array(bytes.buffer, bytes.byteOffset, count), numbers);
      return;
    case "DataTypeFP16": {
      const codes = new Uint16Array(bytes.buffer, bytes.byteOffset, count);
      for (let i = 0; i < count; i++) {
        codes[i] = float16FromBits(float32ToBits(numbers[i] as number));
      }
      return;
    }
    case "DataTypeFP8E5M2":
      for (let i = 0; i < count; i++) {
        bytes[i] = float8E5M2FromBits(float32ToBits(numbers[i] as number));
      }
      return;
    default:
      for (let i = 0; i < count; i++) {
        bytes[i] = float8E4M3FromBits(float32ToBits(numbers[i] as number));
      }
  }
}

/** Writes every NaN as the canonical one. */
function fill(out: Float64Array | Float32Array, values: readonly number[]): void {
  for (let i = 0; i < out.length; i++) {
    const value = values[i] as number;
    out[i] = Number.isNaN(value) ? Number.NaN : value;
  }
}

/** One bit a value, the most significant bit first; the unused bits of the last byte are 0. */
function encodeBools(layout: FeatureLayout, elements: readonly ElementValue[]): Uint8Array {
  const bytes = new Uint8Array(layout.minPayloadSizeBytes);
  for (let i = 0; i < layout.elementCount; i++) {
    const value = elements[i] as ElementValue;
    if (value === true || value === 1) {
      bytes[i >>> 3] = (bytes[i >>> 3] as number) | (0x80 >>> (i & 7));
    } else if (value !== false && value !== 0) {
      throw wrongValue(layout, i, value, "a bool");
    }
  }
  return bytes;
}

/** A u16 length for each string, then all bytes. */
function encodeStrings(layout: FeatureLayout, elements: readonly ElementValue[]): Uint8Array {
  const { elementStarts, featureCount, stringLengths, elementCount } = layout;
  const sizes = new Array<number>(elementCount);
  let sizeBytes = elementCount * 2;
  for (let position = 0; position < featureCount; position++) {
    const limit = Math.min(stringLengths[position] as number, MAX_LENGTH);
    const end = elementStarts[position + 1] as number;
    for (let i = elementStarts[position] as number; i < end; i++) {
      const value = elements[i] as ElementValue;
      if (typeof value !== "string") throw wrongValue(layout, i, value, "a string");
      const size = Buffer.byteLength(value);
      if (size > limit) {
        throw wrongValue(layout, i, value, `a string of at most ${limit} bytes: it has ${size}`);
      }
      sizes[i] = size;
      sizeBytes += size;
    }
  }
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  let offset = elementCount * 2;
  for (let i = 0; i < elementCount; i++) {
    const size = sizes[i] as number;
    bytes[i * 2] = size & 0xff;
    bytes[i * 2 + 1] = size >>> 8;
    offset += bytes.write(elements[i] as string, offset, size, "utf8");
  }
  return bytes;
}

/** Longest part of a value that an error message repeats. */
const MAX_SHOWN_LENGTH = 64;

function wrongValue(
  layout: FeatureLayout,
  elementIndex: number,
  value: ElementValue,
  expected: string,
): ValueError {
  const place = describePlace(layout.dataType, layout, elementIndex);
  const shown =
    typeof value === "string" ? JSON.stringify(value.slice(0, MAX_SHOWN_LENGTH)) : value;
  return new ValueError(
    `${layout.dataType.name}: value ${String(shown)} of ${place} is not ${expected}`,
  );
}

function describePlace(dataType: DataType, layout: FeatureLayout, elementIndex: number): string {
  if (!dataType.isVector) return describeFeature(layout, elementIndex);
  let position = 0;
  while ((layout.elementStarts[position + 1] as number) <= elementIndex) position++;
  return `${describeFeature(layout, position)}, element ${elementIndex - (layout.elementStarts[position] as number)}`;
}
