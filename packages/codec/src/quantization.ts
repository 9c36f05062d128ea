import { type DataType, dataTypeByName } from "./data-type.ts";
import { ValueError } from "./errors.ts";
import { narrowFloat64, readFloat32Bits, readUint16 } from "./float-bits.ts";
import { float8E4M3FromBits, float8E5M2FromBits } from "./float8.ts";
import { float16FromBits, float16ToBits } from "./float16.ts";

/** Separates a feature's label from the type it is asked in: `emb@DataTypeFP16Vector`. */
const TYPE_SEPARATOR = "@";

/** Where an element type stands in the order of widths; a conversion must go strictly down. The two FP8 are equal. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ["DataTypeFP64", 3],
  ["DataTypeFP32", 2],
  ["DataTypeFP16", 1],
  ["DataTypeFP8E4M3", 0],
  ["DataTypeFP8E5M2", 0],
]);

export interface FeatureLabel {
  /** As in the registry. */
  readonly baseLabel: string;
  /** undefined = in the group's own type. */
  readonly target: DataType | undefined;
}

/**
 * Parses a label as callers ask for it. Only `label@type`, with something after a single `@`, asks for a type; anything
 * else is a plain label, whole.
 *
 * @throws {ValueError} for an unknown type, or one that the group's cannot be quantised to
 */
export function parseFeatureLabel(label: string, groupType: DataType): FeatureLabel {
  const separator = label.indexOf(TYPE_SEPARATOR);
  if (
    separator < 0 ||
    separator === label.length - 1 ||
    label.includes(TYPE_SEPARATOR, separator + 1)
  ) {
    return { baseLabel: label, target: undefined };
  }
  const typeName = label.slice(separator + 1);
  const target = dataTypeByName(typeName);
  if (target === undefined) {
    throw new ValueError(`feature label ${label}: data type ${typeName} is unknown`);
  }
  if (!isQuantizable(groupType, target)) {
    throw new ValueError(`feature label ${label}: ${groupType.name} cannot become ${typeName}`);
  }
  return { baseLabel: label.slice(0, separator), target };
}

/** Whether features of one type can be given in another: floats only, scalar to scalar or vector to vector, downwards. */
export function isQuantizable(source: DataType, target: DataType): boolean {
  const sourceRank = RANKS.get(source.element.name);
  const targetRank = RANKS.get(target.element.name);
  return (
    sourceRank !== undefined &&
    targetRank !== undefined &&
    targetRank < sourceRank &&
    source.isVector === target.isVector
  );
}

/** Converts stored elements to a narrower float type: to float32 first, then to the target. No allocation per call. */
export interface Quantizer {
  readonly source: DataType;
  readonly target: DataType;
  /**
   * @param bytes elements of the source type, little endian, from `offset` on
   * @param out receives `elementCount` elements of the target type, little endian; must have room
   */
  convert(
    bytes: Uint8Array,
    offset: number,
    elementCount: number,
    out: Uint8Array,
    outOffset: number,
  ): void;
}

/** @throws {ValueError} if the pair is not `isQuantizable` */
export function createQuantizer(source: DataType, target: DataType): Quantizer {
  if (!isQuantizable(source, target)) {
    throw new ValueError(`${source.name} cannot become ${target.name}`);
  }
  return new FloatQuantizer(source, target);
}

class FloatQuantizer implements Quantizer {
  readonly source: DataType;
  readonly target: DataType;
  readonly #readBits: (bytes: Uint8Array, offset: number) => number;

  constructor(source: DataType, target: DataType) {
    this.source = source;
    this.target = target;
    this.#readBits = bitsReader(source.unitSizeBytes);
  }

  convert(
    bytes: Uint8Array,
    offset: number,
    elementCount: number,
    out: Uint8Array,
    outOffset: number,
  ): void {
    switch (this.target.element.name) {
      case "DataTypeFP32":
        this.#toFloat32(bytes, offset, elementCount, out, outOffset);
        break;
      case "DataTypeFP16":
        this.#toFloat16(bytes, offset, elementCount, out, outOffset);
        break;
      case "DataTypeFP8E4M3":
        this.#toFloat8(float8E4M3FromBits, bytes, offset, elementCount, out, outOffset);
        break;
      default:
        this.#toFloat8(float8E5M2FromBits, bytes, offset, elementCount, out, outOffset);
        break;
    }
  }

  #toFloat32(bytes: Uint8Array, offset: number, count: number, out: Uint8Array, start: number) {
    const readBits = this.#readBits;
    const unit = this.source.unitSizeBytes;
    for (let i = 0; i < count; i++) {
      const bits = readBits(bytes, offset + i * unit);
      const next = start + i * 4;
      out[next] = bits & 0xff;
      out[next + 1] = (bits >>> 8) & 0xff;
      out[next + 2] = (bits >>> 16) & 0xff;
      out[next + 3] = bits >>> 24;
    }
  }

  #toFloat16(bytes: Uint8Array, offset: number, count: number, out: Uint8Array, start: number) {
    const readBits = this.#readBits;
    const unit = this.source.unitSizeBytes;
    for (let i = 0; i < count; i++) {
      const code = float16FromBits(readBits(bytes, offset + i * unit));
      out[start + i * 2] = code & 0xff;
      out[start + i * 2 + 1] = code >>> 8;
    }
  }

  #toFloat8(
    encode: (bits: number) => number,
    bytes: Uint8Array,
    offset: number,
    count: number,
    out: Uint8Array,
    start: number,
  ) {
    const readBits = this.#readBits;
    const unit = this.source.unitSizeBytes;
    for (let i = 0; i < count; i++) out[start + i] = encode(readBits(bytes, offset + i * unit));
  }
}

/** @returns reader of one source element as float32 bits */
function bitsReader(unitSizeBytes: number): (bytes: Uint8Array, offset: number) => number {
  if (unitSizeBytes === 8) return narrowFloat64;
  return unitSizeBytes === 4 ? readFloat32Bits : readFloat16Bits;
}

function readFloat16Bits(bytes: Uint8Array, offset: number): number {
  return float16ToBits(readUint16(bytes, offset));
}
