import { FeatureStoreError } from "@ofs/platform";
import { isJsonArray, JsonNumber, type JsonValue } from "../json/json-value.ts";
import type { ColumnType } from "../model.ts";
import { type CellBytes, ValueFault } from "./cell-bytes.ts";

/** Characters of a value that a reason shows. */
const SHOWN_LENGTH_MAX = 64;

/** @param rule what is wrong: `is no INT` */
export function fault(value: JsonValue, rule: string): ValueFault {
  return new ValueFault(`${show(value)} ${rule}`);
}

/** A value of a JSON kind that the type does not take. */
export function wrongKind(type: ColumnType, value: JsonValue): ValueFault {
  return fault(value, `is no ${type}`);
}

function show(value: JsonValue): string {
  if (typeof value === "string") return JSON.stringify(cut(value));
  if (value instanceof JsonNumber) return cut(value.text);
  if (typeof value === "object" && value !== null) {
    return isJsonArray(value) ? "an array" : "an object";
  }
  return String(value);
}

function cut(text: string): string {
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

/** @throws {FeatureStoreError} INTERNAL unless the value has this size */
export function assertSize(type: ColumnType, bytes: CellBytes, size: number): void {
  if (bytes.length !== size) throw badBytes(type, bytes);
}

export function badBytes(type: ColumnType, bytes: CellBytes): FeatureStoreError {
  return new FeatureStoreError("INTERNAL", `stored ${bytes.length} bytes are no ${type}`);
}
