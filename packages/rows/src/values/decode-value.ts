import type { ColumnType } from "../model.ts";
import type { CellBytes } from "./cell-bytes.ts";

/** @returns JSON text, as the API prints the value */
export type ValueDecoder = (bytes: CellBytes) => string;

/** To be asked once a column, not once a value. */
export function decoderOf(type: ColumnType): ValueDecoder {
  throw new Error(`not yet: ${type}`);
}

export function decodeValue(type: ColumnType, bytes: CellBytes): string {
  return decoderOf(type)(bytes);
}
