import { FeatureStoreError, ReusableMemory } from "@ofs/platform";
import {
  encodeDecodedResult,
  encodeDecodedResultHead,
  ProtoError,
  type RetrieveQueryView,
  readRetrieveQuery,
} from "@ofs/proto";
import type { Snapshot, StoreDefinition } from "@ofs/registry";
import type { CallContext } from "../context.ts";
import { cachesOf } from "../entity-caches.ts";
import type { EngineMetrics } from "../metrics.ts";
import type { EngineLimits, EngineOptions } from "../options.ts";
import { requireSnapshot } from "../requests.ts";
import type { StoreGate } from "../store-gate.ts";
import { assembleRows, type Resolution, resolveCells } from "./assemble.ts";
import { CallLife } from "./call-life.ts";
import { decodeRows } from "./decode-rows.ts";
import { type Fetch, fetchLocal, fetchRemote, hasOpenCells, withDistinctKeys } from "./fetch.ts";
import { fillDistributedCache, fillPeerCache, fillProcessCache } from "./fill.ts";
import { encodeInspection } from "./inspect.ts";
import type { ReadPlan } from "./plan.ts";
import { PlanCache } from "./plan-cache.ts";
import { describeRead } from "./read-spans.ts";
import { assertCells, collectKeys } from "./requested-keys.ts";
import type { SharedReads } from "./shared-reads.ts";

export interface RetrieveAnswer {
  /** Encoded answer message. */
  readonly response: Uint8Array;
  /** Columns answered by a default for want of a readable block or store. */
  readonly degradedCellCount: number;
  /** Takes the response's memory back, from whoever has done with it; need not be called. */
  readonly release?: ((response: Uint8Array) => void) | undefined;
}

/** Turns a fetched request into an encoded answer. */
type Encoder = (fetch: Fetch, query: RetrieveQueryView, resolution: Resolution) => Encoded;

interface Encoded {
  readonly response: Uint8Array;
  readonly cutColumnCount: number;
  readonly release?: (response: Uint8Array) => void;
}

/** A read that goes beyond this process, or has to look at the registry again. */
interface RemoteRead {
  readonly fetch: Fetch;
  /** undefined: it is done. */
  readonly reading: Promise<void> | undefined;
  readonly query: RetrieveQueryView;
  readonly context: CallContext;
  readonly life: CallLife;
}

/** Versions that a refresh did not bring are not asked for again until the registry changes. */
const MAX_UNKNOWN_VERSIONS = 1_000;

/** Of answers that have been sent: kept for the next ones. */
const MAX_FREE_RESPONSE_BYTES = 16 * 1024 * 1024;

/** Answers reads: plan, fetch through the tiers, assemble, fill. */
export class Retriever {
  readonly #options: EngineOptions;
  readonly #limits: EngineLimits;
  readonly #metrics: EngineMetrics;
  readonly #reads: SharedReads;
  readonly #gate: StoreGate;
  readonly #plans: PlanCache;
  readonly #memory = new ReusableMemory(MAX_FREE_RESPONSE_BYTES);
  readonly #unknownVersions = new Set<string>();
  #unknownVersionsOf: Snapshot | undefined;

  constructor(
    options: EngineOptions,
    limits: EngineLimits,
    metrics: EngineMetrics,
    reads: SharedReads,
    gate: StoreGate,
  ) {
    this.#options = options;
    this.#limits = limits;
    this.#metrics = metrics;
    this.#reads = reads;
    this.#gate = gate;
    this.#plans = new PlanCache(limits.maxPlans, limits.maxColumns);
  }

  /**
   * Keeps a place at its store for a read that is about to wait for its turn, if nothing but that store can answer it.
   *
   * @returns what gives the place back, when its turn has come or it has gone; why there is none; undefined where none is needed, or
   *   where what is wrong with the read is for `retrieve` to say
   */
  reserve(request: Uint8Array, context: CallContext): (() => void) | FeatureStoreError | undefined {
    const snapshot = this.#options.registry.snapshot();
    if (!this.#gate.isAnyBusy || this.#options.onStoreFailure !== "unavailable") return undefined;
    if (snapshot === undefined) return undefined;
    try {
      const query = readRetrieveQuery(request);
      const plan = this.#plans.planFor(snapshot, query, context);
      return query.keyCount === 0 ? undefined : this.#reserveFor(plan, query.keyCount, context);
    } catch (error) {
      if (error instanceof ProtoError || error instanceof FeatureStoreError) return undefined;
      throw error;
    }
  }

  #reserveFor(
    { distributedIds, entity, groups, processCachedCount, snapshot }: ReadPlan,
    keyCount: number,
    { callerId }: CallContext,
  ): (() => void) | FeatureStoreError | undefined {
    const storeId = groups[0]?.storeId;
    const isCached = processCachedCount > 0 || distributedIds.length > 0;
    if (isCached || storeId === undefined) return undefined;
    if (groups.some((group) => group.storeId !== storeId)) return undefined;
    const store = snapshot.stores.get(storeId) as StoreDefinition;
    const refusal = this.#gate.reserve(store);
    if (refusal === undefined) return () => this.#gate.giveBack(store);
    this.#metrics.storeAsked(callerId, store);
    this.#metrics.storeFailed(entity.label, store, keyCount * groups.length);
    return refusal;
  }

