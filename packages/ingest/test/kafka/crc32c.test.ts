import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32c } from "../../src/kafka/crc32c.ts";

describe("crc32c", () => {
  it("has the published check values", () => {
    const check = Buffer.from("123456789");
    expect(crc32c(check, 0, check.length)).toBe(0xe3069283);
    // RFC 3720, B.4: 32 bytes of zeros, of ones, rising.
    expect(crc32c(new Uint8Array(32), 0, 32)).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff), 0, 32)).toBe(0x62a8ab43);
    expect(
      crc32c(
        Uint8Array.from({ length: 32 }, (_, index) => index),
        0,
        32,
      ),
    ).toBe(0x46dd794e);
  });

  it("takes eight bytes a step and the rest one by one to the same end", () => {
    const oneByOne = (bytes: Uint8Array): number => {
      let crc = 0xffffffff;
      for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
      }
      return ~crc >>> 0;
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), (bytes, start) => {
        const from = Math.min(start, bytes.length);
        expect(crc32c(bytes, from, bytes.length)).toBe(oneByOne(bytes.subarray(from)));
      }),
      { numRuns: 300 },
    );
  });
});
