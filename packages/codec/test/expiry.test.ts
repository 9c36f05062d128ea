import { decodeExpiry, encodeExpiry, isExpired, ValueError } from "@ofs/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex, NOW_SECONDS, unhex } from "./support/blocks.ts";
import { PROPERTY_RUNS, PROPERTY_TIMEOUT_MS } from "./support/runs.ts";

/** 16383-12-31T23:59:59Z. */
const LAST_SECONDS = Date.UTC(16_383, 11, 31, 23, 59, 59) / 1000;
const DAY = 86_400;

function encode(expiryAtSeconds: number, nowSeconds = NOW_SECONDS - 1): Uint8Array {
  const bytes = new Uint8Array(7).fill(0xaa);
  encodeExpiry(expiryAtSeconds, nowSeconds, bytes, 1);
  if (bytes[0] !== 0xaa || bytes[6] !== 0xaa) throw new Error("wrote beyond its five bytes");
  return bytes.subarray(1, 6);
}

describe("expiry", () => {
  it("mixes the byte order as the format does", () => {
    expect(hex(encode(NOW_SECONDS))).toBe("0000a41f00");
    expect(hex(encode(0))).toBe("0000000000");
  });

  it(
    "comes back as it was, whatever the calendar",
    () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: LAST_SECONDS }), (seconds) => {
          const bytes = encode(seconds, 0);
          expect(decodeExpiry(bytes, 0)).toBe(seconds);
          const date = new Date(seconds * 1000);
          const high = Buffer.from(bytes).readUInt32LE(0);
          expect(high >>> 18).toBe(date.getUTCFullYear());
        }),
        { numRuns: PROPERTY_RUNS },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it.each([
    Date.UTC(1972, 1, 29) / 1000,
    Date.UTC(1999, 11, 31, 23, 59, 59) / 1000,
    Date.UTC(2000, 0, 1) / 1000,
    Date.UTC(2000, 11, 31) / 1000,
    Date.UTC(2100, 1, 28, 23, 59, 59) / 1000,
    Date.UTC(2400, 11, 31) / 1000,
    LAST_SECONDS,
  ])("keeps the edge of the calendar at %d", (seconds) => {
    expect(decodeExpiry(encode(seconds, 0), 0)).toBe(seconds);
  });

  it("keeps the first and the last second of every year", () => {
    const wrong: number[] = [];
    for (let year = 1971; year <= 16_383; year++) {
      const first = Date.UTC(year, 0, 1) / 1000;
      for (const seconds of [first - 1, first]) {
        if (decodeExpiry(encode(seconds, 0), 0) !== seconds) wrong.push(seconds);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("adds days and seconds beyond the calendar's", () => {
    // year 2025, day 511, second 131071
    const bytes = unhex("ff ff a7 1f ff");
    expect(decodeExpiry(bytes, 0)).toBe(NOW_SECONDS + 511 * DAY + 131_071);
  });

  it("takes years before 1970 for long past, the first second of 1970, too", () => {
    expect(decodeExpiry(unhex("0100000000"), 0)).toBeLessThan(0);
    const epoch = Buffer.alloc(5);
    epoch.writeUInt32LE(1970 << 18, 0);
    expect(isExpired(decodeExpiry(epoch, 0), 1)).toBe(true);
  });

  it("BETTER 3: refuses an expiry that is not in the future", () => {
    expect(() => encode(NOW_SECONDS, NOW_SECONDS)).toThrow(ValueError);
    expect(() => encode(NOW_SECONDS - 1, NOW_SECONDS)).toThrow(`expiry ${NOW_SECONDS - 1}`);
    expect(() => encode(NOW_SECONDS, Number.NaN)).toThrow(ValueError);
  });

  it("BETTER 3: encodes an expiry of more than 513 days truthfully", () => {
    const far = NOW_SECONDS + 3650 * DAY;
    expect(decodeExpiry(encode(far), 0)).toBe(far);
  });

  it("BETTER 3: refuses what the format cannot hold", () => {
    expect(() => encode(LAST_SECONDS + 1)).toThrow("16383");
    expect(() => encode(NOW_SECONDS + 0.5)).toThrow("whole number");
    expect(() => encode(Number.NaN)).toThrow(ValueError);
    expect(() => encode(-5, -10)).toThrow(ValueError);
  });

  it("is live in the very second, and not any fraction later", () => {
    expect(isExpired(NOW_SECONDS, NOW_SECONDS * 1000)).toBe(false);
    expect(isExpired(NOW_SECONDS, NOW_SECONDS * 1000 + 0.001)).toBe(true);
    expect(isExpired(0, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it("never fails to decode five bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 5, maxLength: 5 }), (bytes) => {
        expect(Number.isSafeInteger(decodeExpiry(bytes, 0))).toBe(true);
      }),
    );
  });
});
