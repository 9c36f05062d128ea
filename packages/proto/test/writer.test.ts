import { stringSize, varintSize, writeString, writeVarint } from "@ofs/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENCODING_RUNS, varint } from "./wire-arbitraries.ts";

describe("writers", () => {
  test.each([0, 0x7f, 0x80, 0x3fff, 0x4000, 0x1f_ffff, 0x20_0000, 0xfff_ffff, 0x1000_0000])(
    "writes the varint %i in as many bytes as it says",
    (value) => {
      const out = Buffer.alloc(12, 0xee);
      const end = writeVarint(out, 3, value);
      expect(end - 3).toBe(varintSize(value));
      expect(out.subarray(3, end)).toEqual(varint(value));
      expect([out[2], out[end]]).toEqual([0xee, 0xee]);
    },
  );

  test("writes every unsigned 32-bit number", () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), (value) => {
        const out = Buffer.alloc(5);
        expect(out.subarray(0, writeVarint(out, 0, value))).toEqual(varint(value));
      }),
      { numRuns: ENCODING_RUNS },
    );
  });

  test("writes any text as UTF-8 in as many bytes as it says, lone surrogates replaced", () => {
    const any = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.string({ maxLength: 60 }),
      fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes)),
    );
    fc.assert(
      fc.property(any, (text) => {
        const size = stringSize(text);
        const out = Buffer.alloc(size + 2, 0xee);
        expect(writeString(out, 1, text)).toBe(1 + size);
        expect(out.subarray(1, 1 + size)).toEqual(Buffer.from(text));
        expect(out[1 + size]).toBe(0xee);
      }),
      { numRuns: ENCODING_RUNS },
    );
  });
});
