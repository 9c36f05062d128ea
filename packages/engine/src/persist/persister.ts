import { type CancelSignal, FeatureStoreError } from "@ofs/platform";
import { decodePersistQuery, PERSIST_OK, type PersistQuery, ProtoError } from "@ofs/proto";
import type { FeatureGroup, Snapshot, StoreDefinition } from "@ofs/registry";
import type { BlockRow, RowOutcome } from "@ofs/store";
import type { CallContext } from "../context.ts";
import type { Invalidator } from "../invalidator.ts";
import type { EngineMetrics } from "../metrics.ts";
import type { EngineLimits, EngineOptions } from "../options.ts";
import { requireEntity, requireSnapshot } from "../requests.ts";
import type { StoreGate } from "../store-gate.ts";
import { planPersist, type StoreWrite } from "./persist-plan.ts";
import { prepareMessage } from "./prepare-message.ts";
import type {
  MessageWriter,
  PreparedMessage,
  PreparedRow,
  WriteLimits,
  WriteTarget,
} from "./prepared.ts";
import { RowEncoder } from "./row-encoder.ts";
import { ShapeCache } from "./shape-cache.ts";
import { refusedAs, UnwritableError } from "./unwritable-error.ts";
import { WriteClock } from "./write-clock.ts";
import type { WriteShape } from "./write-shape.ts";

/** One write to one store. */
interface TargetWrite {
  readonly target: WriteTarget;
  readonly rows: readonly BlockRow[];
  readonly writeTimeMicros: number;
  readonly deadlineMs: number;
  readonly signal: CancelSignal | undefined;
}

/** Writes: check everything, write by store, invalidate, answer. */
export class Persister implements MessageWriter {
  readonly #options: EngineOptions;
  readonly #limits: EngineLimits;
  readonly #metrics: EngineMetrics;
  readonly #invalidator: Invalidator;
  readonly #clock: WriteClock;
  readonly #gate: StoreGate;
  readonly #shapes: ShapeCache;

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
    this.#shapes = new ShapeCache(limits.maxPlans, (definition) => options.storeFor(definition));
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
    const query = decodeQuery(request);
    this.#assertRowCount(query);
    const snapshot = requireSnapshot(this.#options.registry.snapshot());
    const entity = requireEntity(snapshot, query.entityLabel, context);
    const nowMs = this.#options.now();
    const shape = this.#shapes.shapeFor(snapshot, query);
    const encoder = this.#encoderOf(shape, Math.floor(nowMs / 1000));
    const { names, writes } = planPersist(shape, query.data, encoder);
    const deadlineMs = Math.min(context.deadlineMs, nowMs + this.#options.storeTimeoutMs);
    const leave = this.#enterAll(writes);
    const results = writes.map(async ({ target, rows }) => {
      const { signal } = context;
      const write = { target, rows, writeTimeMicros, deadlineMs, signal };
      return summarize(target, await this.#writeRows(write));
    });
    const failures = await leaving(Promise.all(results), deadlineMs, leave);
    // Failed rows, too: a store that did not answer in time may have taken them.
    await this.#invalidator.written(entity, names);
    const failure = failures.find((error) => error !== undefined);
    if (failure !== undefined) throw failure;
    this.#metrics.persisted(entity.label, names.length, startedMs);
    return PERSIST_OK;
  }

  prepare(message: Uint8Array, writeTimeMicros: number): PreparedMessage {
    assertWriteTime(writeTimeMicros);
    const { maxMessageBytes, maxPreparedBytes } = this.#limits;
    if (message.length > maxMessageBytes) throw tooLarge(message.length, maxMessageBytes);
    const query = refusedAs("poison", {}, () => decodeQuery(message));
    const shape = this.#shapes.shapeFor(this.#snapshotForMessages(), query);
    const encoder = this.#encoderOf(shape, Math.floor(writeTimeMicros / 1_000_000));
    return prepareMessage({ shape, data: query.data, encoder, writeTimeMicros, maxPreparedBytes });
  }

  async write(rows: readonly PreparedRow[], limits: WriteLimits): Promise<RowOutcome[]> {
    const [first] = rows;
    if (first === undefined) return [];
    const startedMs = performance.now();
    const { target, writeTimeMicros } = first;
    const entered = this.#gate.enter(target.store);
    if (entered instanceof FeatureStoreError) return rows.map(() => entered);
    const write = {
      target,
      rows: rows.map(({ stored }) => stored),
      writeTimeMicros,
      deadlineMs: Math.min(limits.deadlineMs, this.#options.now() + this.#options.storeTimeoutMs),
      signal: limits.signal,
    };
    const outcomes = await leaving(this.#writeRows(write), write.deadlineMs, (leftMs) =>
      this.#gate.leave(target.store, entered, leftMs),
    );
    // Failed rows, too, as above.
    await this.#invalidator.written(
      target.entity,
      rows.map(({ key }) => key),
    );
    const writtenCount = outcomes.filter((outcome) => outcome === undefined).length;
    this.#metrics.persisted(target.entity.label, writtenCount, startedMs);
    return outcomes;
  }

  #snapshotForMessages(): Snapshot {
    return refusedAs("registry", { missing: "registry" }, () =>
      requireSnapshot(this.#options.registry.snapshot()),
    );
  }

  #encoderOf(shape: WriteShape, startSeconds: number): RowEncoder {
    return new RowEncoder(shape, startSeconds, ({ id }: FeatureGroup) =>
      this.#metrics.groupUnencodable(shape.entity.label, id),
    );
  }

  #assertRowCount({ data }: PersistQuery): void {
    const { maxRows } = this.#limits;
    if (data.length <= maxRows) return;
    throw new FeatureStoreError(
      "RESOURCE_EXHAUSTED",
      `the request writes ${data.length} rows, more than ${maxRows}`,
    );
  }

