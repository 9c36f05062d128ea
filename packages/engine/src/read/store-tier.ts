import { isTombstone } from "@ofs/cache";
import { type Block, CodecError, decodeBlock, isExpired, NEGATIVE_BLOCK } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { Entity, FeatureGroup, StoreDefinition } from "@ofs/registry";
import type { KeyValues, StoredCell } from "@ofs/store";
import type { ReadMetrics } from "../metrics.ts";
import { maxPayloadBytes } from "./block-limit.ts";
import type { CallLife } from "./call-life.ts";
import { ABSENT, EXPIRED, FAILED, isKnownEmpty, UNREADABLE } from "./cells.ts";
import type { Fetch, FetchContext } from "./fetch.ts";
import { startStoreSpan } from "./read-spans.ts";

/** Entry of a record for a group without live data. */
const NEGATIVE_ENTRY = new Uint8Array(0);

/** Reads blocks of one store; concurrent reads of a key may share one load. */
export interface StoreReader {
  /**
   * @returns at once, not a promise, if the store answers so
   * @throws {FeatureStoreError} CANCELLED, DEADLINE_EXCEEDED if the call ends first
   */
  read(request: StoreReadRequest): StoredCell[] | Promise<StoredCell[]>;
}

export interface StoreReadRequest {
  readonly entity: Entity;
  readonly store: StoreDefinition;
  readonly groups: readonly FeatureGroup[];
  readonly keys: readonly KeyValues[];
  /** Name of each key in the caches: what concurrent reads are matched by. */
  readonly names: readonly string[];
  /** Whether each key may share a read that began before this one; undefined = none of them. */
  readonly mayJoin: readonly boolean[] | undefined;
  /** Unix milliseconds. */
  readonly deadlineMs: number;
  readonly life: CallLife;
}

/** Keys and groups of one store that are read together. */
interface StoreBatch {
  readonly storeId: string;
  readonly keyIndexes: readonly number[];
  readonly groupIndexes: readonly number[];
}

/**
 * Reads all that is still open, store by store at once, and what a distributed record needs besides.
 *
 * @returns nothing to wait for if all stores have answered at once
 */
export function readStores(
  fetch: Fetch,
  stores: StoreReader,
  context: FetchContext,
  metrics: ReadMetrics,
): Promise<void> | undefined {
  const pending: Promise<void>[] = [];
  for (const batch of planBatches(fetch)) {
    const read = readBatch(fetch, batch, stores, context, metrics);
    if (read !== undefined) pending.push(read);
  }
  if (pending.length <= 1) return pending[0];
  return Promise.all(pending).then(() => undefined);
}

/**
 * Keys fall in two lots: those whose distributed record is to be filled (they need all its groups), and
 * the others (they need what is open). Each lot is one read a store.
 */
function planBatches(fetch: Fetch): StoreBatch[] {
  const { plan, keys, distributedMisses } = fetch;
  const filling: number[] = [];
  const others: number[] = [];
  for (let k = 0; k < keys.values.length; k++) {
    if (distributedMisses?.seenByKey.has(k)) filling.push(k);
    else others.push(k);
  }
  const batches: StoreBatch[] = [];
  addBatches(fetch, batches, others, openGroups(fetch, others));
  const fillingGroups = new Set([...openGroups(fetch, filling), ...plan.recordIndexes]);
  addBatches(fetch, batches, filling, fillingGroups);
  return batches;
}

/** Requested groups that are open in any of the keys. */
function openGroups({ plan, cells }: Fetch, keyIndexes: readonly number[]): Set<number> {
  const open = new Set<number>();
  for (let g = 0; g < plan.requestedCount; g++) {
    const isOpen = keyIndexes.some((k) => cells[k * plan.groups.length + g] === undefined);
    if (isOpen) open.add(g);
  }
  return open;
}

function addBatches(
  { plan, cells, distributedMisses }: Fetch,
  batches: StoreBatch[],
  keyIndexes: readonly number[],
  groupIndexes: ReadonlySet<number>,
): void {
  if (keyIndexes.length === 0 || groupIndexes.size === 0) return;
  const groupsByStore = new Map<string, number[]>();
  for (const g of [...groupIndexes].sort((a, b) => a - b)) {
    const storeId = (plan.groups[g] as FeatureGroup).storeId;
    const indexes = groupsByStore.get(storeId);
    if (indexes === undefined) groupsByStore.set(storeId, [g]);
    else indexes.push(g);
  }
  for (const [storeId, indexes] of groupsByStore) {
    const wanting = keyIndexes.filter(
      (k) =>
        distributedMisses?.seenByKey.has(k) ||
        indexes.some((g) => cells[k * plan.groups.length + g] === undefined),
    );
    if (wanting.length > 0) batches.push({ storeId, keyIndexes: wanting, groupIndexes: indexes });
  }
}

