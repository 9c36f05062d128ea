import { fieldSize, ROW_COLUMN_TAG, writeFieldHead } from "@ofs/proto";

/** The values as consecutive columns of an encoded row. */
export function encodeColumns(values: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const value of values) size += fieldSize(value.length);
  const out = new Uint8Array(size);
  let offset = 0;
  for (const value of values) {
    offset = writeFieldHead(out, offset, ROW_COLUMN_TAG, value.length);
    out.set(value, offset);
    offset += value.length;
  }
  return out;
}