  /** @returns what leaves them again. @throws {FeatureStoreError} RESOURCE_EXHAUSTED if one is full; none is entered then */
  #enterAll(writes: readonly StoreWrite[]): (leftMs: number) => void {
    const entered: [StoreDefinition, number][] = [];
    const leave = (leftMs: number): void => {
      for (const [store, atMs] of entered) this.#gate.leave(store, atMs, leftMs);
    };
    for (const { target } of writes) {
      const atMs = this.#gate.enter(target.store);
      if (atMs instanceof FeatureStoreError) {
        leave(Number.POSITIVE_INFINITY);
        throw atMs;
      }
      entered.push([target.store, atMs]);
    }
    return leave;
  }

  async #writeRows({ target, ...write }: TargetWrite): Promise<RowOutcome[]> {
    if (write.rows.length === 0) return [];
    const { blocks, entity, groups, store } = target;
    const outcomes = await blocks.write({ entity, store, groups, ...write });
    const rowCount = outcomes.length;
    const failedCount = outcomes.filter((outcome) => outcome !== undefined).length;
    this.#metrics.storeWritten(entity.label, store, rowCount, failedCount);
    const counts = { written: rowCount - failedCount, failed: failedCount };
    const atMs = this.#options.now();
    for (const { label } of groups) {
      this.#metrics.groupPersisted(entity.label, label, counts, atMs);
    }
    return outcomes;
  }
}

/** @param leave is told, once the writes have ended, how much time was left; 0 if a store was too late */
async function leaving<T extends readonly RowOutcome[]>(
  writes: Promise<T>,
  deadlineMs: number,
  leave: (leftMs: number) => void,
): Promise<T> {
  let hasLate = false;
  try {
    const outcomes = await writes;
    hasLate = outcomes.some(isLate);
    return outcomes;
  } finally {
    leave(hasLate ? 0 : deadlineMs - Date.now());
  }
}

/** The store did not answer in time, or the caller did not wait for it. */
function isLate(failure: FeatureStoreError | undefined): boolean {
  return failure?.code === "DEADLINE_EXCEEDED" || failure?.code === "CANCELLED";
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT */
function decodeQuery(request: Uint8Array): PersistQuery {
  try {
    return decodePersistQuery(request);
  } catch (cause) {
    if (!(cause instanceof ProtoError)) throw cause;
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `request is not a persist.Query: ${cause.message}`,
      { cause },
    );
  }
}

function assertWriteTime(writeTimeMicros: number): void {
  if (Number.isSafeInteger(writeTimeMicros) && writeTimeMicros >= 0) return;
  throw new FeatureStoreError("INTERNAL", `write time ${writeTimeMicros} is no time`);
}

function tooLarge(sizeBytes: number, maxBytes: number): UnwritableError {
  return new UnwritableError(
    "poison",
    "RESOURCE_EXHAUSTED",
    `the message has ${sizeBytes} bytes, more than ${maxBytes}`,
  );
}

function summarize(
  { blocks, store }: WriteTarget,
  outcomes: readonly RowOutcome[],
): FeatureStoreError | undefined {
  const failed = outcomes.filter((outcome) => outcome !== undefined);
  const [first] = failed;
  if (first === undefined) return undefined;
  return new FeatureStoreError(
    first.code,
    `persist failed for ${blocks.kind} store ${store.id}: ${failed.length} of ${outcomes.length} rows were not written: ` +
      first.message,
    { cause: first },
  );
}
