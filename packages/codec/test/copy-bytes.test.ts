import { copyBytes } from "@ofs/codec";
import { describe, expect, it } from "vitest";

const GUARD = 0xee;
/** Room around the views and around the piece, so that what is written too early or too late lies in it. */
const MARGIN_BYTES = 8;

/** Up to past the size from which on pieces are copied in bulk: 56 bytes. */
const SIZES = Array.from({ length: 70 }, (_, size) => size);

interface Piece {
  readonly size: number;
  /** Where the views lie in their buffers. */
  readonly fromByteOffset?: number;
  readonly toByteOffset?: number;
  /** Where the piece lies in the views. */
  readonly start?: number;
  readonly offset?: number;
}

/** Copies a piece and compares all of the buffers under both views. */
function expectCopied(piece: Piece): void {
  const { size, fromByteOffset = 0, toByteOffset = 0, start = 0, offset = 0 } = piece;
  const source = new Uint8Array(fromByteOffset + start + size + MARGIN_BYTES);
  for (let i = 0; i < source.length; i++) source[i] = i;
  const target = new Uint8Array(toByteOffset + offset + size + MARGIN_BYTES).fill(GUARD);
  const sourceBefore = source.slice();
  const wanted = target.slice();
  for (let i = 0; i < size; i++) {
    wanted[toByteOffset + offset + i] = fromByteOffset + start + i;
  }

  const from = new Uint8Array(source.buffer, fromByteOffset);
  const to = new Uint8Array(target.buffer, toByteOffset);
  copyBytes(from, start, size, to, offset);
  expect(target, JSON.stringify(piece)).toEqual(wanted);
  expect(source, JSON.stringify(piece)).toEqual(sourceBefore);
}

describe("copyBytes", () => {
  it("copies pieces of every size, and nothing beside them", () => {
    for (const size of SIZES) expectCopied({ size });
  });

  it("copies from and to where it is told", () => {
    for (const size of SIZES) {
      expectCopied({ size, start: 5 });
      expectCopied({ size, offset: 3 });
      expectCopied({ size, start: 3, offset: 7 });
    }
  });

  it("copies between views that do not begin where their buffers do", () => {
    for (const size of SIZES) {
      expectCopied({ size, fromByteOffset: 5 });
      expectCopied({ size, toByteOffset: 3 });
      expectCopied({ size, fromByteOffset: 3, toByteOffset: 9, start: 1, offset: 2 });
    }
  });

  it("copies pieces that end where the views do", () => {
    for (const size of SIZES) {
      const source = Uint8Array.from({ length: size + 2 }, (_, i) => i + 1);
      const target = new Uint8Array(size + 1);
      copyBytes(source, 2, size, target, 1);
      expect([...target], `${size} bytes`).toEqual([0, ...source.subarray(2)]);
    }
  });

  it("copies between Node's buffers", () => {
    for (const size of [3, 4, 55, 56, 57]) {
      const source = Buffer.from(Uint8Array.from({ length: size }, (_, i) => 0xff - i));
      const target = Buffer.from(new Uint8Array(size));
      copyBytes(source, 0, size, target, 0);
      expect(target.equals(source), `${size} bytes`).toBe(true);
    }
  });
});
