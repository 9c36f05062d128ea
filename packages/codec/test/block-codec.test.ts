import {
  blockExpiry,
  CodecError,
  createFeatureLayout,
  decodeBlock,
  decodeBlockHeader,
  decompressBlock,
  encodeBlock,
  isExpired,
  NEGATIVE_BLOCK,
  ValueError,
} from "@ofs/codec";
import { describe, expect, it } from "vitest";
import { typeNamed } from "./support/arbitraries.ts";
import { blockOf, hex, NOW_MS, NOW_SECONDS, unhex } from "./support/blocks.ts";

const INT32 = createFeatureLayout(typeNamed("Int32"), 2);
const MANY = createFeatureLayout(typeNamed("Int32"), 100);
const SAME = new Array<number>(100).fill(7);

/** Runs an action that must throw a `CodecError`. */
function codecErrorOf(action: () => unknown): CodecError {
  try {
    action();
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error("no error");
}

describe("encodeBlock", () => {
  it("writes the header's fields at their places", () => {
    expect(hex(blockOf(INT32, [1, 2]))).toBe("010000000000001080" + "0100000002000000");
    const bools = createFeatureLayout(typeNamed("Bool"), 3);
    expect(hex(blockOf(bools, [1, 0, 1]))).toBe("0100000000000010f5" + "a0");
    const floats = createFeatureLayout(typeNamed("FP8E5M2Vector"), 1, [1]);
    expect(hex(blockOf(floats, [[1]], { schemaVersion: 0x0203 }))).toBe(
      "030200000000001100" + "3c",
    );
  });

  it("compresses only where that is strictly shorter", () => {
    expect(decodeBlockHeader(blockOf(MANY, SAME)).compressionCode).toBe(1);
    expect(blockOf(MANY, SAME).length).toBeLessThan(40);
    expect(decodeBlockHeader(blockOf(INT32, [7, 7])).compressionCode).toBe(0);
    const plain = blockOf(MANY, SAME, { compression: "none" });
    expect(decodeBlockHeader(plain).compressionCode).toBe(0);
    expect(plain.length).toBe(409);
  });

  it.each([10, 11, 12, 13, 14, 20])("%d equal bytes: takes the shorter form", (count) => {
    const layout = createFeatureLayout(typeNamed("Uint8"), count);
    const values = new Array<number>(count).fill(9);
    const block = blockOf(layout, values);
    const { compressionCode } = decodeBlockHeader(block);
    if (compressionCode === 1) expect(block.length).toBeLessThan(9 + count);
    else expect(block.length).toBe(9 + count);
    expect([...decodeBlock(block).payload]).toEqual(values);
  });

  it("BETTER 2: refuses a schema version above 65535", () => {
    expect(() => blockOf(INT32, [1, 2], { schemaVersion: 65_536 })).toThrow("schema version 65536");
    expect(() => blockOf(INT32, [1, 2], { schemaVersion: -1 })).toThrow(ValueError);
    expect(() => blockOf(INT32, [1, 2], { schemaVersion: 1.5 })).toThrow(ValueError);
    expect(decodeBlock(blockOf(INT32, [1, 2], { schemaVersion: 65_535 })).schemaVersion).toBe(
      65_535,
    );
  });

  it("BETTER 3: refuses an expiry in the past, and keeps a far one", () => {
    expect(() => blockOf(INT32, [1, 2], { expiryAtSeconds: NOW_SECONDS })).toThrow(ValueError);
    const far = NOW_SECONDS + 5 * 365 * 86_400;
    const block = blockOf(INT32, [1, 2], { expiryAtSeconds: far });
    expect(decodeBlock(block).expiryAtSeconds).toBe(far);
    expect(blockExpiry(block)).toBe(far);
  });

  it("refuses another layout version", () => {
    expect(() => blockOf(INT32, [1, 2], { layoutVersion: 2 })).toThrow("layout version 2");
    expect(() => blockOf(INT32, [1, 2], { layoutVersion: 17 })).toThrow(ValueError);
  });

  it("refuses bools without their count", () => {
    const bools = createFeatureLayout(typeNamed("Bool"), 3);
    expect(() => blockOf(bools, [1, 0, 1], { valueCount: undefined })).toThrow("value count");
    expect(() => blockOf(bools, [1, 0, 1], { valueCount: 9 })).toThrow(ValueError);
  });
});

describe("decodeBlock", () => {
  it("takes empty bytes for negative", () => {
    expect(decodeBlock(new Uint8Array(0))).toBe(NEGATIVE_BLOCK);
  });

  it("gives a plain payload as a view, a compressed one as bytes of its own", () => {
    const plain = blockOf(INT32, [1, 2]);
    expect(decodeBlock(plain).payload.buffer).toBe(plain.buffer);
    const payload = decodeBlock(blockOf(MANY, SAME)).payload;
    expect(payload.length).toBe(400);
    expect(payload[396]).toBe(7);
  });

  it("gives the payload of an expired block, too", () => {
    const block = blockOf(MANY, SAME, { expiryAtSeconds: NOW_SECONDS + 1 });
    const decoded = decodeBlock(block);
    expect(isExpired(decoded.expiryAtSeconds, NOW_MS + 1001)).toBe(true);
    expect(decoded.payload.length).toBe(400);
  });

  it("takes an empty payload for empty, even if it is called compressed", () => {
    expect(decodeBlock(unhex("01 00 0000000000 12 80")).payload.length).toBe(0);
  });

  it("says what is wrong, and where", () => {
    const block = unhex("01 00 0000000000 10 80 01000000");
    expect(codecErrorOf(() => decodeBlock(block.subarray(0, 7)))).toMatchObject({
      code: "TRUNCATED",
      offset: 7,
    });
    const changed = (flags: number) => Uint8Array.from(block.with(7, flags));
    expect(codecErrorOf(() => decodeBlock(changed(0x20)))).toMatchObject({
      code: "UNSUPPORTED",
      offset: 7,
    });
    expect(codecErrorOf(() => decodeBlock(changed(0x14))).message).toContain("compression 2");
    expect(codecErrorOf(() => decodeBlock(block.with(8, 0))).message).toContain("data type 0");
    expect(codecErrorOf(() => decodeBlock(changed(0x11).with(8, 0xf0))).message).toContain("31");
    expect(codecErrorOf(() => decodeBlock(changed(0x12))).code).toBe("TRUNCATED");
    expect(() => blockExpiry(block.subarray(0, 8))).toThrow(CodecError);
  });

  it("BETTER 4: bounds what a frame may decompress to", () => {
    const layout = createFeatureLayout(typeNamed("Uint8Vector"), 1, [60_000]);
    const block = blockOf(layout, [new Array<number>(60_000).fill(1)]);
    expect(decodeBlock(block, 60_000).payload.length).toBe(60_000);
    expect(codecErrorOf(() => decodeBlock(block, 59_999)).code).toBe("OVERFLOW");
    expect(codecErrorOf(() => decodeBlock(block, 0)).code).toBe("OVERFLOW");
  });

  it("BETTER 5: a corrupt frame is an error of this block only", () => {
    const block = Uint8Array.from(blockOf(MANY, SAME));
    block[block.length - 6] = (block[block.length - 6] as number) ^ 0xff;
    expect(codecErrorOf(() => decodeBlock(block)).offset).toBeGreaterThanOrEqual(9);
    expect(decodeBlock(blockOf(MANY, SAME)).payload.length).toBe(400);
  });
});

describe("decompressBlock", () => {
  it("clears the compression and keeps the rest of the header", () => {
    const expiryAtSeconds = NOW_SECONDS + 9;
    const stored = blockOf(MANY, SAME, { expiryAtSeconds, schemaVersion: 300 });
    const plain = blockOf(MANY, SAME, { expiryAtSeconds, schemaVersion: 300, compression: "none" });
    expect(hex(decompressBlock(stored))).toBe(hex(plain));
    expect(decompressBlock(plain)).toBe(plain);
    expect(decompressBlock(new Uint8Array(0)).length).toBe(0);
  });
});

it("encodeBlock gives back a buffer of exactly the block", () => {
  const dataType = typeNamed("String");
  const content = {
    schemaVersion: 1,
    layoutVersion: 1,
    expiryAtSeconds: 0,
    nowSeconds: 0,
    dataType,
    payload: new Uint8Array(0),
    compression: "zstd",
  } as const;
  expect(encodeBlock(content).length).toBe(9);
});
