import type { CellBytes } from "./cell-bytes.ts";

/** @returns the same memory with the reading methods of a Buffer */
export function bufferOf(bytes: CellBytes): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function compareUnsigned(a: CellBytes, b: CellBytes): number {
  return Buffer.compare(a, b);
}

/** Two's complement numbers of one size. */
export function compareSigned(a: CellBytes, b: CellBytes): number {
  const first = signedByte(a, 0) - signedByte(b, 0);
  return first === 0 ? Buffer.compare(a, b) : first;
}

/** @returns the byte as -128 to 127 */
export function signedByte(bytes: CellBytes, index: number): number {
  return ((bytes[index] as number) << 24) >> 24;
}
