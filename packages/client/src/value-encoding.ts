import { inspect } from "node:util";
import {
  type DataType,
  emptyValues,
  type IntegerRange,
  integerRange,
  type NumericArray,
  ValueError,
  type Values,
} from "@ofs/codec";
import type { FeatureDescription, GroupSchema } from "./schema.ts";

/** One element: bigint or a safe integer for 64-bit integers, number for all other numbers. */
export type ElementInput = number | bigint | string | boolean;

/** A feature to store: an element, or for vector types their list or typed array. */
export type FeatureInput = ElementInput | readonly ElementInput[] | NumericArray;

/** Turns one checked element into what its container holds. */
type ElementEncoder = (value: unknown, feature: FeatureDescription) => ElementInput;

/** Encodes the features of one group of one row. */
export interface GroupEncoder {
  readonly group: GroupSchema;
  /** In the order of the values that `encode` takes. */
  readonly features: readonly FeatureDescription[];
  /** @throws {ValueError} naming feature and value */
  encode(values: readonly unknown[]): Values;
}

export function createGroupEncoder(
  group: GroupSchema,
  features: readonly FeatureDescription[],
): GroupEncoder {
  const { dataType } = group;
  const { container } = dataType.element;
  const encodeElement = elementEncoder(dataType.element);
  const encodeOne = (value: unknown, feature: FeatureDescription): unknown => {
    try {
      if (!dataType.isVector) return encodeElement(value, feature);
      const elements = toElements(value, feature);
      const encoded = elements.map((element) => encodeElement(element, feature));
      return { ...emptyValues(), [container]: encoded };
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      throw new ValueError(`feature ${feature.label}: ${cause.message}`, { cause });
    }
  };
  return {
    group,
    features,
    encode(values) {
      const encoded = features.map((feature, i) => encodeOne(values[i], feature));
      return { ...emptyValues(), [dataType.isVector ? "vector" : container]: encoded };
    },
  };
}

function toElements(value: unknown, feature: FeatureDescription): readonly unknown[] {
  if (!Array.isArray(value) && !isTypedArray(value)) {
    throw new ValueError(`${show(value)} is not a vector`);
  }
  if (value.length !== feature.vectorLength) {
    throw new ValueError(`${value.length} elements where ${feature.vectorLength} are declared`);
  }
  return Array.from<unknown>(value);
}

function isTypedArray(value: unknown): value is NumericArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function elementEncoder(dataType: DataType): ElementEncoder {
  switch (dataType.kind) {
    case "float":
      return (value) => {
        if (typeof value === "number") return value;
        throw new ValueError(`${show(value)} is not a number`);
      };
    case "bool":
      return (value) => {
        if (typeof value === "boolean") return value;
        throw new ValueError(`${show(value)} is not a boolean`);
      };
    case "string":
      return encodeString;
    default:
      return integerEncoder(dataType);
  }
}

function encodeString(value: unknown, { stringLength }: FeatureDescription): string {
  if (typeof value !== "string") throw new ValueError(`${show(value)} is not a string`);
  const sizeBytes = Buffer.byteLength(value);
  if (sizeBytes <= stringLength) return value;
  throw new ValueError(
    `string of ${sizeBytes} bytes where at most ${stringLength} are declared: ${show(value)}`,
  );
}

function integerEncoder(dataType: DataType): ElementEncoder {
  const range = integerRange(dataType);
  const is64Bit = dataType.unitSizeBytes === 8;
  return (value) => {
    const integer = toInteger(value);
    if (integer < range.min || integer > range.max) throw outOfRange(value, dataType, range);
    return is64Bit ? BigInt(integer) : Number(integer);
  };
}

function toInteger(value: unknown): number | bigint {
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return value as number | bigint;
  if (typeof value !== "number") throw new ValueError(`${show(value)} is not an integer`);
  const hint = Number.isInteger(value) ? "; integers beyond 2^53 must be bigint" : "";
  throw new ValueError(`${value} is not an exact integer${hint}`);
}

function outOfRange(value: unknown, dataType: DataType, { min, max }: IntegerRange): ValueError {
  return new ValueError(`${show(value)} is outside ${min} to ${max} of ${dataType.name}`);
}

/** Characters of a value that an error shows. */
const SHOWN_LENGTH_MAX = 40;

function show(value: unknown): string {
  const text = inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}...` : text;
}
