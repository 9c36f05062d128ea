import {
  CodecError,
  createFeatureLayout,
  decodeBlock,
  encodeInMemoryRecord,
  encodeRecord,
  listRecord,
  NEGATIVE_BLOCK,
  placeStoreRecord,
  readCacheRecord,
  readLiveStoreEntries,
  readStoreRecord,
  ValueError,
} from "@ofs/codec";
import { describe, expect, it } from "vitest";
import { typeNamed } from "./support/arbitraries.ts";
import { blockOf, hex, NOW_MS, NOW_SECONDS, unhex } from "./support/blocks.ts";

const LAYOUT = createFeatureLayout(typeNamed("Int8"), 1);
const ONE = blockOf(LAYOUT, [1]);
const TWO = blockOf(LAYOUT, [2]);
const SHORT_LIVED = blockOf(LAYOUT, [3], { expiryAtSeconds: NOW_SECONDS + 1 });
const LATER_MS = NOW_MS + 5000;
const NEGATIVE = new Uint8Array(0);

/** A plain block of exactly this size. */
function blockOfSize(sizeBytes: number): Buffer {
  const layout = createFeatureLayout(typeNamed("Uint8"), sizeBytes - 9);
  const values = Array.from({ length: sizeBytes - 9 }, (_, i) => (i * 7919) % 251);
  return blockOf(layout, values, { compression: "none" });
}

describe("encodeRecord", () => {
  it("writes entries by ascending id, negative ones with size 0", () => {
    const record = encodeRecord([
      { groupId: 300, block: ONE },
      { groupId: 2, block: NEGATIVE },
    ]);
    expect(hex(record)).toBe(`01 0200 0000 2c01 0a00 ${hex(ONE)}`.replaceAll(" ", ""));
    expect(listRecord(record)).toEqual([
      { groupId: 2, start: 5, end: 5 },
      { groupId: 300, start: 9, end: 19 },
    ]);
  });

  it("refuses no entries, an id twice, and ids beyond 16 bits", () => {
    expect(() => encodeRecord([])).toThrow("without entries");
    const twice = [1, 2, 1].map((groupId) => ({ groupId, block: ONE }));
    expect(() => encodeRecord(twice)).toThrow("id 1 twice");
    expect(() => encodeRecord([{ groupId: 65_536, block: ONE }])).toThrow("65536");
    expect(() => encodeRecord([{ groupId: -1, block: ONE }])).toThrow(ValueError);
  });

  it("BETTER 9: writes blocks of up to 65535 bytes as they are, and refuses larger ones", () => {
    for (const sizeBytes of [65_531, 65_532, 65_535]) {
      const block = blockOfSize(sizeBytes);
      const record = encodeRecord([{ groupId: 7, block }]);
      expect(Buffer.compare(readStoreRecord(record, [7])[0] as Uint8Array, block)).toBe(0);
    }
    for (const sizeBytes of [65_536, 70_000]) {
      const entries = [{ groupId: 7, block: blockOfSize(sizeBytes) }];
      expect(() => encodeRecord(entries)).toThrow(`block of ${sizeBytes} bytes of feature group 7`);
    }
  });

  it("BETTER 9: keeps the compressed form in memory if the plain one is too large", () => {
    const layout = createFeatureLayout(typeNamed("Uint8Vector"), 2, [40_000, 40_000]);
    const same = new Array<number>(40_000).fill(3);
    const large = blockOf(layout, [same, same]);
    const small = blockOf(createFeatureLayout(typeNamed("Uint8Vector"), 1, [40_000]), [same]);
    const record = encodeInMemoryRecord([
      { groupId: 1, block: large },
      { groupId: 2, block: small },
    ]);
    const [first, second] = readStoreRecord(record, [1, 2]);
    expect(Buffer.compare(first as Uint8Array, large)).toBe(0);
    expect(second?.length).toBe(40_009);
    expect(decodeBlock(first as Uint8Array).payload.length).toBe(80_000);
    const plain = [{ groupId: 1, block: blockOfSize(65_600) }];
    expect(() => encodeInMemoryRecord(plain)).toThrow(ValueError);
  });
});

