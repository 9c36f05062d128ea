import fc from "fast-check";
import { expect, test } from "vitest";
import { BlockSlab } from "../../src/embedded/block-slab.ts";

test("no two blocks share a byte, whatever their sizes", () => {
  const sizes = fc.array(fc.oneof(fc.nat(300), fc.nat(100_000)), { maxLength: 40 });
  fc.assert(
    fc.property(sizes, fc.nat(50), (taken, maxCount) => {
      const slab = new BlockSlab(maxCount);
      const blocks = taken.map((size) => slab.take(size));
      for (const [i, block] of blocks.entries()) block.fill(i + 1);
      for (const [i, block] of blocks.entries()) {
        expect(block.length).toBe(taken[i]);
        expect(block.every((byte) => byte === i + 1)).toBe(true);
      }
    }),
  );
});

test("blocks of one size share a buffer, of bounded size", () => {
  const slab = new BlockSlab(1000);
  const blocks = Array.from({ length: 1000 }, () => slab.take(89));
  const buffers = new Set(blocks.map(({ buffer }) => buffer));
  expect(buffers.size).toBe(2);
  for (const buffer of buffers) expect(buffer.byteLength).toBeLessThanOrEqual(65_536);
});
