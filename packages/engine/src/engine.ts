import type { FeatureStoreError } from "@ofs/platform";
import type { CallContext } from "./context.ts";
import { Invalidator } from "./invalidator.ts";
import { EngineMetrics } from "./metrics.ts";
import { DEFAULT_LIMITS, type EngineOptions } from "./options.ts";
import { Persister } from "./persist/persister.ts";
import type { MessageWriter } from "./persist/prepared.ts";
import { type RetrieveAnswer, Retriever } from "./read/retriever.ts";
import { SharedReads } from "./read/shared-reads.ts";
import { StoreGate } from "./store-gate.ts";

/** The block dialect's use cases on encoded messages. Errors are `FeatureStoreError`s. */
export interface Engine {
  /**
   * Keeps a place at its store for a `retrieve.Query` that is about to wait for its turn: one that there is no room for is told so at
   * once. Costs next to nothing while all stores have room.
   *
   * @returns what gives the place back, just before `retrieve`, or if it never comes to that; why there is none; undefined where none is
   *   needed
   */
  reserve(request: Uint8Array, context: CallContext): (() => void) | FeatureStoreError | undefined;
  /** `retrieve.Query` -> `retrieve.Result`. Answers at once if the process cache holds everything. */
  retrieve(request: Uint8Array, context: CallContext): RetrieveAnswer | Promise<RetrieveAnswer>;
  /** `retrieve.Query` -> `retrieve.DecodedResult`. */
  retrieveDecoded(
    request: Uint8Array,
    context: CallContext,
  ): RetrieveAnswer | Promise<RetrieveAnswer>;
  /** `ofs.v1.InspectRequest` -> `ofs.v1.InspectResult`: by the way that a read goes, which fills caches, too. */
  inspect(request: Uint8Array, context: CallContext): RetrieveAnswer | Promise<RetrieveAnswer>;
  /** `persist.Query` -> `persist.Result`. */
  persist(request: Uint8Array, context: CallContext): Promise<Uint8Array>;
  /** `persist.Query` whose keys lose the groups that it names, or all if it names none -> `persist.Result`. */
  delete(request: Uint8Array, context: CallContext): Promise<Uint8Array>;
}

export function createEngine(options: EngineOptions): Engine & MessageWriter {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = new EngineMetrics(options.metrics);
  const gate = new StoreGate(limits.maxStoreInFlight, options.metrics);
  const reads = new SharedReads((definition) => options.storeFor(definition), gate);
  const retriever = new Retriever(options, limits, metrics, reads, gate);
  const invalidator = new Invalidator(options, metrics, reads);
  const persister = new Persister(options, limits, metrics, invalidator, gate);
  for (const channel of options.invalidationChannels ?? []) channel.subscribe(invalidator);
  return {
    reserve: (request, context) => retriever.reserve(request, context),
    retrieve: (request, context) => retriever.retrieve(request, context),
    retrieveDecoded: (request, context) => retriever.retrieveDecoded(request, context),
    inspect: (request, context) => retriever.inspect(request, context),
    persist: (request, context) => persister.persist(request, context),
    delete: (request, context) => persister.delete(request, context),
    prepare: (message, writeTimeMicros) => persister.prepare(message, writeTimeMicros),
    prepareDelete: (message, writeTimeMicros) => persister.prepareDelete(message, writeTimeMicros),
    write: (rows, writeLimits) => persister.write(rows, writeLimits),
  };
}
