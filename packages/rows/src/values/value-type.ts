import type { JsonValue } from "../json/json-value.ts";
import type { CellBytes, ValueFault } from "./cell-bytes.ts";

/** Makes a value of a column's type of what was sent, or tells why it cannot. */
export type ValueEncoder = (value: JsonValue) => CellBytes | ValueFault;

/** @returns JSON text, as the API prints the value. @throws {FeatureStoreError} INTERNAL if the bytes are no such value */
export type ValueDecoder = (bytes: CellBytes) => string;

/** Below zero if `a` comes first, zero if they are one value. */
export type ValueOrder = (a: CellBytes, b: CellBytes) => number;

/** How a type's values are written, printed and ordered. Decoder and order never see empty bytes. */
export interface ValueType {
  readonly encode: ValueEncoder;
  readonly decode: ValueDecoder;
  readonly compare: ValueOrder;
}
