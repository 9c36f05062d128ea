import { randomInt } from "node:crypto";
import { Block, isExpired, NEGATIVE_BLOCK } from "@ofs/codec";
import type { ProcessCache, ProcessCacheStats } from "../ports.ts";
import { InvalidationClock } from "./invalidation-clock.ts";
import { hashName, KeyName, type NameHash } from "./key-name.ts";
import { RecordDraft } from "./record-draft.ts";
import {
  ENDS_AT_DOUBLE,
  EXPIRY_DOUBLE,
  FIRST_GROUP_WORD,
  GROUP_WORDS,
  PAYLOAD_SIZE_WORD,
  PAYLOAD_START_WORD,
  type Segment,
  VERSION_AND_TYPE_WORD,
} from "./segment.ts";
import { MAX_ADDRESSABLE_BYTES, SegmentLog } from "./segment-log.ts";
import { CANDIDATE_COUNT, type RecordMatcher, SlotIndex } from "./slot-index.ts";

/** Memory for each slot of the index: records are rarely smaller. Between a tenth and a twentieth goes to the index. */
const BYTES_PER_SLOT = 80;
const MIN_SLOTS = 16;

export interface ArenaProcessCacheOptions {
  /** At most 8 GiB are used. */
  readonly maxSizeBytes: number;
  /** Milliseconds of a clock that does not step; default `performance.now`. Entries' TTLs are measured by it. */
  readonly monotonicNow?: () => number;
  /** For tests; default MurmurHash3. */
  readonly hash?: NameHash;
  /** 32 bits; default random. */
  readonly seed?: number;
}

/**
 * `ProcessCache` in a few large pieces of memory: names and payloads lie one behind the other, found through a table
 * that is keyed by the name's bytes. Bounded in bytes, all told; the garbage collector sees a few objects, however many
 * entries there are.
 */
export class ArenaProcessCache implements ProcessCache, RecordMatcher {
  readonly #index: SlotIndex;
  readonly #log: SegmentLog;
  readonly #clock = new InvalidationClock();
  readonly #maxSizeBytes: number;
  readonly #monotonicNow: () => number;
  readonly #hash: NameHash;
  readonly #seed: number;
  /** Name of what is given as a text. */
  readonly #ownName = new KeyName();
  readonly #draft = new RecordDraft();
  /** What `matches` compares with. */
  #name: KeyName = this.#ownName;
  #nameWords = 0;
  #evictionHand = 0;
  #evictedCount = 0;
  #expiredCount = 0;
  #hitCount = 0;
  #missCount = 0;

