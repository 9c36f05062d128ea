import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeHuffman, encodeHuffman } from "../../src/hpack/huffman.ts";
import { HUFFMAN_CODE_LENGTHS, huffmanCodes } from "../../src/hpack/huffman-code.ts";

const { OFS_PROPERTY_RUNS = "300" } = process.env;
const RUNS = Number(OFS_PROPERTY_RUNS);

function decode(bytes: Uint8Array): Buffer | undefined {
  const target = Buffer.alloc(Math.ceil((bytes.length * 8) / 5));
  const size = decodeHuffman(bytes, 0, bytes.length, target);
  return size < 0 ? undefined : target.subarray(0, size);
}

// RFC 7541, C.4 and C.6.
test.each([
  ["www.example.com", "f1e3c2e5f23a6ba0ab90f4ff"],
  ["no-cache", "a8eb10649cbf"],
  ["custom-key", "25a849e95ba97d7f"],
  ["custom-value", "25a849e95bb8e8b4bf"],
  ["302", "6402"],
  ["private", "aec3771a4b"],
  ["Mon, 21 Oct 2013 20:13:21 GMT", "d07abe941054d444a8200595040b8166e082a62d1bff"],
  ["https://www.example.com", "9d29ad171863c78f0b97c8e9ae82ae43d3"],
])("%s", (plain, coded) => {
  expect(Buffer.from(encodeHuffman(Buffer.from(plain))).toString("hex")).toBe(coded);
  expect(decode(Buffer.from(coded, "hex"))?.toString()).toBe(plain);
});

test("codes at the ends of the table are the published ones", () => {
  const codes = huffmanCodes();
  const of = (symbol: number) => [codes[symbol], HUFFMAN_CODE_LENGTHS[symbol]];
  expect(of(0)).toEqual([0x1ff8, 13]);
  expect(of(48)).toEqual([0, 5]);
  expect(of(249)).toEqual([0xffffffe, 28]);
  expect(of(255)).toEqual([0x3ffffee, 26]);
  expect(of(256)).toEqual([0x3fffffff, 30]);
});

test("any bytes survive", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(decode(encodeHuffman(bytes))).toEqual(Buffer.from(bytes));
    }),
    { numRuns: RUNS },
  );
});

test("any bytes decode within the bound, or are refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const decoded = decode(bytes);
      if (decoded !== undefined) {
        expect(Buffer.from(encodeHuffman(decoded))).toEqual(Buffer.from(bytes));
      }
    }),
    { numRuns: RUNS },
  );
});

describe("refused", () => {
  test.each([
    ["padding of eight ones", "6402ff"],
    ["padding of zeros", "1800"],
    ["the end of the text", "ffffffff"],
    ["the end of the text, then a letter", "fffffffc1f"],
  ])("%s", (_, coded) => {
    expect(decode(Buffer.from(coded, "hex"))).toBeUndefined();
  });
});
