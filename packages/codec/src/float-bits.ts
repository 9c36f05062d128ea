import { IS_LITTLE_ENDIAN } from "./host.ts";

// One word seen in several ways. Written and read within one call, so it carries nothing between calls.
const float64Word = new Float64Array(1);
const float32Word = new Float32Array(float64Word.buffer, 0, 1);
const bitsWord = new Int32Array(float64Word.buffer, 0, 1);
const wordBytes = new Uint8Array(float64Word.buffer);

/**
 * IEEE bits of `value` rounded to float32: nearest, ties to even. Bits are signed numbers everywhere in this package: those
 * of 32 bits without a sign would not fit the engine's small integers, and be allocated one by one.
 */
export function float32ToBits(value: number): number {
  float32Word[0] = value;
  return bitsWord[0] as number;
}

export function float32FromBits(bits: number): number {
  bitsWord[0] = bits;
  return float32Word[0] as number;
}

/** Reads a float64, little endian, and gives the bits of the nearest float32. No allocation. */
export function narrowFloat64(bytes: Uint8Array, offset: number): number {
  return float32ToBits(readFloat64(bytes, offset));
}

/** Reads a float64, little endian. No allocation. */
export function readFloat64(bytes: Uint8Array, offset: number): number {
  const flip = IS_LITTLE_ENDIAN ? 0 : 7;
  for (let i = 0; i < 8; i++) wordBytes[i ^ flip] = bytes[offset + i] as number;
  return float64Word[0] as number;
}

/** Reads a float32, little endian, as its bits. */
export function readFloat32Bits(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset] as number) |
    ((bytes[offset + 1] as number) << 8) |
    ((bytes[offset + 2] as number) << 16) |
    ((bytes[offset + 3] as number) << 24)
  );
}

/** Reads four bytes, little endian, as an unsigned number. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return readFloat32Bits(bytes, offset) >>> 0;
}

export function readUint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] as number) | ((bytes[offset + 1] as number) << 8);
}