  constructor({ maxSizeBytes, monotonicNow, hash, seed }: ArenaProcessCacheOptions) {
    const usableBytes = Math.min(maxSizeBytes, MAX_ADDRESSABLE_BYTES);
    const slots = 2 ** Math.floor(Math.log2(usableBytes / BYTES_PER_SLOT));
    this.#maxSizeBytes = usableBytes;
    this.#monotonicNow = monotonicNow ?? (() => performance.now());
    this.#hash = hash ?? hashName;
    this.#seed = seed ?? randomInt(2 ** 32) | 0;
    this.#index = new SlotIndex(Math.max(MIN_SLOTS, slots));
    this.#log = new SegmentLog({
      maxSizeBytes: usableBytes - this.#index.sizeBytes,
      index: this.#index,
      monotonicNow: this.#monotonicNow,
      onEvict: () => {
        this.#evictedCount += 1;
      },
    });
  }

  position(): number {
    return this.#clock.position();
  }

  read(
    key: string,
    groupIds: readonly number[],
    cells: (Block | undefined)[],
    base: number,
    nowMs: number,
    monotonicMs: number,
  ): number {
    this.#ownName.setText(key);
    return this.readNamed(this.#ownName, groupIds, cells, base, nowMs, monotonicMs);
  }

  readNamed(
    name: KeyName,
    groupIds: readonly number[],
    cells: (Block | undefined)[],
    base: number,
    nowMs: number,
    monotonicMs: number,
  ): number {
    const slot = this.#index.find(this.#hashOf(name), this);
    const place = slot < 0 ? 0 : this.#index.placeAt(slot);
    const segment = slot < 0 ? undefined : this.#log.segmentAt(place);
    const word = this.#log.wordAt(place);
    let hits = 0;
    let wanted = 0;
    for (let i = 0; i < groupIds.length; i++) {
      if (cells[base + i] !== undefined) continue;
      wanted += 1;
      if (segment === undefined) continue;
      const block = this.#live(segment, word, groupIds[i] as number, nowMs, monotonicMs);
      if (block === undefined) continue;
      cells[base + i] = block;
      hits += 1;
    }
    if (hits > 0) segment?.reference(word);
    this.#hitCount += hits;
    this.#missCount += wanted - hits;
    return hits;
  }

  fill(
    key: string,
    groupIds: readonly number[],
    blocks: readonly Block[],
    ttlMs: number,
    position: number,
  ): void {
    if (!this.#clock.isCurrent(key, position)) return;
    const nowMs = this.#monotonicNow();
    const draft = this.#draft;
    this.#ownName.setText(key);
    const hash = this.#hashOf(this.#ownName);
    const known = this.#index.find(hash, this);
    draft.start(groupIds, blocks, ttlMs > 0 ? nowMs + ttlMs : Number.POSITIVE_INFINITY);
    if (known >= 0) {
      const place = this.#index.placeAt(known);
      draft.keepOthers(this.#log.segmentAt(place), this.#log.wordAt(place), nowMs);
    }
    const sizeBytes = draft.sizeBytes(this.#ownName);
    if (this.#log.canHold(sizeBytes)) this.#write(hash, sizeBytes);
    else this.#forget(known);
    draft.clear();
  }

  invalidate(key: string): void {
    this.#clock.invalidate(key);
    this.#ownName.setText(key);
    this.#forget(this.#index.find(this.#hashOf(this.#ownName), this));
  }

  clear(): void {
    this.#clock.invalidateAll();
    this.#index.clear();
    this.#log.clear();
  }

  stats(): ProcessCacheStats {
    return {
      sizeBytes: this.#log.sizeBytes + this.#index.sizeBytes,
      maxSizeBytes: this.#maxSizeBytes,
      itemCount: this.#index.count,
      evictedCount: this.#evictedCount,
      expiredCount: this.#expiredCount,
      hitCount: this.#hitCount,
      missCount: this.#missCount,
    };
  }

  /** Whether the record there is of the name that was hashed last. For the index. */
  matches(place: number): boolean {
    const segment = this.#log.segmentAt(place);
    return segment.isNamed(this.#log.wordAt(place), this.#name, this.#nameWords);
  }

  #hashOf(name: KeyName): number {
    this.#name = name;
    this.#nameWords = name.finish();
    return this.#hash(name.words, this.#nameWords, name.sizeBytes, this.#seed) | 0;
  }

  #live(
    segment: Segment,
    word: number,
    groupId: number,
    nowMs: number,
    monotonicMs: number,
  ): Block | undefined {
    const { words, doubles } = segment;
    let group = word + FIRST_GROUP_WORD;
    for (let i = segment.groupCountAt(word); i > 0; i--) {
      if (words[group] === groupId) {
        const expiryAtSeconds = doubles[(group >>> 1) + EXPIRY_DOUBLE] as number;
        const isCurrent = monotonicMs < (doubles[(group >>> 1) + ENDS_AT_DOUBLE] as number);
        if (isCurrent && !isExpired(expiryAtSeconds, nowMs)) {
          return blockAt(segment, word, group, expiryAtSeconds);
        }
        this.#expiredCount += 1;
        return undefined;
      }
      group += GROUP_WORDS;
    }
    return undefined;
  }

  /** Writes the draft, in place of what is known of its key. */
  #write(hash: number, sizeBytes: number): void {
    const index = this.#index;
    const segment = this.#log.reserve(sizeBytes);
    this.#draft.write(segment, hash, sizeBytes, this.#ownName);
    const place = this.#log.commit(segment, sizeBytes);
    // Looked up again: making room may have moved or evicted it.
    const known = index.find(hash, this);
    if (known >= 0) {
      this.#log.drop(index.placeAt(known));
      index.move(known, place);
      return;
    }
    const free = index.freeSlot(hash);
    index.put(free >= 0 ? free : this.#freeOneOf(hash), hash, place);
  }

  #forget(slot: number): void {
    if (slot < 0) return;
    const place = this.#index.placeAt(slot);
    this.#index.remove(slot);
    this.#log.drop(place);
  }

  /** Evicts one of the entries that are where the hash's may be; of those that were read, only if all were. */
  #freeOneOf(hash: number): number {
    this.#evictionHand = (this.#evictionHand + 1) % CANDIDATE_COUNT;
    let slot = -1;
    for (let i = 0; i < CANDIDATE_COUNT; i++) {
      slot = this.#index.candidate(hash, (this.#evictionHand + i) % CANDIDATE_COUNT);
      const place = this.#index.placeAt(slot);
      const segment = this.#log.segmentAt(place);
      const word = this.#log.wordAt(place);
      if (!segment.isReferenced(word)) break;
      segment.unreference(word);
    }
    this.#forget(slot);
    this.#evictedCount += 1;
    return slot;
  }
}

function blockAt(segment: Segment, word: number, group: number, expiryAtSeconds: number): Block {
  const { words } = segment;
  const versionAndType = words[group + VERSION_AND_TYPE_WORD] as number;
  const dataTypeCode = versionAndType & 0xff;
  if (dataTypeCode === 0) return NEGATIVE_BLOCK;
  return new Block(
    versionAndType >>> 8,
    // A number of one kind, where there is none: a small integer takes no memory of its own.
    expiryAtSeconds === 0 ? 0 : expiryAtSeconds,
    dataTypeCode,
    segment.bytes,
    word * 4 + (words[group + PAYLOAD_START_WORD] as number),
    words[group + PAYLOAD_SIZE_WORD] as number,
  );
}
