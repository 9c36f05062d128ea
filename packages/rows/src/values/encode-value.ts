import type { JsonValue } from "../json/json-value.ts";
import type { ColumnType } from "../model.ts";
import type { CellBytes, ValueFault } from "./cell-bytes.ts";

/** Makes a value of a column's type of what was sent, or tells why it cannot. */
export type ValueEncoder = (value: JsonValue) => CellBytes | ValueFault;

/** To be asked once a column, not once a value. */
export function encoderOf(type: ColumnType): ValueEncoder {
  throw new Error(`not yet: ${type}`);
}

export function encodeValue(type: ColumnType, value: JsonValue): CellBytes | ValueFault {
  return encoderOf(type)(value);
}
