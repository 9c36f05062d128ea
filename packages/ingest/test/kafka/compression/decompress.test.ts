import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KafkaDataError } from "../../../src/kafka/byte-reader.ts";
import { decompress } from "../../../src/kafka/compression/decompress.ts";

const { OFS_PROPERTY_RUNS = "1000" } = process.env;
const GZIP = 1;
const SNAPPY = 2;
const LZ4 = 3;
const ZSTD = 4;
const MAX = 1 << 20;

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(" ", ""), "hex");
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

// Written by hand after the formats' descriptions; the integration tests read what Kafka's own libraries write.
const SNAPPY_LITERAL = hex("05 10 48656c6c6f");
/** "abcd" and then 10 bytes from 4 before: a copy with a two-byte offset that overlaps itself. */
const SNAPPY_COPY = hex("0e 0c 61626364 26 0400");
/** "abcdefgh", then 4 bytes from 8 before: a copy with a short offset. */
const SNAPPY_SHORT_COPY = hex("0c 1c 6162636465666768 01 08");
/** A frame of one block: 4 literals "abcd", a match of 10 from 4 before, then 5 literals "vwxyz". */
const LZ4_BLOCK = hex("46 61626364 0400 50 767778797a");

function lz4Frame(blocks: readonly Uint8Array[], flags = 0x60): Buffer {
  const parts = blocks.map((block) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length);
    return Buffer.concat([size, block]);
  });
  return Buffer.concat([hex("04224d18"), Buffer.from([flags, 0x40, 0]), ...parts, hex("00000000")]);
}

describe("decompress", () => {
  it("reads gzip, in one piece and in several", () => {
    const content = Buffer.from("content ".repeat(100));
    expect(text(decompress(GZIP, gzipSync(content), MAX))).toBe(content.toString());
    const two = Buffer.concat([gzipSync("one"), gzipSync("two")]);
    expect(text(decompress(GZIP, two, MAX))).toBe("onetwo");
  });

  it("reads snappy: literals, near and far copies", () => {
    expect(text(decompress(SNAPPY, SNAPPY_LITERAL, MAX))).toBe("Hello");
    expect(text(decompress(SNAPPY, SNAPPY_COPY, MAX))).toBe("abcdabcdabcdab");
    expect(text(decompress(SNAPPY, SNAPPY_SHORT_COPY, MAX))).toBe("abcdefghabcd");
    const long = Buffer.concat([
      hex("ac02 f0ff"),
      Buffer.alloc(256, "A"),
      hex("ac"),
      Buffer.alloc(44, "B"),
    ]);
    expect(text(decompress(SNAPPY, long, MAX))).toBe("A".repeat(256) + "B".repeat(44));
  });

  it("reads snappy in the pieces that Java writes", () => {
    const head = hex("82534e4150505900 00000001 00000001");
    const bytes = Buffer.concat([
      head,
      hex("00000007"),
      SNAPPY_LITERAL,
      hex("00000009"),
      SNAPPY_COPY,
    ]);
    expect(text(decompress(SNAPPY, bytes, MAX))).toBe("Helloabcdabcdabcdab");
    expect(() => decompress(SNAPPY, bytes.subarray(0, -1), MAX)).toThrow(KafkaDataError);
    expect(() => decompress(SNAPPY, bytes, 18)).toThrow(/larger than 13 bytes/);
  });

  it("reads LZ4: matches, several blocks that refer to each other, stored blocks, checksums", () => {
    expect(text(decompress(LZ4, lz4Frame([LZ4_BLOCK]), MAX))).toBe("abcdabcdabcdabvwxyz");
    // The second block's match reaches back into the first.
    const linked = hex("06 1300 50 767778797a");
    expect(text(decompress(LZ4, lz4Frame([LZ4_BLOCK, linked], 0x40), MAX))).toBe(
      "abcdabcdabcdabvwxyzabcdabcdabvwxyz",
    );
    const stored = Buffer.concat([
      hex("04224d18 64 40 00 03000080"),
      Buffer.from("raw"),
      hex("00000000 deadbeef"),
    ]);
    expect(text(decompress(LZ4, stored, MAX))).toBe("raw");
  });

  it("refuses content that is larger than allowed, whatever the frame promises", () => {
    const content = Buffer.alloc(5000, 7);
    expect(() => decompress(GZIP, gzipSync(content), 4999)).toThrow(KafkaDataError);
    expect(() => decompress(SNAPPY, SNAPPY_COPY, 13)).toThrow(/larger than 13 bytes/);
    expect(() => decompress(LZ4, lz4Frame([LZ4_BLOCK]), 18)).toThrow(KafkaDataError);
    expect(() => decompress(SNAPPY, hex("ffffffff0f 00"), MAX)).toThrow(/larger than/);
  });

  it("names an algorithm that does not exist", () => {
    expect(() => decompress(7, new Uint8Array(), MAX)).toThrow("unknown compression 7");
  });

  it("refuses any damage or gives some content, and nothing else", () => {
    const seeds = [SNAPPY_LITERAL, SNAPPY_COPY, lz4Frame([LZ4_BLOCK]), gzipSync("x".repeat(50))];
    const damaged = fc
      .tuple(fc.constantFrom(...seeds), fc.nat(), fc.nat(255), fc.nat(40))
      .map(([seed, at, byte, cut]) => {
        const bytes = Buffer.from(seed);
        bytes[at % bytes.length] = byte;
        return bytes.subarray(0, Math.max(1, bytes.length - (cut > 30 ? cut - 30 : 0)));
      });
    fc.assert(
      fc.property(
        fc.constantFrom(GZIP, SNAPPY, LZ4, ZSTD),
        fc.oneof(damaged, fc.uint8Array({ maxLength: 80 })),
        (algorithm, bytes) => {
          try {
            expect(decompress(algorithm, bytes, 1000).length).toBeLessThanOrEqual(1000);
          } catch (error) {
            expect(error).toBeInstanceOf(KafkaDataError);
          }
        },
      ),
      { numRuns: Number(OFS_PROPERTY_RUNS) },
    );
  });
});
