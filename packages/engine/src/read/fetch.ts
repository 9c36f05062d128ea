import { KeyName, type LocalCache, type ProcessCache } from "@ofs/cache";
import type { FeatureStoreError, Span } from "@ofs/platform";
import type { EntityCaches } from "../entity-caches.ts";
import type { CacheType, ReadMetrics } from "../metrics.ts";
import type { CallLife } from "./call-life.ts";
import type { Cell } from "./cells.ts";
import { type DistributedMisses, readDistributed } from "./distributed-tier.ts";
import { readPeers } from "./peer-tier.ts";
import type { ReadPlan } from "./plan.ts";
import { distinctKeys, type QueryKeys, type RequestedKeys } from "./requested-keys.ts";
import { readStores, type StoreReader } from "./store-tier.ts";

/** The tiers one request may use, from the nearest to the store. */
export interface Tiers extends EntityCaches {
  readonly stores: StoreReader;
}

/** Who asks, and for how long an answer is of use. */
export interface FetchContext {
  readonly callerId: string;
  /** Unix milliseconds. */
  readonly deadlineMs: number;
  readonly distributedTimeoutMs: number;
  readonly life: CallLife;
  readonly span: Span | undefined;
}

/** State of one read: what is known of each cell, and what the caches must learn afterwards. */
export interface Fetch {
  readonly plan: ReadPlan;
  readonly keys: RequestedKeys;
  readonly tiers: Tiers;
  /** Unix milliseconds: the one clock reading that all expiries of this request are judged by. */
  readonly nowMs: number;
  /** The same instant on the clock that does not step. */
  readonly monotonicMs: number;
  /** The cell of key `k` and group `g` is at `k * plan.groups.length + g`. */
  readonly cells: Cell[];
  /** Keys by index whose cells the local cache (and the peers) could not all supply: to be filled. */
  localMisses: readonly number[];
  /** Where the local cache stood before anything was read. */
  localPosition: number;
  distributedMisses: DistributedMisses | undefined;
  /**
   * What the store said of the cells of a record that is to be filled: the block as stored, or empty
   * bytes for *no live data*. A cell that could not be read has no entry.
   */
  readonly recordEntries: Map<number, Uint8Array>;
  /** Why the store could not be read, the first time. */
  storeError: FeatureStoreError | undefined;
}

/** Looks every requested cell up in the local cache. @returns what is known, and what is still open */
export function fetchLocal(
  plan: ReadPlan,
  keys: QueryKeys,
  tiers: Tiers,
  { nowMs, monotonicMs }: Pick<Fetch, "nowMs" | "monotonicMs">,
  metrics: ReadMetrics,
): Fetch {
  const fetch: Fetch = {
    plan,
    keys,
    tiers,
    nowMs,
    monotonicMs,
    cells: new Array<Cell>(keys.count * plan.groups.length).fill(undefined),
    localMisses: [],
    localPosition: (tiers.peer ?? tiers.process)?.position() ?? 0,
    distributedMisses: undefined,
    recordEntries: new Map(),
    storeError: undefined,
  };
  if (plan.processCachedCount === 0 || keys.count === 0) return fetch;
  if (tiers.peer !== undefined) {
    noteMisses(fetch, readPartition(fetch, tiers.peer), "p2p", metrics);
  } else if (tiers.process !== undefined) {
    noteMisses(fetch, readProcessCache(fetch, keys, tiers.process), "in_memory", metrics);
  }
  return fetch;
}

/** The same fetch with each key once: finding equal keys costs more than looking them up in memory twice. */
export function withDistinctKeys(fetch: Fetch): Fetch {
  const keys = distinctKeys(fetch.keys);
  if (keys === fetch.keys) return fetch;
  const width = fetch.plan.groups.length;
  const cells = new Array<Cell>(keys.count * width).fill(undefined);
  for (let row = 0; row < keys.indexByRow.length; row++) {
    const base = (keys.indexByRow[row] as number) * width;
    for (let g = 0; g < width; g++) cells[base + g] = fetch.cells[row * width + g];
  }
  const misses = fetch.localMisses.map((row) => keys.indexByRow[row] as number);
  return { ...fetch, keys, cells, localMisses: [...new Set(misses)] };
}

/**
 * Looks up what is open after the local cache, tier by tier. Each tier is asked only for cells that are still open
 * and that it is configured for; a tier that fails is skipped.
 *
 * @returns nothing to wait for if the stores are asked at once and answer so
 * @throws {FeatureStoreError} CANCELLED, DEADLINE_EXCEEDED as soon as the call ends: then nothing must be filled
 */
export function fetchRemote(
  fetch: Fetch,
  context: FetchContext,
  metrics: ReadMetrics,
): Promise<void> | undefined {
  context.life.assertGoesOn();
  const { peer, distributed } = fetch.tiers;
  const hasCaches =
    (peer !== undefined && fetch.localMisses.length > 0) ||
    (distributed !== undefined && fetch.plan.distributedIds.length > 0);
  if (hasCaches) return fetchThroughCaches(fetch, context, metrics);
  return readStores(fetch, fetch.tiers.stores, context, metrics);
}

async function fetchThroughCaches(
  fetch: Fetch,
  context: FetchContext,
  metrics: ReadMetrics,
): Promise<void> {
  const { peer, distributed, stores } = fetch.tiers;
  const { life } = context;
  if (peer !== undefined && fetch.localMisses.length > 0) {
    await life.wait(readPeers(fetch, peer, context, metrics));
  }
  if (distributed !== undefined && fetch.plan.distributedIds.length > 0) {
    await life.wait(readDistributed(fetch, distributed, context, metrics));
  }
  if (fetch.distributedMisses !== undefined || hasOpenCells(fetch)) {
    await readStores(fetch, stores, context, metrics);
  }
}

/** What this process holds of the peer cache. @returns the keys that it could not supply whole */
function readPartition(fetch: Fetch, cache: LocalCache): number[] {
  const { plan, keys, cells, nowMs, monotonicMs } = fetch;
  const ids = plan.processCachedIds;
  const misses: number[] = [];
  for (let k = 0; k < keys.count; k++) {
    const base = k * plan.groups.length;
    const hits = cache.read(keys.names[k] as string, ids, cells, base, nowMs, monotonicMs);
    if (hits !== ids.length) misses.push(k);
  }
  return misses;
}

/** Of whatever key is being looked up: nothing of it lasts from one to the next. */
const NAME = new KeyName();

/** @returns the keys that it could not supply whole */
function readProcessCache(fetch: Fetch, keys: QueryKeys, cache: ProcessCache): number[] {
  const { plan, cells, nowMs, monotonicMs } = fetch;
  const ids = plan.processCachedIds;
  const misses: number[] = [];
  for (let k = 0; k < keys.count; k++) {
    keys.writeName(k, NAME);
    const hits = cache.readNamed(NAME, ids, cells, k * plan.groups.length, nowMs, monotonicMs);
    if (hits !== ids.length) misses.push(k);
  }
  return misses;
}

function noteMisses(
  fetch: Fetch,
  misses: readonly number[],
  type: CacheType,
  metrics: ReadMetrics,
): void {
  fetch.localMisses = misses;
  metrics.cacheRead(fetch.plan.entity.label, type, fetch.keys.count - misses.length, misses.length);
}

/** Whether any cell that the request asks for is still open. */
export function hasOpenCells({ plan, keys, cells }: Fetch): boolean {
  for (let k = 0; k < keys.count; k++) {
    const base = k * plan.groups.length;
    for (let g = 0; g < plan.requestedCount; g++) {
      if (cells[base + g] === undefined) return true;
    }
  }
  return false;
}
