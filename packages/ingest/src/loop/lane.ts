import { FeatureStoreError } from "@ofs/platform";
import type { PendingWrite, WriteOutcome } from "../format.ts";
import { backoffMs } from "./backoff.ts";
import { EntryQueue, keepLive } from "./entry-queue.ts";
import { HeldEntries } from "./held-entries.ts";
import { LaneBatch, type TargetGroup } from "./lane-batch.ts";
import { isTransient, type LaneEntry, type LaneListener } from "./lane-entry.ts";
import { startBatchSpan } from "./message-spans.ts";
import type { IngestMetrics } from "./metrics.ts";
import type { IngestSettings } from "./settings.ts";
import type { Timers } from "./timers.ts";

/** Share of the write's time from which on a write that failed was too large for its store, rather than refused by it. */
const TOO_LARGE_FROM = 0.5;
/** Changes of a lane's largest batch: after one that was too large, and after one that was stored. */
const BATCH_CUT = 0.5;
const BATCH_GROWTH = 1.5;

/** What all lanes share. */
export interface LaneContext {
  readonly settings: IngestSettings;
  readonly now: () => number;
  readonly monotonicNow: () => number;
  readonly random: () => number;
  readonly timers: Timers;
  readonly metrics: IngestMetrics;
  readonly listener: LaneListener;
  /** Ends all writes, at the very end. */
  readonly signal: AbortSignal;
  readonly isTraced: boolean;
}

/** How rows that are brought to an end count in the metrics. */
interface RowCounts {
  stored: number;
  deleted: number;
  superseded: number;
}

/** The connection that a lane belongs to, as its lanes see it. */
export interface LaneConnection {
  readonly name: string;
  /** Lanes that write. */
  writing: number;
  /** Called when a lane has finished a write. */
  idled(lane: Lane): void;
}

/** Writes in order of arrival, one batch at a time. All writes of a key over a connection take one lane. */
export class Lane {
  /** Its connection's mark: it has been given writes since it was last kicked. */
  isDirty = false;
  readonly #context: LaneContext;
  readonly #connection: LaneConnection;
  readonly #queue = new EntryQueue();
  readonly #held = new HeldEntries();
  #isWriting = false;
  #isClosed = false;
  /** Batches of which nothing was stored, in a row. */
  #failures = 0;
  /** Most rows of a batch now: a store that is too slow for a batch would get the same one again and again. */
  #rowLimit: number;
  /** Monotonic: nothing is written before. */
  #restsUntilMs = 0;
  /** Monotonic: when the oldest write in the queue came. */
  #queuedSinceMs = 0;
  #timerMs = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined = undefined;

  constructor(context: LaneContext, connection: LaneConnection) {
    this.#context = context;
    this.#connection = connection;
    this.#rowLimit = context.settings.batchRows;
  }

