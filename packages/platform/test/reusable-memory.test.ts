import { ReusableMemory } from "@ofs/platform";
import fc from "fast-check";
import { expect, test } from "vitest";

const MIB = 1024 * 1024;

test("what is given back is taken again, by pieces of about its size", () => {
  const memory = new ReusableMemory(MIB);
  const first = memory.take(10_000);
  memory.giveBack(first);
  expect(memory.freeBytes).toBe(16_384);
  expect(memory.take(8_192).buffer).not.toBe(first.buffer);
  expect(memory.take(16_385).buffer).not.toBe(first.buffer);
  const second = memory.take(16_384);
  expect(second.buffer).toBe(first.buffer);
  expect(second.length).toBe(16_384);
  expect(memory.freeBytes).toBe(0);
});

test("what is given back twice has one owner afterwards", () => {
  const memory = new ReusableMemory(MIB);
  const piece = memory.take(5_000);
  memory.giveBack(piece);
  memory.giveBack(piece);
  expect(memory.take(5_000).buffer).not.toBe(memory.take(5_000).buffer);
});

test.each([
  ["of others", Buffer.allocUnsafeSlow(8_192)],
  ["of Node's pool", new ReusableMemory(MIB).take(100)],
  ["too large to keep", new ReusableMemory(MIB).take(5 * MIB)],
  ["of another", new ReusableMemory(MIB).take(8_192)],
  ["without bytes", new Uint8Array(0)],
])("memory %s is not kept", (_, piece) => {
  const memory = new ReusableMemory(64 * MIB);
  memory.giveBack(piece);
  expect(memory.freeBytes).toBe(0);
});

test("no more is kept than is allowed", () => {
  const memory = new ReusableMemory(40_000);
  const pieces = Array.from({ length: 4 }, () => memory.take(16_000));
  for (const piece of pieces) memory.giveBack(piece);
  expect(memory.freeBytes).toBe(32_768);
});

test("no two owners have the same memory at a time, and each has the size it asked for", () => {
  const size = fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.constantFrom(4_095, 4_096, 4_097));
  fc.assert(
    fc.property(fc.array(fc.tuple(size, fc.nat()), { maxLength: 60 }), (steps) => {
      const memory = new ReusableMemory(100_000);
      const held: { piece: Buffer; mark: number }[] = [];
      for (const [mark, [bytes, place]] of steps.entries()) {
        const piece = memory.take(bytes).fill(mark);
        expect(piece.length).toBe(bytes);
        held.push({ piece, mark });
        for (const other of held) {
          expect(other.piece.every((byte) => byte === other.mark)).toBe(true);
        }
        const [given] = place % 2 === 0 ? held.splice(place % held.length, 1) : [];
        if (given !== undefined) memory.giveBack(given.piece);
        expect(memory.freeBytes).toBeLessThanOrEqual(100_000);
      }
    }),
    { numRuns: 100 },
  );
});
