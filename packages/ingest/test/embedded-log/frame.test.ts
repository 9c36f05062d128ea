import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeFrame,
  decodeSegmentHeader,
  encodeFrame,
  encodeSegmentHeader,
  frameBatchOffset,
  frameBytes,
  frameOffset,
  frameSizeAt,
  isIntact,
  type LogRecord,
} from "../../src/embedded-log/frame.ts";

const bytes = fc.uint8Array({ maxLength: 40 });
const record: fc.Arbitrary<LogRecord> = fc.record({
  key: fc.option(bytes, { nil: undefined }),
  value: fc.option(bytes, { nil: undefined }),
  headers: fc.array(fc.tuple(fc.string({ unit: "grapheme", maxLength: 8 }), bytes), {
    maxLength: 4,
  }),
  timestampMs: fc.maxSafeNat(),
});

function plain({ key, value, headers, timestampMs }: LogRecord): unknown {
  const list = (of: Uint8Array | undefined): number[] | undefined => of && [...of];
  return [list(key), list(value), headers.map(([name, of]) => [name, list(of)]), timestampMs];
}

test("a frame gives back the record, wherever it is", () => {
  fc.assert(
    fc.property(
      record,
      fc.maxSafeNat(),
      fc.nat(1000),
      fc.nat(0xffffffff),
      fc.nat(9),
      (one, offset, batchIndex, seed, at) => {
        const buffer = Buffer.alloc(at + frameBytes(one) + 5, 0xff);
        const end = encodeFrame(buffer, at, one, offset, batchIndex, seed);
        expect(end).toBe(at + frameBytes(one));
        expect(frameSizeAt(buffer, at)).toBe(end - at);
        expect(isIntact(buffer, at, end, seed)).toBe(true);
        expect(isIntact(buffer, at, end, (seed ^ 1) >>> 0)).toBe(false);
        expect(frameOffset(buffer, at, end)).toBe(offset);
        expect(frameBatchOffset(buffer, at)).toBe(offset - batchIndex);
        const decoded = decodeFrame(buffer, at, end);
        expect(decoded?.offset).toBe(offset);
        expect(decoded && plain(decoded)).toEqual(plain(one));
        // A copy: what was read outlives the buffer.
        buffer.fill(0);
        expect(decoded && plain(decoded)).toEqual(plain(one));
      },
    ),
    { numRuns: 300 },
  );
});

test("a frame in which any bit is flipped is not intact, or is not its size", () => {
  fc.assert(
    fc.property(record, fc.nat(0xffffffff), fc.nat(), (one, seed, choice) => {
      const buffer = Buffer.alloc(frameBytes(one));
      const end = encodeFrame(buffer, 0, one, 7, 0, seed);
      const bit = choice % (end * 8);
      buffer[bit >> 3] = (buffer[bit >> 3] as number) ^ (1 << (bit & 7));
      const size = frameSizeAt(buffer, 0);
      expect(size === end && isIntact(buffer, 0, end, seed)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test("any bytes behind a valid checksum decode or are refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 40, maxLength: 120 }), (content) => {
      const buffer = Buffer.from(content);
      const decoded = decodeFrame(buffer, 0, buffer.length);
      if (decoded === undefined) return;
      const size = (decoded.key?.length ?? 0) + (decoded.value?.length ?? 0);
      expect(size).toBeLessThanOrEqual(buffer.length - 40);
    }),
    { numRuns: 500 },
  );
});

test("a segment's header gives back its seed, and nothing if a byte is wrong", () => {
  const header = encodeSegmentHeader(0xfedcba98);
  expect(decodeSegmentHeader(header)).toBe(0xfedcba98);
  expect(decodeSegmentHeader(header.subarray(0, 15))).toBeUndefined();
  for (let at = 0; at < header.length; at++) {
    const damaged = Buffer.from(header);
    damaged[at] = (damaged[at] as number) ^ 0x10;
    expect(decodeSegmentHeader(damaged)).toBeUndefined();
  }
});
