import { CodecError } from "@ofs/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxContentSize } from "../../src/zstd/frame.ts";
import { compressNative, decompressNative, HAS_NATIVE_ZSTD } from "../../src/zstd/native-zstd.ts";
import { WasmZstdCodec } from "../../src/zstd/wasm-zstd.ts";
import { compressZstd, decompressZstd } from "../../src/zstd/zstd.ts";
import { damaged } from "../support/arbitraries.ts";
import { unhex } from "../support/blocks.ts";
import { PROPERTY_RUNS, PROPERTY_TIMEOUT_MS } from "../support/runs.ts";

const LIMIT = 1 << 20;

/** Content with repetitions, so that most of it can be compressed. */
const content = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 40 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => {
    const bytes: number[] = [];
    for (const [part, count] of parts) for (let i = 0; i < count; i++) bytes.push(...part);
    return Uint8Array.from(bytes);
  });

const frames = content.map((bytes) => compressZstd(bytes) ?? unhex("28b52ffd 0400 010000"));

/** A frame without content size, and with a checksum, as the older system writes small ones. */
const FOREIGN = unhex("28b52ffd44009000650000200000c03f015404022c89075001a82b");

/** Bytes without pattern. */
function noise(sizeBytes: number): Uint8Array {
  let state = 12_345;
  return Uint8Array.from({ length: sizeBytes }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  });
}

function outcomeOf(action: () => Uint8Array): Uint8Array | string {
  try {
    return action();
  } catch (error) {
    if (error instanceof CodecError) return error.code;
    throw error;
  }
}

