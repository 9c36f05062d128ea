import type { DistributedCache, DistributedFill, PeerCache, ProcessCache } from "@ofs/cache";
import { type Block, encodeRecord, ValueError } from "@ofs/codec";
import type { CacheSettings, FeatureGroup } from "@ofs/registry";
import { ABSENT, isKnownEmpty } from "./cells.ts";
import type { Fetch } from "./fetch.ts";

/** Teaches the process cache what it missed. Cells that could not be read are left out. */
export function fillProcessCache(fetch: Fetch, cache: ProcessCache, random: () => number): void {
  const { plan, keys, localMisses, localPosition } = fetch;
  for (const k of localMisses) {
    const ttlMs = jitteredTtlSeconds(plan.entity.processCache, random) * 1000;
    const { groupIds, blocks } = cacheableBlocks(fetch, k);
    if (blocks.length === 0) continue;
    cache.fill(keys.names[k] as string, groupIds, blocks, ttlMs, localPosition);
  }
}

/** Teaches the peers what they all missed, as `fillProcessCache`. */
export function fillPeerCache(fetch: Fetch, cache: PeerCache, random: () => number): void {
  const { plan, keys, localMisses, localPosition } = fetch;
  for (const k of localMisses) {
    const { groupIds, blocks } = cacheableBlocks(fetch, k);
    if (blocks.length === 0) continue;
    const ttlSeconds = jitteredTtlSeconds(plan.entity.processCache, random);
    cache.fill(keys.names[k] as string, groupIds, blocks, ttlSeconds, localPosition);
  }
}

function cacheableBlocks(fetch: Fetch, k: number): { groupIds: number[]; blocks: Block[] } {
  const { plan } = fetch;
  const groupIds: number[] = [];
  const blocks: Block[] = [];
  for (let g = 0; g < plan.processCachedCount; g++) {
    const block = cacheableBlock(fetch, k, g);
    if (block === undefined) continue;
    groupIds.push(plan.groupIds[g] as number);
    blocks.push(block);
  }
  return { groupIds, blocks };
}

/** @returns undefined for what could not be read, or not as the group's type */
function cacheableBlock({ plan, cells }: Fetch, k: number, g: number): Block | undefined {
  const cell = cells[k * plan.groups.length + g] as Block;
  if (isKnownEmpty(cell)) return ABSENT;
  const { dataType } = plan.groups[g] as FeatureGroup;
  return cell.dataTypeCode === dataType.code ? cell : undefined;
}

/** Fills whole records for the keys that the distributed cache missed. @throws {FeatureStoreError} */
export async function fillDistributedCache(
  fetch: Fetch,
  cache: DistributedCache,
  random: () => number,
): Promise<void> {
  const misses = fetch.distributedMisses;
  if (misses === undefined) return;
  const settings = fetch.plan.entity.distributedCache;
  const fills: DistributedFill[] = [];
  for (const [k, seen] of misses.seenByKey) {
    const record = encodeKeyRecord(fetch, k);
    if (record === undefined) continue;
    const ttlSeconds = jitteredTtlSeconds(settings, random);
    fills.push({ key: fetch.keys.names[k] as string, seen, record, ttlSeconds });
  }
  if (fills.length > 0) await cache.fill(fills, misses.readStartedAtMs);
}

/** @returns undefined where nothing is known, or a block is too large for a record: then it is not cached */
function encodeKeyRecord({ plan, recordEntries }: Fetch, k: number): Uint8Array | undefined {
  const entries: { groupId: number; block: Uint8Array }[] = [];
  for (const g of plan.recordIndexes) {
    const block = recordEntries.get(k * plan.groups.length + g);
    if (block !== undefined) entries.push({ groupId: plan.groupIds[g] as number, block });
  }
  if (entries.length === 0) return undefined;
  try {
    return encodeRecord(entries);
  } catch (error) {
    if (error instanceof ValueError) return undefined;
    throw error;
  }
}

/** The TTL, varied by up to the jitter either way; never below one second unless it is 0 (none). */
export function jitteredTtlSeconds(settings: CacheSettings, random: () => number): number {
  const { ttlSeconds, jitterPercent } = settings;
  const jitter = Math.floor((ttlSeconds * jitterPercent) / 100);
  const varied = ttlSeconds - jitter + Math.floor(random() * (2 * jitter + 1));
  return varied < 1 ? ttlSeconds : varied;
}
