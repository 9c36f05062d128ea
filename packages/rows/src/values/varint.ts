import { bufferOf } from "./buffers.ts";
import type { CellBytes } from "./cell-bytes.ts";

/** Longest text of a number of any size, in characters. */
export const NUMBER_LENGTH_MAX = 10_000;

/** Integers of so many digits are exact as a JavaScript number, and fit into {@link SMALL_SIZE_MAX} bytes. */
export const SMALL_DIGITS_MAX = 14;

/** Bytes of integers that are read and written as JavaScript numbers. */
const SMALL_SIZE_MAX = 6;

const ZERO = 0x30;
const NINE = 0x39;

/** Whether the text is digits from `start` on, one at least. */
export function isDigits(text: string, start: number): boolean {
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < ZERO || code > NINE) return false;
  }
  return text.length > start;
}

/** The fewest bytes, two's complement. @param digits with a sign or without, at most {@link NUMBER_LENGTH_MAX} */
export function varintOf(digits: string): CellBytes {
  return digits.length <= SMALL_DIGITS_MAX
    ? smallVarint(Number(digits))
    : largeVarint(BigInt(digits));
}

function smallVarint(value: number): CellBytes {
  let size = 1;
  let limit = 0x80;
  while (value < -limit || value >= limit) {
    size += 1;
    limit *= 0x100;
  }
  const bytes = Buffer.allocUnsafe(size);
  bytes.writeIntBE(value, 0, size);
  return bytes;
}

function largeVarint(value: bigint): CellBytes {
  const isNegative = value < 0n;
  // Of a negative number all bits are those of its complement, turned over.
  const hex = (isNegative ? -value - 1n : value).toString(16);
  const isFirstBitFree = hex.length % 2 === 1 || hex.charCodeAt(0) < 0x38;
  const padding = hex.length % 2 === 1 ? "0" : "00";
  const bytes = Buffer.from(hex.length % 2 === 0 && isFirstBitFree ? hex : padding + hex, "hex");
  if (isNegative)
    for (let index = 0; index < bytes.length; index++) bytes[index] = ~(bytes[index] as number);
  return bytes;
}

/** @param bytes one at least */
export function varintText(bytes: CellBytes): string {
  const buffer = bufferOf(bytes);
  return buffer.length <= SMALL_SIZE_MAX
    ? String(buffer.readIntBE(0, buffer.length))
    : readVarint(buffer).toString();
}

/** @param bytes one at least */
export function readVarint(bytes: CellBytes): bigint {
  const buffer = bufferOf(bytes);
  if (buffer.length <= SMALL_SIZE_MAX) return BigInt(buffer.readIntBE(0, buffer.length));
  return BigInt.asIntN(buffer.length * 8, BigInt(`0x${buffer.toString("hex")}`));
}

/** @param a and `b`: one byte at least */
export function compareVarints(a: CellBytes, b: CellBytes): number {
  const [left, right] = [readVarint(a), readVarint(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
