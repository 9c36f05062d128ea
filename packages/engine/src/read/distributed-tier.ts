import type { DistributedCache, DistributedRecord } from "@ofs/cache";
import type { Block } from "@ofs/codec";
import type { ReadMetrics } from "../metrics.ts";
import { areReadable } from "./cached-blocks.ts";
import type { Fetch, FetchContext } from "./fetch.ts";
import { startCacheSpan } from "./read-spans.ts";

/** Keys whose record was a miss, so that the record is to be filled whole. */
export interface DistributedMisses {
  /** Key index -> the bytes that the read saw, for the conditional fill. */
  readonly seenByKey: ReadonlyMap<number, Buffer | undefined>;
  /** On the clock that does not step; before anything was read. */
  readonly readStartedAtMs: number;
}

/**
 * Asks the distributed cache for the keys that still have an open cell in one of its groups. A cache that
 * fails or refuses (open breaker) is skipped: its cells stay open for the store, and nothing is filled.
 */
export async function readDistributed(
  fetch: Fetch,
  cache: DistributedCache,
  { callerId, distributedTimeoutMs, span: parent }: FetchContext,
  metrics: ReadMetrics,
): Promise<void> {
  const { plan, keys, nowMs, monotonicMs } = fetch;
  const open = openKeys(fetch);
  if (open.length === 0) return;
  const names = open.map((k) => keys.names[k] as string);
  metrics.cacheAsked(callerId);
  const endTimer = metrics.startCacheTimer(plan.entity.label, "distributed");
  const span = parent && startCacheSpan(parent, fetch, names.length);
  let failure: unknown;
  let records: DistributedRecord[];
  try {
    records = await cache.read(names, plan.distributedIds, nowMs, distributedTimeoutMs);
  } catch (error) {
    failure = error;
    metrics.cacheFailed(plan.entity.label, "distributed", error);
    return;
  } finally {
    endTimer();
    span?.end(failure);
  }
  const seenByKey = new Map<number, Buffer | undefined>();
  for (const [index, record] of records.entries()) {
    const k = open[index] as number;
    const { blocks, seen } = record;
    const isHit = blocks !== undefined && areReadable(plan, blocks, plan.distributedIndexes);
    if (isHit) place(fetch, k, blocks);
    else seenByKey.set(k, seen);
  }
  metrics.cacheRead(plan.entity.label, "distributed", open.length - seenByKey.size, seenByKey.size);
  if (seenByKey.size > 0) fetch.distributedMisses = { seenByKey, readStartedAtMs: monotonicMs };
}

function openKeys({ plan, keys, cells }: Fetch): number[] {
  const open: number[] = [];
  for (let k = 0; k < keys.count; k++) {
    const base = k * plan.groups.length;
    for (const g of plan.distributedIndexes) {
      if (cells[base + g] === undefined) {
        open.push(k);
        break;
      }
    }
  }
  return open;
}

function place({ plan, cells }: Fetch, k: number, blocks: readonly Block[]): void {
  const base = k * plan.groups.length;
  for (let i = 0; i < blocks.length; i++) {
    const cell = base + (plan.distributedIndexes[i] as number);
    cells[cell] ??= blocks[i];
  }
}
