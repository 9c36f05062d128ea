import { gzipSync } from "node:zlib";
import { encodeRecord, listRecord } from "@ofs/codec";
import type { SeededRandom } from "@ofs/testkit";
import { noise } from "./http2-bytes.ts";

/** How stored bytes are damaged. Each leaves a block that no reader may take for a good one. */
export interface BlockDamage {
  readonly kind: string;
  apply(block: Buffer, random: SeededRandom): Buffer;
}

const HEADER_BYTES = 9;
const COMPRESSED_ZSTD = 1;

/** A zstd frame that says it holds 2^40 bytes, and one of 128 MiB of zeros in 4 KiB. */
const ZSTD_HUGE = Buffer.from("28b52ffdc000000000010000000100", "hex");
const ZSTD_BOMB = Buffer.concat([
  Buffer.from("28b52ffd", "hex"),
  Buffer.from([0x00, 0x58]),
  // 1024 RLE blocks of 128 KiB; the last one says so.
  ...Array.from({ length: 1024 }, (_, i) => rleBlock(128 * 1024, i === 1023)),
]);

function rleBlock(size: number, isLast: boolean): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE((size << 3) | 2 | (isLast ? 1 : 0), 0, 3);
  return head;
}

/** The block with its compression bits and what follows the header replaced. */
function compressed(block: Buffer, payload: Buffer): Buffer {
  const damaged = Buffer.concat([block.subarray(0, HEADER_BYTES), payload]);
  damaged[7] = ((damaged[7] as number) & 0xf1) | (COMPRESSED_ZSTD << 1);
  return damaged;
}

function withByte(block: Buffer, index: number, change: (byte: number) => number): Buffer {
  const damaged = Buffer.from(block);
  damaged[index] = change(damaged[index] as number) & 0xff;
  return damaged;
}

const BLOCK_DAMAGES: readonly BlockDamage[] = [
  { kind: "cut header", apply: (block, r) => block.subarray(0, r.integer(1, HEADER_BYTES - 1)) },
  { kind: "cut to the header", apply: (block) => block.subarray(0, HEADER_BYTES) },
  {
    kind: "another layout",
    apply: (block, r) => withByte(block, 7, (b) => (b & 0x0f) | (r.pick([0, 2, 15]) << 4)),
  },
  {
    kind: "unknown compression",
    apply: (block, r) => withByte(block, 7, (b) => (b & 0xf1) | (r.integer(2, 7) << 1)),
  },
  {
    kind: "another data type",
    apply: (block, r) =>
      withByte(
        withByte(block, 7, (b) => b & 0xfe),
        8,
        () => r.pick([0x00, 0x10, 0xa0]),
      ),
  },
  {
    kind: "no data type",
    apply: (block) =>
      withByte(
        withByte(block, 7, (b) => b | 1),
        8,
        () => 0xf0,
      ),
  },
  {
    kind: "unknown version",
    apply: (block, r) => withByte(block, 0, () => r.pick([0, 2, 99, 255])),
  },
  { kind: "zstd of noise", apply: (block, r) => compressed(block, noise(r, 40)) },
  {
    kind: "zstd magic and noise",
    apply: (block, r) =>
      compressed(block, Buffer.concat([Buffer.from("28b52ffd", "hex"), noise(r, 20)])),
  },
  { kind: "zstd of a huge size", apply: (block) => compressed(block, ZSTD_HUGE) },
  { kind: "gzip for zstd", apply: (block) => compressed(block, gzipSync(Buffer.alloc(100))) },
];

const BOMB: BlockDamage = {
  kind: "zstd bomb",
  apply: (block) => compressed(block, ZSTD_BOMB),
};
/** A bomb costs as much as a thousand others. */
const BOMB_SHARE = 0.005;

/** @param except kind that the caller has no use for */
export function pickBlockDamage(random: SeededRandom, except?: string): BlockDamage {
  if (random.next() < BOMB_SHARE) return BOMB;
  return random.pick(BLOCK_DAMAGES.filter(({ kind }) => kind !== except));
}

/** What a record of a cache or of the Redis store is damaged by. */
export const RECORD_DAMAGES: readonly {
  readonly kind: string;
  apply(record: Buffer, random: SeededRandom): Buffer;
}[] = [
  {
    kind: "noise",
    apply: (_, r) =>
      Buffer.concat([Buffer.of(r.pick([0, 2, 7, 255])), noise(r, r.integer(0, 300))]),
  },
  { kind: "one byte short", apply: (record) => record.subarray(0, -1) },
  { kind: "cut", apply: (record, r) => cutInside(record, r) },
  { kind: "a byte too much", apply: (record, r) => Buffer.concat([record, noise(r, 1)]) },
  {
    kind: "half an entry more",
    apply: (record) => Buffer.concat([record, Buffer.of(9, 0, 200, 0, 1)]),
  },
  { kind: "another version", apply: (record, r) => withByte(record, 0, () => r.integer(2, 255)) },
  { kind: "an entry's length grown", apply: (record) => withByte(record, 4, () => 0xff) },
  { kind: "a megabyte", apply: (record) => Buffer.concat([record, Buffer.alloc(1 << 20, 7)]) },
];

/** Not behind an entry: what is left would be a good record of fewer groups. */
function cutInside(record: Buffer, random: SeededRandom): Buffer {
  const ends = new Set(listRecord(record).map(({ end }) => end));
  for (;;) {
    const at = random.integer(2, record.length - 1);
    if (!ends.has(at)) return record.subarray(0, at);
  }
}

/** The record with the blocks of some groups replaced. */
export function withBlocks(
  record: Buffer,
  change: (groupId: number, block: Buffer) => Buffer,
): Buffer {
  const entries = listRecord(record).map(({ groupId, start, end }) => ({
    groupId,
    block: change(groupId, record.subarray(start, end)),
  }));
  return Buffer.from(encodeRecord(entries));
}
