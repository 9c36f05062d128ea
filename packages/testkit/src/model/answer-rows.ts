import { readColumn } from "./column-bytes.ts";
import { decodedText } from "./decoded-text.ts";
import type { FeatureValue, ModelType } from "./model-type.ts";
import type { AnswerRow } from "./online-store-model.ts";

/** A row of `RetrieveFeatures`: bytes. */
export function binaryRow(columns: readonly Uint8Array[]): AnswerRow {
  return {
    shows: (index, value, type) => {
      const bytes = columns[index];
      return bytes !== undefined && isColumnOf(bytes, value, type);
    },
    describe: (index) => Buffer.from(columns[index] ?? []).toString("hex"),
  };
}

/** A row of `RetrieveDecodedResult`: text. */
export function textRow(columns: readonly string[]): AnswerRow {
  return {
    shows: (index, value, type) => columns[index] === decodedText(value, type),
    describe: (index) => JSON.stringify(columns[index]),
  };
}

function isColumnOf(bytes: Uint8Array, value: FeatureValue, type: ModelType): boolean {
  let read: FeatureValue;
  try {
    read = readColumn(bytes, type, Array.isArray(value) ? value.length : 0);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return false; // no value of the type
    throw error;
  }
  if (!Array.isArray(value)) return Object.is(read, value);
  const elements = read as readonly unknown[];
  return value.every((element, i) => Object.is(element, elements[i]));
}