  /** Call `kick` after some. */
  push(entry: LaneEntry, nowMs: number): void {
    if (this.#queue.length === 0) this.#queuedSinceMs = nowMs;
    this.#queue.push(entry);
  }

  /**
   * Begins to write, if there is something and it is time.
   *
   * @param isEager without waiting for more
   */
  kick(isEager: boolean): void {
    if (this.#isWriting || this.#isClosed) return;
    const nowMs = this.#context.monotonicNow();
    if (nowMs < this.#restsUntilMs) this.#wakeAt(this.#restsUntilMs);
    else this.#beginIfDue(isEager, nowMs);
  }

  #beginIfDue(isEager: boolean, nowMs: number): void {
    if (this.#held.dueMs <= nowMs) this.#queue.putBack(this.#held.release(nowMs));
    if (this.#queue.length > 0) {
      const lingersUntilMs = this.#lingersUntil(isEager);
      if (nowMs >= lingersUntilMs) this.#begin();
      else this.#wakeAt(lingersUntilMs);
    }
    if (!this.#isWriting && !this.#held.isEmpty) this.#wakeAt(this.#held.dueMs);
  }

  /** Forgets what it has of dropped partitions and has not begun to write. */
  dropDead(): void {
    this.#queue.dropDead();
    this.#held.dropDead();
  }

  /** Begins nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #lingersUntil(isEager: boolean): number {
    const { batchBytes, lingerMs } = this.#context.settings;
    const isFull = this.#queue.length >= this.#rowLimit || this.#queue.sizeBytes >= batchBytes;
    return isEager || isFull || this.#connection.writing === 0 ? 0 : this.#queuedSinceMs + lingerMs;
  }

  #wakeAt(atMs: number): void {
    if (this.#cancelTimer !== undefined && this.#timerMs <= atMs) return;
    this.#cancelTimer?.();
    this.#timerMs = atMs;
    const { monotonicNow, timers } = this.#context;
    this.#cancelTimer = timers.after(Math.max(1, Math.ceil(atMs - monotonicNow())), () => {
      this.#cancelTimer = undefined;
      this.kick(false);
    });
  }

  #begin(): void {
    const batch = this.#take();
    if (batch.rowCount === 0) return;
    this.#isWriting = true;
    this.#connection.writing += 1;
    void this.#write(batch);
  }

  #take(): LaneBatch {
    const { batchBytes } = this.#context.settings;
    const batch = new LaneBatch();
    for (;;) {
      const entry = this.#queue.peek();
      if (entry === undefined || batch.rowCount >= this.#rowLimit) break;
      if (batch.rowCount > 0 && batch.sizeBytes + entry.write.sizeBytes > batchBytes) break;
      this.#queue.shift();
      const isHeld = !this.#held.isEmpty && this.#held.joins(entry);
      if (!isHeld && !entry.isOver) batch.add(entry);
    }
    this.#queuedSinceMs = this.#context.monotonicNow();
    return batch;
  }

  /** Never rejects. */
  async #write(batch: LaneBatch): Promise<void> {
    for (const { entries } of batch.groups) addUnderWay(entries, 1);
    const startedMs = this.#context.monotonicNow();
    const outcomes = await Promise.all(batch.groups.map((group) => this.#writeGroup(group)));
    this.#isWriting = false;
    this.#connection.writing -= 1;
    for (const { entries } of batch.groups) addUnderWay(entries, -1);
    const again: LaneEntry[] = [];
    const failed: LaneEntry[] = [];
    let storedCount = 0;
    for (const [index, { entries }] of batch.groups.entries()) {
      storedCount += this.#settle(
        entries,
        outcomes[index] as readonly WriteOutcome[],
        failed,
        again,
      );
    }
    this.#adapt(batch.rowCount, failed.length, this.#context.monotonicNow() - startedMs);
    if (failed.length > 0) this.#holdBack(failed, storedCount);
    else this.#failures = 0;
    if (again.length > 0) this.#queue.putBack(again);
    this.#context.listener.batchEnded();
    this.#connection.idled(this);
  }

  #adapt(rowCount: number, failedCount: number, tookMs: number): void {
    const { batchRows, writeTimeoutMs } = this.#context.settings;
    if (failedCount === 0) {
      this.#rowLimit = Math.min(batchRows, Math.ceil(this.#rowLimit * BATCH_GROWTH));
    } else if (tookMs >= writeTimeoutMs * TOO_LARGE_FROM) {
      this.#rowLimit = Math.max(1, Math.floor(rowCount * BATCH_CUT));
    }
  }

  async #writeGroup({ entries, format }: TargetGroup): Promise<readonly WriteOutcome[]> {
    const { metrics, monotonicNow, now, settings, signal } = this.#context;
    const writes: PendingWrite[] = [];
    for (const { write } of entries) writes.push(write);
    const startedMs = monotonicNow();
    const span = this.#context.isTraced
      ? startBatchSpan(entries, this.#connection.name)
      : undefined;
    let failure: unknown;
    try {
      const deadlineMs = now() + settings.writeTimeoutMs;
      const outcomes = await format.write(writes, { deadlineMs, signal, span });
      failure = span && outcomes.find((outcome) => outcome !== undefined);
      if (outcomes.length === writes.length) return outcomes;
      const about = `${outcomes.length} outcomes for ${writes.length} rows`;
      return writes.map(() => new FeatureStoreError("INTERNAL", `format ${format.name}: ${about}`));
    } catch (cause) {
      failure = cause;
      const about = `format ${format.name} failed: ${(cause as Error).message}`;
      const error = new FeatureStoreError("INTERNAL", about, { cause });
      return writes.map(() => error);
    } finally {
      span?.end(failure);
      const { batchRows, writeSeconds } = metrics.histograms;
      batchRows.labels(this.#connection.name).observe(writes.length);
      writeSeconds.labels(this.#connection.name).observe((monotonicNow() - startedMs) / 1000);
    }
  }

  /**
   * @param failed gets those to try again later
   * @param again gets those that come into their own because the newer one was refused
   * @returns how many were stored or refused
   */
  #settle(
    entries: readonly LaneEntry[],
    outcomes: readonly WriteOutcome[],
    failed: LaneEntry[],
    again: LaneEntry[],
  ): number {
    const { listener } = this.#context;
    const counts: RowCounts = { stored: 0, deleted: 0, superseded: 0 };
    let endedCount = 0;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index] as LaneEntry;
      const error = outcomes[index];
      if (error !== undefined && error.code !== "INVALID_ARGUMENT") {
        this.#fail(entry, error, failed);
        continue;
      }
      endedCount += 1;
      const { overtaken } = entry;
      entry.overtaken = undefined;
      if (error === undefined) {
        this.#endTrain(entry, overtaken, counts);
      } else {
        this.#unpark(entry);
        listener.refused(entry, error);
        if (overtaken !== undefined) keepLive(overtaken, again);
      }
    }
    this.#count(counts);
    return endedCount;
  }

  #endTrain(entry: LaneEntry, overtaken: LaneEntry | undefined, counts: RowCounts): void {
    this.#end(entry);
    for (let older = overtaken; older !== undefined; older = older.overtaken) {
      this.#end(older);
      counts.superseded += 1;
    }
    counts[entry.write.isDelete ? "deleted" : "stored"] += 1;
  }

  #count({ deleted, stored, superseded }: RowCounts): void {
    const { rows } = this.#context.metrics.counters;
    if (stored > 0) rows.labels(this.#connection.name, "stored").inc(stored);
    if (deleted > 0) rows.labels(this.#connection.name, "deleted").inc(deleted);
    if (superseded > 0) rows.labels(this.#connection.name, "superseded").inc(superseded);
  }

  #end(entry: LaneEntry): void {
    this.#unpark(entry);
    this.#context.listener.stored(entry);
  }

  #unpark(entry: LaneEntry): void {
    if (!entry.isParked) return;
    entry.isParked = false;
    this.#context.listener.unparked(entry);
  }

  #fail(entry: LaneEntry, error: FeatureStoreError, failed: LaneEntry[]): void {
    const { listener, metrics } = this.#context;
    metrics.counters.retries.labels(this.#connection.name, error.code).inc();
    entry.failures += 1;
    if (isTransient(error)) this.#unpark(entry);
    else {
      listener.parked(entry, error);
      entry.isParked = true;
    }
    failed.push(entry);
  }

  /** Some rows failed: they wait. If nothing was taken and it may pass, the lane rests as well: the store is away. */
  #holdBack(failed: readonly LaneEntry[], endedCount: number): void {
    const { monotonicNow, random, settings } = this.#context;
    const nowMs = monotonicNow();
    let transientFailures = 0;
    for (const { failures, isParked } of failed) {
      if (!isParked) transientFailures = Math.max(transientFailures, failures);
    }
    const isAway = endedCount === 0 && transientFailures > 0;
    this.#failures = isAway ? this.#failures + 1 : 0;
    const pauseMs = backoffMs(settings, isAway ? this.#failures : transientFailures, random);
    if (isAway) this.#restsUntilMs = nowMs + pauseMs;
    for (const entry of failed) {
      const dueMs = nowMs + (entry.isParked ? settings.haltRetryMs : pauseMs);
      if (!entry.isOver) this.#held.hold(entry, dueMs);
      else this.#holdTrain(entry, dueMs);
    }
  }

  /** The assignment of the first is over; those that it had overtaken may be of others. */
  #holdTrain(entry: LaneEntry, dueMs: number): void {
    const left: LaneEntry[] = [];
    keepLive(entry, left);
    for (const one of left) this.#held.hold(one, dueMs);
  }
}

function addUnderWay(entries: readonly LaneEntry[], count: 1 | -1): void {
  for (let index = 0; index < entries.length; index++) {
    let entry = entries[index];
    while (entry !== undefined) {
      entry.message.partition.underWay += count;
      entry = entry.overtaken;
    }
  }
}
