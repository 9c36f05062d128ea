import { type Block, isExpired } from "@ofs/codec";
import { LRUCache } from "lru-cache";
import { mergeRecords, OpenRecord, summarizeRecord, withoutExpired } from "./peer-record.ts";

/**
 * What V8 and the list spend beside a record, in bytes: rounded up from what 200 000 entries take on Node 20, opened, so
 * that the bound holds for memory.
 */
const ENTRY_OVERHEAD_BYTES = 700;
const GROUP_OVERHEAD_BYTES = 320;

/** A record with its end. */
class Entry {
  readonly record: Buffer;
  /** On the monotonic clock; `Infinity` = none. */
  readonly expiresAtMs: number;
  /** Unix seconds at which the first block expires; 0 = none does. */
  readonly blockExpirySeconds: number;
  /** In memory, opened. */
  readonly sizeBytes: number;
  /** Kept once it was read, if that takes no more memory than is counted. */
  #opened: OpenRecord | undefined;

  constructor(record: Buffer, expiresAtMs: number) {
    const { groupCount, expirySeconds } = summarizeRecord(record);
    this.record = record;
    this.expiresAtMs = expiresAtMs;
    this.blockExpirySeconds = expirySeconds;
    this.sizeBytes = ENTRY_OVERHEAD_BYTES + groupCount * GROUP_OVERHEAD_BYTES + record.length;
    this.#opened = undefined;
  }

  open(): OpenRecord {
    if (this.#opened !== undefined) return this.#opened;
    const opened = new OpenRecord(this.record);
    if (opened.isPlain) this.#opened = opened;
    return opened;
  }
}

export interface PartitionOptions {
  readonly maxSizeBytes: number;
  /** Monotonic milliseconds. */
  readonly monotonicNow: () => number;
}

/** Counts since the start, in keys. */
export interface PartitionStats {
  readonly sizeBytes: number;
  readonly maxSizeBytes: number;
  readonly itemCount: number;
  readonly evictedCount: number;
  readonly expiredCount: number;
  readonly hitCount: number;
  readonly missCount: number;
}

/** Records by key, bounded in bytes; the least recently used goes first. */
export class Partition {
  readonly #entries: LRUCache<string, Entry>;
  readonly #maxSizeBytes: number;
  readonly #monotonicNow: () => number;
  #evictedCount = 0;
  #expiredCount = 0;
  #hitCount = 0;
  #missCount = 0;

  constructor({ maxSizeBytes, monotonicNow }: PartitionOptions) {
    this.#maxSizeBytes = maxSizeBytes;
    this.#monotonicNow = monotonicNow;
    this.#entries = new LRUCache<string, Entry>({
      maxSize: maxSizeBytes,
      sizeCalculation: ({ sizeBytes }, key) => sizeBytes + key.length,
      dispose: (_entry, _key, reason) => {
        if (reason === "evict") this.#evictedCount += 1;
      },
    });
  }

  /** As `LocalCache.read`. */
  read(
    key: string,
    groupIds: readonly number[],
    cells: (Block | undefined)[],
    base: number,
    nowMs: number,
  ): number {
    const entry = this.#find(key);
    return entry === undefined ? 0 : entry.open().read(groupIds, cells, base, nowMs);
  }

  /** @returns the record without blocks that have expired; undefined if there is none */
  get(key: string, nowMs: number): Buffer | undefined {
    const entry = this.#find(key);
    if (entry === undefined || !isExpired(entry.blockExpirySeconds, nowMs)) return entry?.record;
    const live = withoutExpired(entry.record, nowMs);
    if (live === undefined) {
      this.#entries.delete(key);
      this.#expiredCount += 1;
      return undefined;
    }
    this.#put(key, live, entry.expiresAtMs);
    return live;
  }

  /**
   * Keeps a valid record's groups beside those that are there. The entry ends when the first of them should, so that
   * nothing is kept beyond its own time.
   *
   * @param ttlMs `Infinity` = none
   */
  merge(key: string, record: Buffer, ttlMs: number): void {
    const nowMs = this.#monotonicNow();
    const known = this.#entries.peek(key);
    if (known === undefined || known.expiresAtMs <= nowMs) {
      this.#put(key, record, nowMs + ttlMs);
      return;
    }
    const merged = mergeRecords(known.record, record);
    const isWhole = merged === record;
    this.#put(key, merged, isWhole ? nowMs + ttlMs : Math.min(known.expiresAtMs, nowMs + ttlMs));
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  stats(): PartitionStats {
    return {
      sizeBytes: this.#entries.calculatedSize,
      maxSizeBytes: this.#maxSizeBytes,
      itemCount: this.#entries.size,
      evictedCount: this.#evictedCount,
      expiredCount: this.#expiredCount,
      hitCount: this.#hitCount,
      missCount: this.#missCount,
    };
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#missCount += 1;
      return undefined;
    }
    if (this.#monotonicNow() < entry.expiresAtMs) {
      this.#hitCount += 1;
      return entry;
    }
    this.#entries.delete(key);
    this.#expiredCount += 1;
    this.#missCount += 1;
    return undefined;
  }

  #put(key: string, record: Buffer, expiresAtMs: number): void {
    this.#entries.set(key, new Entry(detach(record), expiresAtMs));
  }
}

/** Gives a record a buffer of its own, so that it retains neither a datagram nor a shared pool. */
function detach(record: Buffer): Buffer {
  if (record.buffer.byteLength === record.length) return record;
  return Buffer.from(new Uint8Array(record).buffer);
}