function readBatch(
  fetch: Fetch,
  batch: StoreBatch,
  stores: StoreReader,
  context: FetchContext,
  metrics: ReadMetrics,
): Promise<void> | undefined {
  const { plan, keys } = fetch;
  const store = plan.snapshot.stores.get(batch.storeId) as StoreDefinition;
  metrics.storeAsked(context.callerId, store);
  const endTimer = metrics.startStoreTimer(plan.entity.label, store, batch.keyIndexes.length);
  const isWhole = batch.keyIndexes.length === keys.values.length;
  const request: StoreReadRequest = {
    entity: plan.entity,
    store,
    groups: batch.groupIndexes.map((g) => plan.groups[g] as FeatureGroup),
    keys: isWhole ? keys.values : batch.keyIndexes.map((k) => keys.values[k] as KeyValues),
    names: isWhole ? keys.names : batch.keyIndexes.map((k) => keys.names[k] as string),
    mayJoin: joinability(fetch, batch),
    deadlineMs: context.deadlineMs,
    life: context.life,
  };
  const span = context.span && startStoreSpan(context.span, fetch, store, request);
  const onStored = (stored: readonly StoredCell[]): void => {
    endTimer();
    span?.end(stored.find((cell) => cell instanceof FeatureStoreError));
    const failedCount = placeStored(fetch, batch, stored);
    if (failedCount > 0) metrics.storeFailed(plan.entity.label, store, failedCount);
  };
  const read = stores.read(request);
  if (!(read instanceof Promise)) {
    onStored(read);
    return undefined;
  }
  return read.then(onStored, (error: unknown) => {
    endTimer();
    span?.end(error);
    const isLate = error instanceof FeatureStoreError && error.code === "DEADLINE_EXCEEDED";
    if (isLate) {
      metrics.storeFailed(plan.entity.label, store, request.keys.length * request.groups.length);
    }
    throw error;
  });
}

/**
 * A read may share one that began earlier only where an older answer is bounded anyway: what the local cache holds lags
 * by the invalidation channel, and what the distributed cache holds has a tombstone after a write. What no cache
 * holds is read anew, so that it is never older than the last acknowledged write.
 */
function joinability(
  fetch: Fetch,
  { keyIndexes, groupIndexes }: StoreBatch,
): boolean[] | undefined {
  const { plan, tiers, distributedMisses } = fetch;
  const hasLocal = tiers.process !== undefined || tiers.peer !== undefined;
  const isLocal = (g: number): boolean => hasLocal && g < plan.processCachedCount;
  const areAllLocal = groupIndexes.every(isLocal);
  const areAllCached = groupIndexes.every((g) => isLocal(g) || plan.recordIndexes.includes(g));
  if (!areAllLocal && (!areAllCached || distributedMisses === undefined)) return undefined;
  return keyIndexes.map((k) => {
    if (areAllLocal) return true;
    if (!distributedMisses?.seenByKey.has(k)) return false;
    const seen = distributedMisses.seenByKey.get(k);
    return seen === undefined || !isTombstone(seen);
  });
}

/** @returns how many cells could not be read */
function placeStored(fetch: Fetch, batch: StoreBatch, stored: readonly StoredCell[]): number {
  const { plan, cells, distributedMisses } = fetch;
  const width = batch.groupIndexes.length;
  let failedCount = 0;
  for (let row = 0; row < batch.keyIndexes.length; row++) {
    const k = batch.keyIndexes[row] as number;
    const fillsRecord = distributedMisses?.seenByKey.has(k) ?? false;
    for (let column = 0; column < width; column++) {
      const g = batch.groupIndexes[column] as number;
      const cellIndex = k * plan.groups.length + g;
      const bytes = stored[row * width + column];
      if (bytes instanceof FeatureStoreError) failedCount += 1;
      const cell = toCell(fetch, plan.groups[g] as FeatureGroup, bytes);
      if (fillsRecord) noteRecordEntry(fetch, cellIndex, g, cell, bytes);
      cells[cellIndex] ??= cell;
    }
  }
  return failedCount;
}

function noteRecordEntry(
  { plan, recordEntries }: Fetch,
  cellIndex: number,
  g: number,
  cell: Block,
  bytes: StoredCell,
): void {
  const group = plan.groups[g] as FeatureGroup;
  if (isKnownEmpty(cell)) recordEntries.set(cellIndex, NEGATIVE_ENTRY);
  else if (cell.dataTypeCode === group.dataType.code) {
    recordEntries.set(cellIndex, bytes as Uint8Array);
  }
}

function toCell(fetch: Fetch, group: FeatureGroup, stored: StoredCell): Block {
  if (stored === undefined) return ABSENT;
  if (stored instanceof FeatureStoreError) {
    fetch.storeError ??= stored;
    return FAILED;
  }
  try {
    const block = decodeBlock(stored, maxPayloadBytes(group));
    if (block === NEGATIVE_BLOCK) return ABSENT;
    return isExpired(block.expiryAtSeconds, fetch.nowMs) ? EXPIRED : block;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return UNREADABLE;
  }
}