  /** @returns at once, not a promise, if the process cache holds everything, or the store answers at once */
  retrieve(request: Uint8Array, context: CallContext): RetrieveAnswer | Promise<RetrieveAnswer> {
    const { giveBack: release } = this.#memory;
    return this.#answer(request, context, (fetch, query, resolution) => {
      const { maxResponseBytes } = this.#limits;
      const rows = assembleRows(fetch, query, resolution, maxResponseBytes, this.#memory);
      return { response: rows.response, cutColumnCount: rows.cutColumnCount, release };
    });
  }

  retrieveDecoded(
    request: Uint8Array,
    context: CallContext,
  ): RetrieveAnswer | Promise<RetrieveAnswer> {
    return this.#answer(request, context, (fetch, query, resolution) => {
      const { maxDecodedCells, maxResponseBytes } = this.#limits;
      assertCells(query.keyCount, fetch.plan, maxDecodedCells);
      const { rows, cutColumnCount } = decodeRows(fetch, query, resolution, maxResponseBytes);
      const head = encodeDecodedResultHead(fetch.plan.keysSchema, fetch.plan.schemas);
      return { response: encodeDecodedResult(head, rows), cutColumnCount };
    });
  }

  inspect(request: Uint8Array, context: CallContext): RetrieveAnswer | Promise<RetrieveAnswer> {
    return this.#answer(request, context, (fetch, _, resolution) => ({
      response: encodeInspection(fetch, resolution),
      cutColumnCount: 0,
    }));
  }

  #answer(
    request: Uint8Array,
    context: CallContext,
    encode: Encoder,
  ): RetrieveAnswer | Promise<RetrieveAnswer> {
    const startedMs = performance.now();
    const query = decodeQuery(request);
    const snapshot = requireSnapshot(this.#options.registry.snapshot());
    const plan = this.#plan(snapshot, query, context);
    const fetch = this.#fetchLocal(plan, query);
    if (context.span !== undefined) describeRead(context.span, fetch, query);
    if (!hasOpenCells(fetch)) {
      const resolution = resolveCells(fetch);
      if (!this.#shouldRefresh(plan, resolution)) {
        return this.#finish(fetch, resolution, query, encode, startedMs);
      }
    }
    return this.#answerRemote(withDistinctKeys(fetch), query, context, encode, startedMs);
  }

  #answerRemote(
    fetch: Fetch,
    query: RetrieveQueryView,
    context: CallContext,
    encode: Encoder,
    startedMs: number,
  ): RetrieveAnswer | Promise<RetrieveAnswer> {
    const life = new CallLife(context, this.#options.now());
    const reading = this.#fetchRemote(fetch, context, life);
    if (reading === undefined) {
      const resolution = resolveCells(fetch);
      if (!this.#shouldRefresh(fetch.plan, resolution)) {
        return this.#finish(fetch, resolution, query, encode, startedMs);
      }
    }
    const finish = (read: Fetch, resolution: Resolution): RetrieveAnswer =>
      this.#finish(read, resolution, query, encode, startedMs);
    return this.#finishLater({ fetch, reading, query, context, life }, finish);
  }

  /** Ends as soon as the call does, with nothing filled. */
  async #finishLater(
    { fetch: local, reading, query, context, life }: RemoteRead,
    finish: (fetch: Fetch, resolution: Resolution) => RetrieveAnswer,
  ): Promise<RetrieveAnswer> {
    try {
      let fetch = local;
      await reading;
      let resolution = resolveCells(fetch);
      if (this.#shouldRefresh(fetch.plan, resolution)) {
        fetch = await this.#fetchAfterRefresh(fetch, resolution, query, context, life);
        resolution = resolveCells(fetch);
      }
      const answer = finish(fetch, resolution);
      this.#fillDistributed(fetch);
      return answer;
    } finally {
      life.close();
    }
  }

  /** A block is newer than the registry: another process has published a version that is on its way. */
  async #fetchAfterRefresh(
    fetch: Fetch,
    { unknownNewerVersion }: Resolution,
    query: RetrieveQueryView,
    context: CallContext,
    life: CallLife,
  ): Promise<Fetch> {
    const { snapshot, entity } = fetch.plan;
    await life.wait(this.#options.registry.refresh());
    const fresh = requireSnapshot(this.#options.registry.snapshot());
    if (fresh === snapshot) {
      this.#noteUnknown(snapshot, versionKey(entity.label, unknownNewerVersion));
      return fetch;
    }
    const again = withDistinctKeys(this.#fetchLocal(this.#plan(fresh, query, context), query));
    await this.#fetchRemote(again, context, life);
    return again;
  }

  #shouldRefresh({ snapshot, entity }: ReadPlan, { unknownNewerVersion }: Resolution): boolean {
    if (unknownNewerVersion === undefined) return false;
    if (this.#unknownVersionsOf !== snapshot) return true;
    return !this.#unknownVersions.has(versionKey(entity.label, unknownNewerVersion));
  }

  #noteUnknown(snapshot: Snapshot, version: string): void {
    const isFull = this.#unknownVersions.size >= MAX_UNKNOWN_VERSIONS;
    if (this.#unknownVersionsOf !== snapshot || isFull) this.#unknownVersions.clear();
    this.#unknownVersionsOf = snapshot;
    this.#unknownVersions.add(version);
  }

  #plan(snapshot: Snapshot, query: RetrieveQueryView, context: CallContext): ReadPlan {
    try {
      return this.#plans.planFor(snapshot, query, context);
    } catch (error) {
      throw asBadRequest(error);
    }
  }

  #fetchLocal(plan: ReadPlan, query: RetrieveQueryView): Fetch {
    const keys = collectKeys(plan, query, this.#limits.maxKeys, this.#limits.maxCells);
    const { process, peer, distributed } = cachesOf(
      plan.entity,
      this.#options,
      this.#usesPeers(plan.snapshot),
    );
    const tiers = { process, peer, distributed, stores: this.#reads };
    const { monotonicNow, now } = this.#options;
    const time = { nowMs: now(), monotonicMs: monotonicNow?.() ?? performance.now() };
    return fetchLocal(plan, keys, tiers, time, this.#metrics);
  }

  /** Nothing to do, or to wait for, if no cell is open. */
  #fetchRemote(
    fetch: Fetch,
    { callerId, deadlineMs, span }: CallContext,
    life: CallLife,
  ): Promise<void> | undefined {
    if (!hasOpenCells(fetch)) return undefined;
    const { distributedTimeoutMs, storeTimeoutMs } = this.#options;
    const { nowMs } = fetch;
    const context = {
      callerId,
      deadlineMs: Math.min(deadlineMs, nowMs + storeTimeoutMs),
      distributedTimeoutMs: Math.min(deadlineMs - nowMs, distributedTimeoutMs),
      life,
      span,
    };
    return fetchRemote(fetch, context, this.#metrics);
  }

  #finish(
    fetch: Fetch,
    resolution: Resolution,
    query: RetrieveQueryView,
    encode: Encoder,
    startedMs: number,
  ): RetrieveAnswer {
    const { plan } = fetch;
    if (fetch.storeError !== undefined && this.#options.onStoreFailure === "unavailable") {
      throw fetch.storeError;
    }
    const { response, cutColumnCount, release } = encode(fetch, query, resolution);
    this.#fillLocal(fetch);
    for (const [s, validity] of resolution.validity.entries()) {
      const label = plan.sections[s]?.group.label as string;
      this.#metrics.groupValidity(plan.entity.label, label, validity);
    }
    this.#metrics.answered(plan.entity.label, query.keyCount, startedMs);
    const degradedCellCount = resolution.degradedCellCount + cutColumnCount;
    return { response, degradedCellCount, release };
  }

  /** Decided once a request. */
  #usesPeers({ peerCachePercentage }: Snapshot): boolean {
    const { peerCache, random } = this.#options;
    return (
      peerCache !== undefined && peerCachePercentage > 0 && random() * 100 < peerCachePercentage
    );
  }

  #fillLocal(fetch: Fetch): void {
    if (fetch.localMisses.length === 0) return;
    const { peer, process } = fetch.tiers;
    if (peer !== undefined) fillPeerCache(fetch, peer, this.#options.random);
    else if (process !== undefined) fillProcessCache(fetch, process, this.#options.random);
  }

  /** After the answer, and without holding it up. */
  #fillDistributed(fetch: Fetch): void {
    const { distributed } = fetch.tiers;
    if (distributed === undefined || fetch.distributedMisses === undefined) return;
    const { label } = fetch.plan.entity;
    fillDistributedCache(fetch, distributed, this.#options.random).catch((error: unknown) => {
      this.#metrics.fillFailed(label, "distributed");
      this.#options.log.debug({ err: error, entity: label }, "distributed cache fill failed");
    });
  }
}

function decodeQuery(request: Uint8Array): RetrieveQueryView {
  try {
    return readRetrieveQuery(request);
  } catch (error) {
    throw asBadRequest(error);
  }
}

function asBadRequest(error: unknown): unknown {
  if (!(error instanceof ProtoError)) return error;
  return new FeatureStoreError(
    "INVALID_ARGUMENT",
    `request is not a retrieve.Query: ${error.message}`,
    { cause: error },
  );
}

function versionKey(entity: string, unknown: Resolution["unknownNewerVersion"]): string {
  return `${entity} ${unknown?.group} ${unknown?.version}`;
}
