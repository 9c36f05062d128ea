import { describe, expect, it } from "vitest";
import { Slab } from "../../src/kafka/slab.ts";

describe("Slab", () => {
  it("copies values into small pieces of memory, and large ones into their own", () => {
    const slab = new Slab();
    const fetched = new Uint8Array(8_000_000).fill(1);
    const copies = [0, 2000, 10_000, 20_000, 1_000_000].map((size) =>
      slab.copy(fetched.subarray(0, size)),
    );
    expect(copies.map(({ length }) => length)).toEqual([0, 2000, 10_000, 20_000, 1_000_000]);
    for (const copy of copies) {
      expect(copy.buffer.byteLength).toBeLessThanOrEqual(Math.max(65_536, copy.length));
      expect(copy.every((byte) => byte === 1)).toBe(true);
    }
    fetched.fill(2);
    expect(copies[1]?.[0]).toBe(1);
  });

  it("does not let values overlap", () => {
    const slab = new Slab();
    const values = Array.from({ length: 200 }, (_, index) => new Uint8Array(1000).fill(index));
    const copies = values.map((value) => slab.copy(value));
    for (const [index, copy] of copies.entries()) {
      expect(copy.every((byte) => byte === index)).toBe(true);
    }
  });
});
