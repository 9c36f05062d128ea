import { entityKeyString, joinColumns, splitBlock, ValueError } from "@ofs/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("entityKeyString", () => {
  it("joins label and key values", () => {
    expect(entityKeyString("user", ["42"])).toBe("user:42");
    expect(entityKeyString("user", ["a", "b"])).toBe("user:a|b");
  });

  it("BETTER 19: only joins; values with a bar are refused before", () => {
    expect(entityKeyString("e", ["a|b", "c"])).toBe(entityKeyString("e", ["a", "b|c"]));
  });
});

describe("splitBlock and joinColumns", () => {
  it("fills the columns in order and leaves the spare ones empty", () => {
    const pieces = splitBlock(Uint8Array.of(1, 2, 3, 4, 5), 4, 2);
    expect(pieces.map((piece) => [...piece])).toEqual([[1, 2], [3, 4], [5], []]);
  });

  it("BETTER 21: refuses a block that does not fit", () => {
    expect(() => splitBlock(new Uint8Array(9), 2, 4)).toThrow("block of 9 bytes does not fit 2");
    expect(() => splitBlock(new Uint8Array(9), 0, 4)).toThrow(ValueError);
    expect(() => splitBlock(new Uint8Array(9), 2, Number.NaN)).toThrow(ValueError);
    expect(splitBlock(new Uint8Array(8), 2, 4)).toHaveLength(2);
  });

  it("joins again what was split", () => {
    const sizes = fc.record({
      columns: fc.integer({ min: 1, max: 9 }),
      size: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(
        sizes,
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        ({ columns, size }, block) => {
          fc.pre(block.length <= columns * size);
          const pieces = splitBlock(block, columns, size);
          expect(pieces.every((piece) => piece.length <= size)).toBe(true);
          expect(joinColumns(pieces)).toEqual(block);
        },
      ),
    );
  });

  it("takes null for empty, and nothing at all for nothing stored", () => {
    expect(joinColumns([null, Uint8Array.of(1), undefined, Uint8Array.of(2)])).toEqual(
      Uint8Array.of(1, 2),
    );
    expect(joinColumns([null, undefined, new Uint8Array(0)])).toBeUndefined();
    expect(joinColumns([])).toBeUndefined();
  });

  it("copies, so that the driver's buffer can go", () => {
    const part = Uint8Array.of(1, 2);
    const joined = joinColumns([part]);
    part.fill(9);
    expect(joined).toEqual(Uint8Array.of(1, 2));
  });
});
