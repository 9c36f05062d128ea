import type { DataType } from "./data-type.ts";
import { ValueError } from "./errors.ts";

/** Largest vector length and string length that the registry and the formats can express. */
export const MAX_LENGTH = 65_535;

/** Largest payload that a layout may need (without the bytes of its strings), so that offsets stay 31-bit. */
const MAX_LAYOUT_SIZE_BYTES = 0x7fff_ffff;

/**
 * Where the features of one schema version lie in a plain payload. Arrays are by sequence.
 * Made by `createFeatureLayout`; immutable and shared.
 */
export interface FeatureLayout {
  readonly dataType: DataType;
  readonly featureCount: number;
  /** Names of the features, for error messages; undefined where the maker gave none. */
  readonly labels: readonly string[] | undefined;
  /** Exact element counts; all 1 for scalar types. */
  readonly vectorLengths: readonly number[];
  /** Largest size of one string, in UTF-8 bytes; 0 for other types. */
  readonly stringLengths: readonly number[];
  /** Elements of all features together. */
  readonly elementCount: number;
  /** Index of each feature's first element in the payload, and `elementCount` at the end: `featureCount + 1` entries. */
  readonly elementStarts: Int32Array;
  /**
   * Fixed-width types: byte offset of each feature in the payload, and the payload's size at the end.
   * Strings and bools have no such offsets: all 0.
   */
  readonly byteStarts: Int32Array;
  /** Size of a plain payload in bytes; for strings the size of the length table alone. */
  readonly minPayloadSizeBytes: number;
}

/**
 * Checks the shape of one schema version and computes where its features lie.
 *
 * @param vectorLengths elements of each feature, by sequence; required for vector types, not read for others
 * @param stringLengths largest UTF-8 size of one string of each feature; required for string types, not read for others
 * @param labels names of the features, for error messages
 * @throws {ValueError} for no features, an array of another count, or a length outside 0-65535
 */
export function createFeatureLayout(
  dataType: DataType,
  featureCount: number,
  vectorLengths?: readonly number[],
  stringLengths?: readonly number[],
  labels?: readonly string[],
): FeatureLayout {
  if (!Number.isSafeInteger(featureCount) || featureCount < 1) {
    throw new ValueError(
      `${dataType.name}: feature count ${featureCount} is not a positive integer`,
    );
  }
  const lengths = dataType.isVector
    ? checkLengths(dataType, "vector lengths", vectorLengths, featureCount)
    : new Array<number>(featureCount).fill(1);
  const sizes =
    dataType.kind === "string"
      ? checkLengths(dataType, "string lengths", stringLengths, featureCount)
      : new Array<number>(featureCount).fill(0);
  const elementStarts = new Int32Array(featureCount + 1);
  const byteStarts = new Int32Array(featureCount + 1);
  const unit = dataType.unitSizeBytes;
  let elementCount = 0;
  for (let position = 0; position < featureCount; position++) {
    elementCount += lengths[position] as number;
    if (elementCount * Math.max(unit, 2) > MAX_LAYOUT_SIZE_BYTES) {
      throw new ValueError(
        `${dataType.name}: ${elementCount} elements up to feature ${position} exceed a payload of ${MAX_LAYOUT_SIZE_BYTES} bytes`,
      );
    }
    elementStarts[position + 1] = elementCount;
    byteStarts[position + 1] = elementCount * unit;
  }
  return {
    dataType,
    featureCount,
    labels,
    vectorLengths: lengths,
    stringLengths: sizes,
    elementCount,
    elementStarts,
    byteStarts,
    minPayloadSizeBytes: minPayloadSize(dataType, elementCount),
  };
}

/** @returns `feature ctr`, or `feature 3` where the layout has no labels */
export function describeFeature({ labels }: FeatureLayout, position: number): string {
  return `feature ${labels?.[position] ?? position}`;
}

function checkLengths(
  dataType: DataType,
  what: string,
  lengths: readonly number[] | undefined,
  featureCount: number,
): readonly number[] {
  if (lengths?.length !== featureCount) {
    throw new ValueError(
      `${dataType.name}: ${lengths?.length ?? 0} ${what} for ${featureCount} features`,
    );
  }
  for (let position = 0; position < featureCount; position++) {
    const length = lengths[position] as number;
    if (!Number.isInteger(length) || length < 0 || length > MAX_LENGTH) {
      throw new ValueError(
        `${dataType.name}: ${what}: ${length} of feature ${position} is not in 0-${MAX_LENGTH}`,
      );
    }
  }
  return lengths.slice();
}

function minPayloadSize(dataType: DataType, elementCount: number): number {
  switch (dataType.kind) {
    case "string":
      return elementCount * 2;
    case "bool":
      return (elementCount + 7) >>> 3;
    default:
      return elementCount * dataType.unitSizeBytes;
  }
}
