import { readCacheRecord } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { RedisCommand, RedisConnection, RedisReply } from "@ofs/store";
import type { DistributedCache, DistributedFill, DistributedRecord } from "../ports.ts";
import { FILL_SCRIPT } from "./fill-script.ts";
import { FILL_MAX_AGE_MS, isTombstone, TOMBSTONE, TOMBSTONE_TTL_SECONDS } from "./tombstone.ts";

/** Longest wait for a fill; with its age still within a tombstone's life. */
const FILL_TIMEOUT_MS = 2000;

/** Tombstones sent at once. */
const INVALIDATE_BATCH_KEYS = 1000;

export interface RedisDistributedCacheOptions {
  /** Shared: closing the cache closes it. */
  readonly connection: RedisConnection;
  /** Milliseconds of a clock that does not step; default `performance.now`. Tells how old a fill is. */
  readonly monotonicNow?: () => number;
  /** Longest wait for an invalidation, in milliseconds. Default 1000. */
  readonly invalidateTimeoutMs?: number;
  /** Records whose fill is not answered yet; more are dropped. Default 5000. */
  readonly maxPendingFills?: number;
  /** Their bytes. Default 32 MiB. */
  readonly maxPendingFillBytes?: number;
}

/** What became of fills, in records since start. */
export interface DistributedCacheStats {
  readonly filledCount: number;
  /** The key had changed since it was read: another fill, or a tombstone. */
  readonly outdatedCount: number;
  /** Not tried: read too long ago or before Redis was lost, a tombstone was seen, or too many fills were pending. */
  readonly droppedCount: number;
  readonly failedCount: number;
  readonly pendingCount: number;
}

/** Records in Redis, one at each entity key, in the layout that other implementations read. */
export class RedisDistributedCache implements DistributedCache {
  readonly #connection: RedisConnection;
  readonly #monotonicNow: () => number;
  readonly #invalidateTimeoutMs: number;
  readonly #maxPendingFills: number;
  readonly #maxPendingFillBytes: number;
  #pendingCount = 0;
  #pendingBytes = 0;
  #filledCount = 0;
  #outdatedCount = 0;
  #droppedCount = 0;
  #failedCount = 0;

  constructor(options: RedisDistributedCacheOptions) {
    this.#connection = options.connection;
    this.#monotonicNow = options.monotonicNow ?? (() => performance.now());
    this.#invalidateTimeoutMs = options.invalidateTimeoutMs ?? 1000;
    this.#maxPendingFills = options.maxPendingFills ?? 5000;
    this.#maxPendingFillBytes = options.maxPendingFillBytes ?? 32 * 1024 * 1024;
  }

  /**
   * Never retries: the store is there to answer. One key that cannot be read fails the whole read. Always asks the
   * master: a replica may still have the record that a tombstone has replaced.
   */
  async read(
    keys: readonly string[],
    groupIds: readonly number[],
    nowMs: number,
    timeoutMs: number,
  ): Promise<DistributedRecord[]> {
    const call = { timeoutMs, retryLimit: 0, isMasterOnly: true };
    const values = await this.#connection.read(keys, call);
    const records = new Array<DistributedRecord>(keys.length);
    for (let i = 0; i < values.length; i++) {
      const seen = values[i];
      if (seen instanceof FeatureStoreError) throw unavailable(seen);
      const isMiss = seen === undefined || isTombstone(seen);
      records[i] = { seen, blocks: isMiss ? undefined : readCacheRecord(seen, groupIds, nowMs) };
    }
    return records;
  }

  /** Never rejects: what becomes of each fill is counted in `stats`. */
  async fill(fills: readonly DistributedFill[], readStartedAtMs: number): Promise<void> {
    const commands: RedisCommand[] = [];
    let sizeBytes = 0;
    const isTooOld = this.#monotonicNow() - readStartedAtMs > FILL_MAX_AGE_MS;
    // The tombstone of a write since then may have gone with the server.
    const mayBeOutdated = readStartedAtMs <= this.#connection.lastLossMs;
    for (const fill of fills) {
      const fillBytes = fill.record.length + (fill.seen?.length ?? 0);
      const wouldExceed =
        this.#pendingCount + commands.length >= this.#maxPendingFills ||
        this.#pendingBytes + sizeBytes + fillBytes > this.#maxPendingFillBytes;
      if (
        isTooOld ||
        mayBeOutdated ||
        wouldExceed ||
        (fill.seen !== undefined && isTombstone(fill.seen))
      ) {
        this.#droppedCount += 1;
        continue;
      }
      commands.push(fillCommand(fill));
      sizeBytes += fillBytes;
    }
    if (commands.length === 0) return;
    this.#pendingCount += commands.length;
    this.#pendingBytes += sizeBytes;
    const replies = await this.#connection.run(commands, {
      timeoutMs: FILL_TIMEOUT_MS,
      retryLimit: 0,
    });
    this.#pendingCount -= commands.length;
    this.#pendingBytes -= sizeBytes;
    for (const reply of replies) this.#countFill(reply);
  }

  async invalidate(keys: readonly string[]): Promise<void> {
    let doneCount = 0;
    let fault: FeatureStoreError | undefined;
    const endsAtMs = this.#monotonicNow() + this.#invalidateTimeoutMs;
    for (let start = 0; start < keys.length; start += INVALIDATE_BATCH_KEYS) {
      const batch = keys.slice(start, start + INVALIDATE_BATCH_KEYS);
      const replies = await this.#connection.run(batch.map(tombstoneCommand), {
        timeoutMs: Math.max(1, endsAtMs - this.#monotonicNow()),
      });
      const faults = replies.filter((reply) => reply instanceof FeatureStoreError);
      fault ??= faults[0];
      doneCount += batch.length - faults.length;
      // Redis is away: without this each further batch would wait for its own timeout.
      if (faults.length === batch.length) break;
    }
    if (fault === undefined) return;
    const message = `${keys.length - doneCount} of ${keys.length} cache records were not invalidated: ${fault.message}`;
    throw new FeatureStoreError("UNAVAILABLE", message, { cause: fault });
  }

  ping(): Promise<void> {
    return this.#connection.ping();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  stats(): DistributedCacheStats {
    return {
      filledCount: this.#filledCount,
      outdatedCount: this.#outdatedCount,
      droppedCount: this.#droppedCount,
      failedCount: this.#failedCount,
      pendingCount: this.#pendingCount,
    };
  }

  /** `SET NX` answers OK or null, the script 1 or 0. */
  #countFill(reply: RedisReply): void {
    if (reply instanceof FeatureStoreError) this.#failedCount += 1;
    else if (reply === null || reply === 0) this.#outdatedCount += 1;
    else this.#filledCount += 1;
  }
}

function fillCommand({ key, seen, record, ttlSeconds }: DistributedFill): RedisCommand {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  if (seen !== undefined) {
    return { command: FILL_SCRIPT, keys: [key], args: [seen, bytes, String(ttlSeconds)] };
  }
  const expiry = ttlSeconds > 0 ? ["EX", String(ttlSeconds)] : [];
  return { command: "set", keys: [key], args: [bytes, "NX", ...expiry] };
}

function tombstoneCommand(key: string): RedisCommand {
  return { command: "set", keys: [key], args: [TOMBSTONE, "EX", String(TOMBSTONE_TTL_SECONDS)] };
}

function unavailable(cause: FeatureStoreError): FeatureStoreError {
  return cause.code === "UNAVAILABLE"
    ? cause
    : new FeatureStoreError("UNAVAILABLE", cause.message, { cause });
}
