import { type Block, copyBytes, NEGATIVE_BLOCK } from "@ofs/codec";
import type { KeyName } from "./key-name.ts";
import {
  alignedSize,
  ENDS_AT_DOUBLE,
  EXPIRY_DOUBLE,
  FIRST_GROUP_WORD,
  GROUP_BYTES,
  GROUP_WORDS,
  PAYLOAD_SIZE_WORD,
  PAYLOAD_START_WORD,
  RECORD_HEAD_BYTES,
  type Segment,
  VERSION_AND_TYPE_WORD,
} from "./segment.ts";

/** The groups of a record that is about to be written: those that are filled, and those that the key has besides. */
export class RecordDraft {
  #groupIds: readonly number[] = [];
  #blocks: readonly Block[] = [];
  #endsAtMs = 0;
  /** The record with the other groups, which stays readable whatever is evicted. */
  #other: Segment | undefined = undefined;
  #otherWord = 0;
  /** Index of the first word of each group that is kept of it. */
  readonly #otherGroups: number[] = [];

  start(groupIds: readonly number[], blocks: readonly Block[], endsAtMs: number): void {
    this.#groupIds = groupIds;
    this.#blocks = blocks;
    this.#endsAtMs = endsAtMs;
  }

  /** Takes the groups of a record that are not filled and have not ended. */
  keepOthers(segment: Segment, word: number, nowMs: number): void {
    this.#other = segment;
    this.#otherWord = word;
    let group = word + FIRST_GROUP_WORD;
    for (let i = segment.groupCountAt(word); i > 0; i--) {
      const isCurrent = nowMs < (segment.doubles[(group >>> 1) + ENDS_AT_DOUBLE] as number);
      if (isCurrent && !this.#groupIds.includes(segment.words[group] as number)) {
        this.#otherGroups.push(group);
      }
      group += GROUP_WORDS;
    }
  }

  sizeBytes(name: KeyName): number {
    const groupCount = this.#groupIds.length + this.#otherGroups.length;
    let size = RECORD_HEAD_BYTES + groupCount * GROUP_BYTES + alignedSize(name.sizeBytes);
    for (const block of this.#blocks) size += alignedSize(block.sizeBytes);
    for (const group of this.#otherGroups) size += alignedSize(this.#otherPayloadSize(group));
    return size;
  }

  /** Writes the record at the segment's `usedBytes`. @param sizeBytes as told by `sizeBytes` */
  write(segment: Segment, hash: number, sizeBytes: number, name: KeyName): void {
    const groupCount = this.#groupIds.length + this.#otherGroups.length;
    segment.writeHead(hash, sizeBytes, name, groupCount);
    const record = segment.usedBytes;
    let group = record / 4 + FIRST_GROUP_WORD;
    let payload = record + RECORD_HEAD_BYTES + groupCount * GROUP_BYTES;
    payload += alignedSize(name.sizeBytes);
    for (let i = 0; i < this.#blocks.length; i++) {
      const block = this.#blocks[i] as Block;
      writeGroup(segment, group, this.#groupIds[i] as number, block, this.#endsAtMs);
      segment.words[group + PAYLOAD_START_WORD] = payload - record;
      copyBytes(block.bytes, block.start, block.sizeBytes, segment.bytes, payload);
      payload += alignedSize(block.sizeBytes);
      group += GROUP_WORDS;
    }
    for (const from of this.#otherGroups) {
      const size = this.#copyGroup(from, segment, group, payload);
      segment.words[group + PAYLOAD_START_WORD] = payload - record;
      payload += alignedSize(size);
      group += GROUP_WORDS;
    }
  }

  /** Lets go of everything. */
  clear(): void {
    this.#groupIds = [];
    this.#blocks = [];
    this.#other = undefined;
    this.#otherGroups.length = 0;
  }

  #otherPayloadSize(group: number): number {
    return this.#other?.words[group + PAYLOAD_SIZE_WORD] ?? 0;
  }

  /** @returns the size of its payload */
  #copyGroup(from: number, to: Segment, group: number, payload: number): number {
    const { words, bytes } = this.#other as Segment;
    for (let i = 0; i < GROUP_WORDS; i++) to.words[group + i] = words[from + i] as number;
    const start = this.#otherWord * 4 + (words[from + PAYLOAD_START_WORD] as number);
    const size = words[from + PAYLOAD_SIZE_WORD] as number;
    copyBytes(bytes, start, size, to.bytes, payload);
    return size;
  }
}

function writeGroup(
  { words, doubles }: Segment,
  group: number,
  groupId: number,
  block: Block,
  endsAtMs: number,
): void {
  const isNegative = block === NEGATIVE_BLOCK;
  words[group] = groupId;
  words[group + VERSION_AND_TYPE_WORD] = isNegative
    ? 0
    : (block.schemaVersion << 8) | block.dataTypeCode;
  words[group + PAYLOAD_SIZE_WORD] = block.sizeBytes;
  doubles[(group >>> 1) + EXPIRY_DOUBLE] = block.expiryAtSeconds;
  doubles[(group >>> 1) + ENDS_AT_DOUBLE] = endsAtMs;
}
