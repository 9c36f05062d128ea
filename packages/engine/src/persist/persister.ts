import { FeatureStoreError } from "@ofs/platform";
import { decodePersistQuery, PERSIST_OK, type PersistQuery, ProtoError } from "@ofs/proto";
import type { FeatureGroup, StoreDefinition } from "@ofs/registry";
import type { CallContext } from "../context.ts";
import type { Invalidator } from "../invalidator.ts";
import type { EngineMetrics } from "../metrics.ts";
import type { EngineLimits, EngineOptions } from "../options.ts";
import { requireEntity, requireSnapshot } from "../requests.ts";
import type { StoreGate } from "../store-gate.ts";
import { type PersistPlan, planPersist, type StoreWrite } from "./persist-plan.ts";
import { WriteClock } from "./write-clock.ts";

/** Writes: check everything, write by store, invalidate, answer. */
export class Persister {
  readonly #options: EngineOptions;
  readonly #limits: EngineLimits;
  readonly #metrics: EngineMetrics;
  readonly #invalidator: Invalidator;
  readonly #clock: WriteClock;
  readonly #gate: StoreGate;

  constructor(
    options: EngineOptions,
    limits: EngineLimits,
    metrics: EngineMetrics,
    invalidator: Invalidator,
    gate: StoreGate,
  ) {
    this.#options = options;
    this.#limits = limits;
    this.#metrics = metrics;
    this.#invalidator = invalidator;
    this.#gate = gate;
    this.#clock = new WriteClock(
      () => options.now(),
      () => performance.now(),
    );
  }

  /**
   * @param request encoded `persist.Query`
   * @returns encoded `persist.Result`, once every row is acknowledged by its store
   * @throws {FeatureStoreError} naming the field and value, with nothing written; or, if a store failed,
   * how many rows it did not take (the others are written)
   */
  async persist(request: Uint8Array, context: CallContext): Promise<Uint8Array> {
    const startedMs = performance.now();
    const writeTimeMicros = this.#clock.next();
    const query = this.#decode(request);
    const snapshot = requireSnapshot(this.#options.registry.snapshot());
    const entity = requireEntity(snapshot, query.entityLabel, context);
    const nowMs = this.#options.now();
    const { storeFor, storeTimeoutMs } = this.#options;
    const onUnencodable = ({ id }: FeatureGroup) =>
      this.#metrics.groupUnencodable(entity.label, id);
    const plan = planPersist({ snapshot, entity, query, storeFor, nowMs, onUnencodable });
    const deadlineMs = Math.min(context.deadlineMs, nowMs + storeTimeoutMs);
    const leave = this.#enterAll(plan.writes);
    const writes = plan.writes.map((write) =>
      this.#write(plan, write, writeTimeMicros, deadlineMs, context.signal),
    );
    const ended = Promise.all(writes);
    ended.then(
      (outcomes) => leave(outcomes.some(isLate)),
      () => leave(false),
    );
    const failures = await ended;
    // Failed rows, too: a store that did not answer in time may have taken them.
    await this.#invalidator.written(entity, plan.names);
    const failure = failures.find((error) => error !== undefined);
    if (failure !== undefined) throw failure;
    this.#metrics.persisted(entity.label, plan.names.length, startedMs);
    return PERSIST_OK;
  }

  /** @returns what leaves them again. @throws {FeatureStoreError} RESOURCE_EXHAUSTED if one is full; none is entered then */
  #enterAll(writes: readonly StoreWrite[]): (isLate: boolean) => void {
    const entered: [StoreDefinition, number][] = [];
    const leave = (isLate: boolean): void => {
      for (const [store, atMs] of entered) this.#gate.leave(store, atMs, isLate);
    };
    for (const { store } of writes) {
      const atMs = this.#gate.enter(store);
      if (atMs instanceof FeatureStoreError) {
        leave(false);
        throw atMs;
      }
      entered.push([store, atMs]);
    }
    return leave;
  }

  #decode(request: Uint8Array): PersistQuery {
    let query: PersistQuery;
    try {
      query = decodePersistQuery(request);
    } catch (error) {
      if (!(error instanceof ProtoError)) throw error;
      throw new FeatureStoreError(
        "INVALID_ARGUMENT",
        `request is not a persist.Query: ${error.message}`,
        { cause: error },
      );
    }
    const { maxRows } = this.#limits;
    if (query.data.length > maxRows) {
      throw new FeatureStoreError(
        "RESOURCE_EXHAUSTED",
        `the request writes ${query.data.length} rows, more than ${maxRows}`,
      );
    }
    return query;
  }

  async #write(
    { entity }: PersistPlan,
    { store, blocks, groups, rows }: StoreWrite,
    writeTimeMicros: number,
    deadlineMs: number,
    signal: AbortSignal | undefined,
  ): Promise<FeatureStoreError | undefined> {
    if (rows.length === 0) return undefined;
    const request = { entity, store, groups, rows, writeTimeMicros, deadlineMs, signal };
    const outcomes = await blocks.write(request);
    const failed = outcomes.filter((outcome) => outcome !== undefined);
    this.#metrics.storeWritten(entity.label, store, rows.length, failed.length);
    for (const group of groups) {
      const written = rows.length - failed.length;
      this.#metrics.groupPersisted(entity.label, group.label, written, failed.length);
    }
    return summarize(blocks.kind, store.id, rows.length, failed);
  }
}

/** The store did not answer in time, or the caller did not wait for it. */
function isLate(failure: FeatureStoreError | undefined): boolean {
  return failure?.code === "DEADLINE_EXCEEDED" || failure?.code === "CANCELLED";
}

function summarize(
  kind: string,
  storeId: string,
  rowCount: number,
  failed: readonly FeatureStoreError[],
): FeatureStoreError | undefined {
  const [first] = failed;
  if (first === undefined) return undefined;
  return new FeatureStoreError(
    first.code,
    `persist failed for ${kind} store ${storeId}: ${failed.length} of ${rowCount} rows were not written: ` +
      first.message,
    { cause: first },
  );
}
