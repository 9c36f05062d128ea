import { type CancelSignal, FeatureStoreError, type Span } from "@ofs/platform";
import { decodePersistQuery, PERSIST_OK, type PersistQuery, ProtoError } from "@ofs/proto";
import type { FeatureGroup, Snapshot, StoreDefinition } from "@ofs/registry";
import type { BlockRow, RowOutcome } from "@ofs/store";
import type { CallContext } from "../context.ts";
import type { Invalidator } from "../invalidator.ts";
import type { EngineMetrics } from "../metrics.ts";
import type { EngineLimits, EngineOptions } from "../options.ts";
import { requireEntity, requireSnapshot } from "../requests.ts";
import type { StoreGate } from "../store-gate.ts";
import { countRows } from "./count-rows.ts";
import { DeleteEncoder } from "./delete-encoder.ts";
import { planPersist, type StoreWrite } from "./persist-plan.ts";
import { prepareMessage } from "./prepare-message.ts";
import type {
  MessageWriter,
  PreparedMessage,
  PreparedRow,
  WriteLimits,
  WriteTarget,
} from "./prepared.ts";
import { type RowCoder, RowEncoder } from "./row-encoder.ts";
import { ShapeCache } from "./shape-cache.ts";
import { refusedAs, UnwritableError } from "./unwritable-error.ts";
import { WriteClock } from "./write-clock.ts";
import type { RowShape, WriteShape } from "./write-shape.ts";
import { startInvalidationSpan, startWriteSpan } from "./write-spans.ts";

/** One write to one store. */
interface TargetWrite {
  readonly target: WriteTarget;
  readonly rows: readonly BlockRow[];
  readonly writeTimeMicros: number;
  readonly deadlineMs: number;
  readonly signal: CancelSignal | undefined;
  readonly span: Span | undefined;
}