describe("zstd", () => {
  it(
    "gives the content back, from any place in a buffer",
    () => {
      fc.assert(
        fc.property(content, fc.nat(9), (bytes, offset) => {
          const frame = compressZstd(bytes);
          if (frame === undefined) return;
          expect(frame.length).toBeLessThanOrEqual(bytes.length - 64);
          expect(frame.length).toBeLessThanOrEqual((bytes.length * 7) / 8);
          const buffer = new Uint8Array(offset + frame.length);
          buffer.set(frame, offset);
          expect(Buffer.compare(decompressZstd(buffer, offset, bytes.length), bytes)).toBe(0);
          expect(maxContentSize(buffer, offset)).toBeGreaterThanOrEqual(bytes.length);
        }),
        { numRuns: PROPERTY_RUNS },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it("does not compress what cannot become shorter", () => {
    expect(compressZstd(new Uint8Array(0))).toBeUndefined();
    expect(compressZstd(new Uint8Array(10))).toBeUndefined();
    const different = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(compressZstd(different)).toBeUndefined();
  });

  it("does not compress for a saving that is not worth decompressing", () => {
    const zeros = (size: number) => compressZstd(new Uint8Array(size))?.length;
    // Twelve bytes of frame: nearly all is saved, but less than 64 bytes of the shorter.
    expect(zeros(70)).toBeUndefined();
    expect(zeros(90)).toBeLessThan(26);
    // A twelfth of it is compressible: more than 64 bytes, less than an eighth.
    const mostlyNoise = Buffer.concat([noise(1100), new Uint8Array(100)]);
    expect(new WasmZstdCodec().compress(mostlyNoise, 3)?.length).toBeLessThan(1136);
    expect(compressZstd(mostlyNoise)).toBeUndefined();
    expect(compressZstd(Buffer.concat([noise(600), new Uint8Array(600)]))).toBeDefined();
  });

  it("reads frames that do not tell their content size", () => {
    expect(decompressZstd(FOREIGN, 0, LIMIT).length).toBeGreaterThan(FOREIGN.length);
  });

  it("BETTER 4: does not exceed the limit, whatever the frame says", () => {
    const bytes = new Uint8Array(100_000).fill(5);
    const frame = compressZstd(bytes) as Uint8Array;
    expect(outcomeOf(() => decompressZstd(frame, 0, 99_999))).toBe("OVERFLOW");
    expect(outcomeOf(() => decompressZstd(FOREIGN, 0, 10))).toBe("OVERFLOW");
    // One block after another of one repeated byte: 4 bytes make 128 KiB.
    const bomb = [...unhex("28b52ffd 00 58")];
    for (let i = 0; i < 4000; i++) bomb.push(0x02, 0x00, 0x10, 0x41);
    bomb.push(0x01, 0x00, 0x00);
    expect(maxContentSize(Uint8Array.from(bomb), 0)).toBe(4000 * 131_072);
    expect(outcomeOf(() => decompressZstd(Uint8Array.from(bomb), 0, LIMIT))).toBe("OVERFLOW");
    // A header that promises much, with little behind it.
    const liar = unhex("28b52ffd a0 ffffff7f 010000");
    expect(outcomeOf(() => decompressZstd(liar, 0, LIMIT))).toBe("CORRUPT");
  });

  it.each([
    ["another magic number", "29b52ffd 0400 010000", "CORRUPT"],
    ["a dictionary", "28b52ffd 01 00 05 010000", "UNSUPPORTED"],
    ["no blocks", "28b52ffd 0400", "TRUNCATED"],
    ["a cut block", "28b52ffd 0400 290000 61", "TRUNCATED"],
    ["a reserved block type", "28b52ffd 0000 070000", "CORRUPT"],
    ["something after it", "28b52ffd 0000 010000 00", "CORRUPT"],
    ["a missing checksum", "28b52ffd 0400 010000", "TRUNCATED"],
    ["less than a header", "28b52ffd", "TRUNCATED"],
  ])("refuses a frame with %s", (_, bytes, code) => {
    expect(outcomeOf(() => decompressZstd(unhex(bytes), 0, LIMIT))).toBe(code);
  });

  it(
    "any bytes decompress within the limit or throw CodecError",
    () => {
      fc.assert(
        fc.property(fc.oneof(damaged(frames), fc.uint8Array({ maxLength: 60 })), (bytes) => {
          const outcome = outcomeOf(() => decompressZstd(bytes, 0, 4096));
          if (typeof outcome !== "string") expect(outcome.length).toBeLessThanOrEqual(4096);
        }),
        { numRuns: PROPERTY_RUNS },
      );
      expect(decompressZstd(FOREIGN, 0, LIMIT).length).toBeGreaterThan(0);
    },
    PROPERTY_TIMEOUT_MS,
  );
});

describe("WasmZstdCodec", () => {
  it("serves large content and then small, starting anew in between", () => {
    const codec = new WasmZstdCodec();
    const large = new Uint8Array(9 << 20).fill(7);
    const frame = codec.compress(large, 3) as Uint8Array;
    expect(codec.decompress(frame, large.length)?.length).toBe(large.length);
    const small = new Uint8Array(100).fill(1);
    const smallFrame = codec.compress(small, 3) as Uint8Array;
    expect(codec.decompress(smallFrame, 100)).toEqual(small);
    expect(codec.decompress(smallFrame, 99)).toBeUndefined();
  });

  it("takes an empty frame for empty content", () => {
    expect(new WasmZstdCodec().decompress(unhex("28b52ffd 2000 010000"), 0)?.length).toBe(0);
  });
});

describe.runIf(HAS_NATIVE_ZSTD)("the runtime's own zstd", () => {
  it("reads what the other writes, and the other way round", () => {
    const bytes = new Uint8Array(300_000).fill(9);
    const codec = new WasmZstdCodec();
    const native = compressNative(bytes, 3) as Uint8Array;
    expect(codec.decompress(native, bytes.length)).toEqual(bytes);
    const other = codec.compress(bytes, 3) as Uint8Array;
    expect(new Uint8Array(decompressNative(other, bytes.length) ?? [])).toEqual(bytes);
    expect(decompressNative(other, bytes.length - 1)).toBeUndefined();
    expect(decompressNative(other.with(20, 0xff), bytes.length)).toBeUndefined();
  });

  it("serves large content behind the common functions", () => {
    const bytes = new Uint8Array(1 << 20).fill(3);
    const frame = compressZstd(bytes) as Uint8Array;
    expect(decompressZstd(frame, 0, bytes.length).length).toBe(bytes.length);
    expect(outcomeOf(() => decompressZstd(frame, 0, bytes.length - 1))).toBe("OVERFLOW");
  });
});
