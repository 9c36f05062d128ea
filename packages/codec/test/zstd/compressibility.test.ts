import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Compressibility } from "../../src/zstd/compressibility.ts";
import { MIN_FRAME_SIZE_BYTES } from "../../src/zstd/frame.ts";
import { WasmZstdCodec } from "../../src/zstd/wasm-zstd.ts";
import { PROPERTY_RUNS, PROPERTY_TIMEOUT_MS } from "../support/runs.ts";

/** By how much the frame of content that was passed over may be shorter than asked for, in bytes. */
const LOSS_MAX = 8;

const zstd = new WasmZstdCodec();
const compressibility = new Compressibility();

/** Contents as payloads have them: elements of a width, some zero, some from a small choice, some with few low bits. */
const contents = fc
  .record({
    width: fc.constantFrom(1, 2, 4, 8),
    bits: fc.integer({ min: 1, max: 64 }),
    shift: fc.integer({ min: 0, max: 40 }),
    zeroPercent: fc.constantFrom(0, 0, 10, 50),
    choiceCount: fc.constantFrom(0, 0, 3, 40),
    sizeBytes: fc.integer({ min: 1, max: 1300 }),
  })
  .chain((kind) =>
    fc
      .array(fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(99)), {
        minLength: Math.ceil(kind.sizeBytes / kind.width),
        maxLength: Math.ceil(kind.sizeBytes / kind.width),
      })
      .map((elements) => {
        const bytes = Buffer.alloc(elements.length * kind.width);
        const used = kind.choiceCount === 0 ? elements : elements.slice(0, kind.choiceCount);
        for (let i = 0; i < elements.length; i++) {
          const [, chance] = elements[i] as [bigint, number];
          const [value] = used[(i * 7 + chance) % used.length] as [bigint, number];
          if (chance < kind.zeroPercent) continue;
          const kept = BigInt.asUintN(kind.bits, value) << BigInt(kind.shift);
          const all = Buffer.alloc(8);
          all.writeBigUInt64LE(BigInt.asUintN(64, kept));
          all.copy(bytes, i * kind.width, 0, kind.width);
        }
        return bytes.subarray(0, kind.sizeBytes);
      }),
  );

describe("the guess whether content can be compressed", () => {
  it(
    "passes over only what would hardly become shorter than asked for",
    () => {
      fc.assert(
        fc.property(contents, fc.integer({ min: 1, max: 200 }), (bytes, saved) => {
          const maxSizeBytes = bytes.length - saved;
          if (maxSizeBytes < MIN_FRAME_SIZE_BYTES) return;
          if (compressibility.isPossible(bytes, maxSizeBytes)) return;
          const size = zstd.compress(bytes, 3)?.length ?? bytes.length;
          expect(size).toBeGreaterThanOrEqual(maxSizeBytes - LOSS_MAX);
        }),
        { numRuns: Math.ceil(PROPERTY_RUNS / 4) },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it("passes over floats that have nothing in common", () => {
    const floats = Float32Array.from({ length: 20 }, (_, i) => Math.sqrt(i + 2) * 1000);
    const bytes = new Uint8Array(floats.buffer);
    expect(compressibility.isPossible(bytes, bytes.length - 1)).toBe(false);
  });

  it.each([
    ["zeros", new Uint8Array(80)],
    ["small integers", new Uint8Array(Int32Array.from({ length: 20 }, (_, i) => i * 5).buffer)],
    ["few values", Uint8Array.from({ length: 80 }, (_, i) => (i * 31) % 10)],
    ["one long repetition", Buffer.concat([randomish(40), randomish(40)])],
    ["text", Buffer.from("red shirt, blue shirt, red skirt, blue skirt; ".repeat(2))],
  ])("tries %s", (_, bytes) => {
    expect(compressibility.isPossible(bytes, bytes.length - 1)).toBe(true);
    expect(zstd.compress(bytes, 3)?.length).toBeLessThan(bytes.length);
  });

  it("has an answer of its own for each content, whatever it looked at before", () => {
    const floats = new Uint8Array(
      Float32Array.from({ length: 20 }, (_, i) => Math.sqrt(i + 2) * 1000).buffer,
    );
    for (let round = 0; round < 3; round++) {
      expect(compressibility.isPossible(floats, 79)).toBe(false);
      expect(compressibility.isPossible(Buffer.concat([floats, floats]), 159)).toBe(true);
    }
  });

  it("asks for more where more is to be saved", () => {
    const integers = new Uint8Array(Int32Array.from({ length: 100 }, (_, i) => i * 5).buffer);
    expect(compressibility.isPossible(integers, 350)).toBe(true);
    expect(compressibility.isPossible(integers, 20)).toBe(false);
  });

  it("tries long content without a look", () => {
    expect(compressibility.isPossible(randomish(1025), 1024)).toBe(true);
  });
});

/** The same bytes for a size, without pattern. */
function randomish(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  let state = 12_345;
  for (let i = 0; i < sizeBytes; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}