/** How the rows of one query are read, and where they go. */
interface ResolvedRows {
  readonly shape: RowShape;
  readonly encoder: RowCoder;
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
  persist(request: Uint8Array, context: CallContext): Promise<Uint8Array> {
    return this.#carryOut(request, context, "persist", (snapshot, query, nowMs) => {
      const shape = this.#shapes.shapeFor(snapshot, query);
      return { shape, encoder: this.#encoderOf(shape, Math.floor(nowMs / 1000)) };
    });
  }

  /**
   * As `persist`, of keys that lose the groups that the request names, or all of the entity if it names none. Feature
   * labels and values are not looked at.
   *
   * @param request encoded `persist.Query`
   */
  delete(request: Uint8Array, context: CallContext): Promise<Uint8Array> {
    return this.#carryOut(request, context, "delete", (snapshot, query) => {
      const shape = this.#shapes.deleteShapeFor(snapshot, query);
      return { shape, encoder: new DeleteEncoder(shape) };
    });
  }

  prepare(message: Uint8Array, writeTimeMicros: number): PreparedMessage {
    const query = this.#decodeMessage(message, writeTimeMicros);
    const shape = this.#shapes.shapeFor(this.#snapshotForMessages(), query);
    const encoder = this.#encoderOf(shape, Math.floor(writeTimeMicros / 1_000_000));
    return this.#prepareRows(query, { shape, encoder }, writeTimeMicros, false);
  }

  prepareDelete(message: Uint8Array, writeTimeMicros: number): PreparedMessage {
    const query = this.#decodeMessage(message, writeTimeMicros);
    const shape = this.#shapes.deleteShapeFor(this.#snapshotForMessages(), query);
    const encoder = new DeleteEncoder(shape);
    return this.#prepareRows(query, { shape, encoder }, writeTimeMicros, true);
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
      span: limits.span,
    };
    const outcomes = await leaving(this.#writeRows(write), write.deadlineMs, (leftMs) =>
      this.#gate.leave(target.store, entered, leftMs),
    );
    // Failed rows, too, as above.
    const names = rows.map(({ key }) => key);
    const span = limits.span && startInvalidationSpan(limits.span, target.entity, names.length);
    await this.#invalidator.written(target.entity, names, span);
    span?.end();
    const { deletes, writes } = countRows(write.rows, outcomes);
    for (const [operation, { failed, written }] of [
      ["persist", writes],
      ["delete", deletes],
    ] as const) {
      if (written + failed === 0) continue;
      this.#metrics.persisted(target.entity.label, operation, written, startedMs);
    }
    return outcomes;
  }

  async #carryOut(
    request: Uint8Array,
    context: CallContext,
    operation: "persist" | "delete",
    resolve: (snapshot: Snapshot, query: PersistQuery, nowMs: number) => ResolvedRows,
  ): Promise<Uint8Array> {
    const startedMs = performance.now();
    const writeTimeMicros = this.#clock.next();
    const query = decodeQuery(request);
    this.#assertRowCount(query);
    const snapshot = requireSnapshot(this.#options.registry.snapshot());
    const entity = requireEntity(snapshot, query.entityLabel, context);
    const nowMs = this.#options.now();
    const { encoder, shape } = resolve(snapshot, query, nowMs);
    const { names, writes } = planPersist(shape, query.data, encoder);
    const deadlineMs = Math.min(context.deadlineMs, nowMs + this.#options.storeTimeoutMs);
    const leave = this.#enterAll(writes);
    const results = writes.map(async ({ target, rows }) => {
      const { signal, span } = context;
      const write = { target, rows, writeTimeMicros, deadlineMs, signal, span };
      return summarize(target, operation, await this.#writeRows(write));
    });
    const failures = await leaving(Promise.all(results), deadlineMs, leave);
    // Failed rows, too: a store that did not answer in time may have taken them.
    const span = context.span && startInvalidationSpan(context.span, entity, names.length);
    await this.#invalidator.written(entity, names, span);
    span?.end();
    const failure = failures.find((error) => error !== undefined);
    if (failure !== undefined) throw failure;
    this.#metrics.persisted(entity.label, operation, names.length, startedMs);
    return PERSIST_OK;
  }

  #decodeMessage(message: Uint8Array, writeTimeMicros: number): PersistQuery {
    assertWriteTime(writeTimeMicros);
    const { maxMessageBytes } = this.#limits;
    if (message.length > maxMessageBytes) throw tooLarge(message.length, maxMessageBytes);
    return refusedAs("poison", {}, () => decodeQuery(message));
  }

  #prepareRows(
    { data }: PersistQuery,
    rows: ResolvedRows,
    writeTimeMicros: number,
    isDelete: boolean,
  ): PreparedMessage {
    const { maxPreparedBytes } = this.#limits;
    return prepareMessage({ ...rows, data, writeTimeMicros, isDelete, maxPreparedBytes });
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

  async #writeRows({ target, span: parent, ...write }: TargetWrite): Promise<RowOutcome[]> {
    if (write.rows.length === 0) return [];
    const { blocks, entity, groups, store } = target;
    const span = parent && startWriteSpan(parent, target, write.rows.length);
    const outcomes = await blocks.write({ entity, store, groups, ...write });
    span?.end(outcomes.find((outcome) => outcome !== undefined));
    const { deletes, writes } = countRows(write.rows, outcomes);
    const failedCount = writes.failed + deletes.failed;
    this.#metrics.storeWritten(entity.label, store, outcomes.length, failedCount);
    const atMs = this.#options.now();
    for (const { label } of groups) {
      this.#metrics.groupPersisted(entity.label, label, writes, atMs);
      this.#metrics.groupDeleted(entity.label, label, deletes, atMs);
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
  operation: "persist" | "delete",
  outcomes: readonly RowOutcome[],
): FeatureStoreError | undefined {
  const failed = outcomes.filter((outcome) => outcome !== undefined);
  const [first] = failed;
  if (first === undefined) return undefined;
  return new FeatureStoreError(
    first.code,
    `${operation} failed for ${blocks.kind} store ${store.id}: ${failed.length} of ${outcomes.length} rows were not ` +
      `${operation === "persist" ? "written" : "deleted"}: ` +
      first.message,
    { cause: first },
  );
}