describe("readCacheRecord", () => {
  const record = encodeRecord([
    { groupId: 1, block: ONE },
    { groupId: 2, block: NEGATIVE },
    { groupId: 3, block: SHORT_LIVED },
    { groupId: 4, block: Uint8Array.of(1, 2, 3) },
  ]);

  it("gives the blocks in the order asked, negative ones as NEGATIVE_BLOCK", () => {
    const blocks = readCacheRecord(record, [2, 1, 2], NOW_MS);
    expect(blocks?.map((block) => block.payload[0])).toEqual([undefined, 1, undefined]);
    expect(blocks?.[0]).toBe(NEGATIVE_BLOCK);
    expect(readCacheRecord(record, [], NOW_MS)).toEqual([]);
  });

  it("is a miss if a group asked for is missing, expired or corrupt", () => {
    expect(readCacheRecord(record, [1, 5], NOW_MS)).toBeUndefined();
    expect(readCacheRecord(record, [1, 3], LATER_MS)).toBeUndefined();
    expect(readCacheRecord(record, [1, 4], NOW_MS)).toBeUndefined();
  });

  it("does not open the groups that are not asked for", () => {
    expect(readCacheRecord(record, [1], LATER_MS)).toHaveLength(1);
    expect(readCacheRecord(record, [3], NOW_MS)?.[0]?.payload[0]).toBe(3);
  });

  it("takes the last entry of a group that occurs twice", () => {
    const double = unhex(`01 0100 0a00 ${hex(ONE)} 0100 0a00 ${hex(TWO)}`);
    expect(readCacheRecord(double, [1], NOW_MS)?.[0]?.payload[0]).toBe(2);
    expect(readLiveStoreEntries(double, NOW_MS)).toEqual([
      { groupId: 1, block: new Uint8Array(TWO) },
    ]);
  });

  it("BETTER 10: is a miss for a cut or prolonged record, another version, or a tombstone", () => {
    const ends = new Set(listRecord(record).map(({ end }) => end));
    for (let size = 0; size < record.length; size++) {
      const blocks = readCacheRecord(record.subarray(0, size), [1], NOW_MS);
      if (ends.has(size)) expect(blocks).toHaveLength(1);
      else expect(blocks).toBeUndefined();
    }
    expect(readCacheRecord(Buffer.concat([record, Buffer.of(0)]), [1], NOW_MS)).toBeUndefined();
    expect(readCacheRecord(Buffer.of(2), [], NOW_MS)).toBeUndefined();
    expect(readCacheRecord(new Uint8Array(0), [], NOW_MS)).toBeUndefined();
    expect(readCacheRecord(Buffer.of(1), [1], NOW_MS)).toBeUndefined();
  });
});

describe("readStoreRecord", () => {
  it("gives views of the bytes as stored, unopened", () => {
    const record = encodeRecord([
      { groupId: 1, block: SHORT_LIVED },
      { groupId: 2, block: Uint8Array.of(9) },
      { groupId: 3, block: NEGATIVE },
    ]);
    const cells = readStoreRecord(record, [2, 1, 3, 4]);
    expect(cells).toEqual([Uint8Array.of(9), new Uint8Array(SHORT_LIVED), undefined, undefined]);
    expect(cells[0]?.buffer).toBe(record.buffer);
  });

  it("takes the last entry of a group that occurs twice, and answers a group as often as it is asked for", () => {
    const double = unhex(`01 0100 0a00 ${hex(ONE)} 0100 0a00 ${hex(TWO)}`);
    const [first, again] = readStoreRecord(double, [1, 1]);
    expect(first).toEqual(new Uint8Array(TWO));
    expect(again).toEqual(first);
    const emptied = unhex(`01 0100 0a00 ${hex(ONE)} 0100 0000`);
    expect(readStoreRecord(emptied, [1])).toEqual([undefined]);
  });

  it("puts the blocks where it is told", () => {
    const record = encodeRecord([{ groupId: 1, block: Uint8Array.of(9) }]);
    const cells = [1, 2, 3, 4];
    placeStoreRecord(record, [5, 1], cells, 1);
    expect(cells).toEqual([1, undefined, Uint8Array.of(9), 4]);
  });

  it("knows nothing of any group in a record without entries", () => {
    expect(readStoreRecord(Buffer.of(1), [1, 2])).toEqual([undefined, undefined]);
  });

  it("BETTER 10: is an error for a cut or prolonged record, or another version", () => {
    const record = encodeRecord([{ groupId: 1, block: ONE }]);
    for (let size = 2; size < record.length; size++) {
      expect(() => readStoreRecord(record.subarray(0, size), [1])).toThrow(CodecError);
    }
    expect(() => readStoreRecord(Buffer.concat([record, Buffer.of(0)]), [1])).toThrow(CodecError);
    expect(() => readStoreRecord(new Uint8Array(0), [1])).toThrow(CodecError);
    expect(() => listRecord(Buffer.of(0))).toThrow("version 0");
  });

  it("BETTER 5: a corrupt block does not keep its neighbours from being read", () => {
    const record = encodeRecord([
      { groupId: 1, block: Uint8Array.of(9) },
      { groupId: 2, block: ONE },
    ]);
    const [corrupt, intact] = readStoreRecord(record, [1, 2]) as [Uint8Array, Uint8Array];
    expect(() => decodeBlock(corrupt)).toThrow(CodecError);
    expect(decodeBlock(intact).payload[0]).toBe(1);
  });
});

describe("readLiveStoreEntries", () => {
  const record = encodeRecord([
    { groupId: 1, block: ONE },
    { groupId: 2, block: NEGATIVE },
    { groupId: 3, block: SHORT_LIVED },
  ]);

  it("BETTER 11: leaves out the expired groups only", () => {
    const entries = readLiveStoreEntries(record, LATER_MS);
    expect(entries.map(({ groupId }) => groupId)).toEqual([1, 2]);
    expect(entries[0]?.block).toEqual(new Uint8Array(ONE));
    expect(entries[1]?.block.length).toBe(0);
    expect(readLiveStoreEntries(record, NOW_MS)).toHaveLength(3);
  });

  it("throws for a block without a header", () => {
    const corrupt = encodeRecord([{ groupId: 1, block: Uint8Array.of(1) }]);
    expect(() => readLiveStoreEntries(corrupt, NOW_MS)).toThrow(CodecError);
  });
});
