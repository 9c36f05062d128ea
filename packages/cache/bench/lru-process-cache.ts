import { Block, isExpired, NEGATIVE_BLOCK } from "@ofs/codec";
import { LRUCache } from "lru-cache";
import type { ProcessCache, ProcessCacheStats } from "../src/ports.ts";
import { InvalidationClock } from "../src/process/invalidation-clock.ts";
import type { KeyName } from "../src/process/key-name.ts";

/**
 * What V8 and the list spend beside the payload, in bytes: rounded up from what
 * `bench/process-cache-memory.ts` measures on Node 20, so that the bound holds for memory, not for payloads alone.
 */
const KEY_OVERHEAD_BYTES = 320;
const GROUP_OVERHEAD_BYTES = 320;

/** A view this much larger than its payload is copied, so that a small block retains no large buffer. */
const MAX_RETAINED_SLACK_BYTES = 64;

/** All cached groups of one key. Parallel arrays; a key has few groups. */
class CachedKey {
  readonly groupIds: readonly number[];
  readonly blocks: readonly Block[];
  /** Of the entry, on the monotonic clock; `Infinity` = never. */
  readonly expiresAtMs: readonly number[];

  constructor(
    groupIds: readonly number[],
    blocks: readonly Block[],
    expiresAtMs: readonly number[],
  ) {
    this.groupIds = groupIds;
    this.blocks = blocks;
    this.expiresAtMs = expiresAtMs;
  }
}

export interface LruProcessCacheOptions {
  readonly maxSizeBytes: number;
  /** Milliseconds of a clock that does not step; default `performance.now`. Entries' TTLs are measured by it. */
  readonly monotonicNow?: () => number;
}

/** `ProcessCache` over an LRU list that is bounded in bytes. */
export class LruProcessCache implements ProcessCache {
  readonly #keys: LRUCache<string, CachedKey>;
  readonly #clock = new InvalidationClock();
  readonly #maxSizeBytes: number;
  readonly #monotonicNow: () => number;
  #evictedCount = 0;
  #expiredCount = 0;
  #hitCount = 0;
  #missCount = 0;

  constructor({ maxSizeBytes, monotonicNow }: LruProcessCacheOptions) {
    this.#maxSizeBytes = maxSizeBytes;
    this.#monotonicNow = monotonicNow ?? (() => performance.now());
    this.#keys = new LRUCache<string, CachedKey>({
      maxSize: maxSizeBytes,
      sizeCalculation: sizeOf,
      dispose: (_value, _key, reason) => {
        if (reason === "evict") this.#evictedCount += 1;
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
    const cached = this.#keys.get(key);
    let hits = 0;
    let wanted = 0;
    for (let i = 0; i < groupIds.length; i++) {
      if (cells[base + i] !== undefined) continue;
      wanted += 1;
      if (cached === undefined) continue;
      const block = this.#live(cached, groupIds[i] as number, nowMs, monotonicMs);
      if (block === undefined) continue;
      cells[base + i] = block;
      hits += 1;
    }
    this.#hitCount += hits;
    this.#missCount += wanted - hits;
    return hits;
  }

  readNamed(
    name: KeyName,
    groupIds: readonly number[],
    cells: (Block | undefined)[],
    base: number,
    nowMs: number,
    monotonicMs: number,
  ): number {
    const key = name.bytes.toString("utf8", 0, name.sizeBytes);
    return this.read(key, groupIds, cells, base, nowMs, monotonicMs);
  }

  fill(
    key: string,
    groupIds: readonly number[],
    blocks: readonly Block[],
    ttlMs: number,
    position: number,
  ): void {
    if (!this.#clock.isCurrent(key, position)) return;
    const expiresAtMs = ttlMs > 0 ? this.#monotonicNow() + ttlMs : Number.POSITIVE_INFINITY;
    let cached = this.#keys.peek(key);
    for (let i = 0; i < groupIds.length; i++) {
      const groupId = groupIds[i] as number;
      const kept = detach(blocks[i] as Block);
      cached =
        cached === undefined
          ? new CachedKey([groupId], [kept], [expiresAtMs])
          : withGroup(cached, groupId, kept, expiresAtMs);
    }
    if (cached !== undefined) this.#keys.set(key, cached);
  }

  invalidate(key: string): void {
    this.#clock.invalidate(key);
    this.#keys.delete(key);
  }

  clear(): void {
    this.#clock.invalidateAll();
    this.#keys.clear();
  }

  stats(): ProcessCacheStats {
    return {
      sizeBytes: this.#keys.calculatedSize,
      maxSizeBytes: this.#maxSizeBytes,
      itemCount: this.#keys.size,
      evictedCount: this.#evictedCount,
      expiredCount: this.#expiredCount,
      hitCount: this.#hitCount,
      missCount: this.#missCount,
    };
  }

  #live(cached: CachedKey, groupId: number, nowMs: number, monotonicMs: number): Block | undefined {
    const index = cached.groupIds.indexOf(groupId);
    if (index < 0) return undefined;
    const block = cached.blocks[index] as Block;
    const isCurrent = monotonicMs < (cached.expiresAtMs[index] as number);
    if (isCurrent && !isExpired(block.expiryAtSeconds, nowMs)) return block;
    this.#expiredCount += 1;
    return undefined;
  }
}

function withGroup(
  cached: CachedKey,
  groupId: number,
  block: Block,
  expiresAtMs: number,
): CachedKey {
  const index = cached.groupIds.indexOf(groupId);
  if (index < 0) {
    return new CachedKey(
      [...cached.groupIds, groupId],
      [...cached.blocks, block],
      [...cached.expiresAtMs, expiresAtMs],
    );
  }
  return new CachedKey(
    cached.groupIds,
    cached.blocks.with(index, block),
    cached.expiresAtMs.with(index, expiresAtMs),
  );
}

/** Gives a block whose payload is a small part of its buffer a buffer of its own. */
function detach(block: Block): Block {
  const { payload } = block;
  if (
    block === NEGATIVE_BLOCK ||
    payload.buffer.byteLength <= payload.byteLength + MAX_RETAINED_SLACK_BYTES
  ) {
    return block;
  }
  return new Block(
    block.schemaVersion,
    block.expiryAtSeconds,
    block.dataTypeCode,
    new Uint8Array(payload),
  );
}

function sizeOf(cached: CachedKey, key: string): number {
  let size = KEY_OVERHEAD_BYTES + key.length;
  for (const block of cached.blocks) size += GROUP_OVERHEAD_BYTES + block.payload.byteLength;
  return size;
}
