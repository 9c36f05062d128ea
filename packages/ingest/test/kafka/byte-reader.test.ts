import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader, KafkaDataError } from "../../src/kafka/byte-reader.ts";
import { varint } from "./batch-builder.ts";

describe("ByteReader", () => {
  it("reads varints of up to 53 bits", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), (value) => {
        const bytes = varint(value);
        const reader = new ByteReader(bytes);
        expect(reader.varint()).toBe(value);
        expect(reader.remaining).toBe(0);
      }),
      { numRuns: 500, examples: [[0], [-1], [63], [64], [2 ** 27], [-(2 ** 27)], [2 ** 31]] },
    );
  });

  it("reads any 64-bit number that is exact as a number", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64BE(BigInt(value));
        expect(new ByteReader(bytes).int64()).toBe(value);
      }),
      { numRuns: 500, examples: [[-1], [2 ** 32], [-(2 ** 32)]] },
    );
  });

  it("refuses a varint without an end, and fields that are cut off", () => {
    expect(() => new ByteReader(new Uint8Array(11).fill(0xff)).varint()).toThrow(KafkaDataError);
    expect(() => new ByteReader(new Uint8Array(3)).int32()).toThrow(/4 bytes at byte 0/);
    expect(() => new ByteReader(Buffer.from([0, 5, 65])).string()).toThrow(/5 bytes at byte 2/);
    expect(() => new ByteReader(new Uint8Array(3)).skip(-1)).toThrow(KafkaDataError);
  });

  it("does not read past the end that it is given", () => {
    const reader = new ByteReader(new Uint8Array(16), 4, 8);
    reader.int32();
    expect(() => reader.int8()).toThrow(KafkaDataError);
  });
});
