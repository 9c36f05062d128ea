import {
  type DataType,
  type DecodedFeature,
  decodeFeature,
  decodeFloat8E4M3,
  decodeFloat8E5M2,
  decodeFloat16,
} from "@ofs/codec";

/** An answer's bytes, seen in both ways that decoding needs. */
export interface AnswerBytes {
  readonly bytes: Uint8Array;
  /** Of the same memory. */
  readonly view: DataView;
}

/**
 * Decodes one column: `answer.bytes` from `start` to before `end`.
 *
 * @throws {CodecError} if the bytes do not have the type's width
 */
export type ColumnDecoder = (answer: AnswerBytes, start: number, end: number) => DecodedFeature;

/** Numbers of one width, straight from the answer; everything else goes through a copy. */
const SCALARS: ReadonlyMap<string, (view: DataView, at: number) => number | bigint> = new Map<
  string,
  (view: DataView, at: number) => number | bigint
>([
  ["DataTypeFP8E5M2", (view, at) => decodeFloat8E5M2(view.getUint8(at))],
  ["DataTypeFP8E4M3", (view, at) => decodeFloat8E4M3(view.getUint8(at))],
  ["DataTypeFP16", (view, at) => decodeFloat16(view.getUint16(at, true))],
  ["DataTypeFP32", (view, at) => view.getFloat32(at, true)],
  ["DataTypeFP64", (view, at) => view.getFloat64(at, true)],
  ["DataTypeInt8", (view, at) => view.getInt8(at)],
  ["DataTypeInt16", (view, at) => view.getInt16(at, true)],
  ["DataTypeInt32", (view, at) => view.getInt32(at, true)],
  ["DataTypeInt64", (view, at) => view.getBigInt64(at, true)],
  ["DataTypeUint8", (view, at) => view.getUint8(at)],
  ["DataTypeUint16", (view, at) => view.getUint16(at, true)],
  ["DataTypeUint32", (view, at) => view.getUint32(at, true)],
  ["DataTypeUint64", (view, at) => view.getBigUint64(at, true)],
]);

export function columnDecoder(dataType: DataType): ColumnDecoder {
  const scalar = SCALARS.get(dataType.name);
  if (scalar === undefined) {
    return ({ bytes }, start, end) => decodeSlow(dataType, bytes.subarray(start, end));
  }
  const { unitSizeBytes } = dataType;
  return ({ bytes, view }, start, end) =>
    end - start === unitSizeBytes
      ? scalar(view, start)
      : decodeSlow(dataType, bytes.subarray(start, end));
}

function decodeSlow(dataType: DataType, bytes: Uint8Array): DecodedFeature {
  const isStrings = dataType.kind === "string" && dataType.isVector;
  return decodeFeature(dataType, bytes, isStrings ? countStrings(bytes) : 0);
}

/**
 * How many strings a StringVector's bytes hold: all lengths (u16), then all bodies. Every further string makes the
 * whole longer, so at most one count fits. Blocks of older schema versions may have another one than the active.
 *
 * @returns 0 if no count fits, which decoding then refuses
 */
export function countStrings(bytes: Uint8Array): number {
  let size = 0;
  for (let count = 0; count * 2 < bytes.length; ) {
    const at = count * 2;
    size += 2 + ((bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8));
    count += 1;
    if (size === bytes.length) return count;
    if (size > bytes.length) return 0;
  }
  return 0;
}
