import { encodeKeys, type RetrieveQueryView } from "@ofs/proto";

/** The `keys` part of each answered row. */
export interface RowKeys {
  /** Bytes. */
  sizeOf(row: number): number;
  /** @returns the offset behind what was written */
  copy(row: number, out: Uint8Array, offset: number): number;
}

/**
 * Answers echo the request's keys. Their encoding is the same in both messages, so the bytes are copied,
 * except where a request carries unknown fields beside them.
 */
export function encodeRowKeys(query: RetrieveQueryView): RowKeys {
  const { bytes, rawKeys } = query;
  const encoded = encodeForeign(query);
  return {
    sizeOf(row) {
      const own = encoded?.get(row);
      if (own !== undefined) return own.length;
      return (rawKeys.end[row] as number) - (rawKeys.start[row] as number);
    },
    copy(row, out, offset) {
      const own = encoded?.get(row);
      if (own !== undefined) {
        out.set(own, offset);
        return offset + own.length;
      }
      const end = rawKeys.end[row] as number;
      let at = offset;
      for (let i = rawKeys.start[row] as number; i < end; i++) out[at++] = bytes[i] as number;
      return at;
    },
  };
}

function encodeForeign(query: RetrieveQueryView): Map<number, Uint8Array> | undefined {
  let encoded: Map<number, Uint8Array> | undefined;
  for (let row = 0; row < query.keyCount; row++) {
    if (query.isCanonical(row)) continue;
    encoded ??= new Map();
    encoded.set(row, encodeKeys(query.keys[row] as readonly string[]));
  }
  return encoded;
}
