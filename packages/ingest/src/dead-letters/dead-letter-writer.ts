import { type ErrorCode, type Logger, traceFields } from "@ofs/platform";
import { backoffMs } from "../loop/backoff.ts";
import { type Message, recordSizeBytes } from "../loop/message.ts";
import type { IngestMetrics } from "../loop/metrics.ts";
import type { IngestSettings } from "../loop/settings.ts";
import type { Timers } from "../loop/timers.ts";
import type { NewRecord } from "../record.ts";
import { type RecordSink, SinkError } from "../sink.ts";
import { smallerLetter } from "./letter.ts";

/** A dead letter on its way, and whose it is. */
interface PendingLetter {
  readonly message: Message;
  readonly code: ErrorCode;
  letter: NewRecord;
}

export interface DeadLetterListener {
  /** The letter is durable. */
  lettered(message: Message): void;
  /** It cannot be produced for now, and is tried again. */
  letterFailed(message: Message, error: Error): void;
  /** The outcomes of a batch have all been told. */
  batchEnded(): void;
}

export interface DeadLetterContext {
  readonly sink: RecordSink;
  readonly settings: IngestSettings;
  readonly timers: Timers;
  readonly random: () => number;
  readonly metrics: IngestMetrics;
  readonly log: Logger;
  readonly listener: DeadLetterListener;
}

/** Produces dead letters in order, one batch at a time, each until it is durable. */
export class DeadLetterWriter {
  readonly #context: DeadLetterContext;
  #queue: PendingLetter[] = [];
  #isRunning = false;
  #hasDead = false;
  #isClosed = false;
  #failures = 0;
  #cancelPause: (() => void) | undefined = undefined;

  constructor(context: DeadLetterContext) {
    this.#context = context;
  }

  /** Letters that are not durable yet. Bounded by what the partitions may have in flight. */
  get pendingCount(): number {
    return this.#queue.length;
  }

  push(message: Message, letter: NewRecord, code: ErrorCode): void {
    this.#queue.push({ message, letter, code });
    if (!this.#isRunning && this.#cancelPause === undefined) void this.#run();
  }

  /** Forgets the letters of dropped partitions. */
  dropDead(): void {
    this.#hasDead = true;
    // A running batch is cut off the queue by its length.
    if (!this.#isRunning) this.#sweep();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelPause?.();
    this.#cancelPause = undefined;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    // Lets letters of the same turn come together.
    await Promise.resolve();
    while (!this.#isClosed) {
      const batch = this.#nextBatch();
      if (batch.length === 0) break;
      const error = await this.#produce(batch);
      if (error !== undefined) {
        this.#pause(batch, error);
        break;
      }
      this.#failures = 0;
      for (const pending of batch) this.#succeed(pending);
      this.#queue.splice(0, batch.length);
      this.#context.listener.batchEnded();
    }
    this.#isRunning = false;
  }

  #sweep(): void {
    this.#queue = this.#queue.filter(({ message }) => !message.partition.isOver);
    this.#hasDead = false;
  }

  #nextBatch(): PendingLetter[] {
    const { deadLetterBatchBytes, deadLetterBatchRecords } = this.#context.settings;
    if (this.#hasDead) this.#sweep();
    let bytes = 0;
    let count = 0;
    for (const { letter } of this.#queue) {
      bytes += letter.value?.length ?? 0;
      if (count > 0 && (bytes > deadLetterBatchBytes || count >= deadLetterBatchRecords)) break;
      count += 1;
    }
    return this.#queue.slice(0, count);
  }

  /** @returns why not all are durable */
  async #produce(batch: readonly PendingLetter[]): Promise<Error | undefined> {
    for (const { message } of batch) message.partition.underWay += 1;
    try {
      await this.#context.sink.produce(batch.map(({ letter }) => letter));
      return undefined;
    } catch (error) {
      if (!(error instanceof SinkError && error.code === "TOO_LARGE")) return error as Error;
      return await this.#produceSingly(batch, error);
    } finally {
      for (const { message } of batch) message.partition.underWay -= 1;
    }
  }

  /** One of them is too large: the others may be produced twice, which is harmless. */
  async #produceSingly(
    batch: readonly PendingLetter[],
    tooLarge: SinkError,
  ): Promise<Error | undefined> {
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) return this.#produceSmaller(only, tooLarge);
    for (const pending of batch) {
      const error = await this.#produce([pending]);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  async #produceSmaller(pending: PendingLetter, tooLarge: SinkError): Promise<Error | undefined> {
    const { log } = this.#context;
    const { offset, partition, record, span } = pending.message;
    const smaller = smallerLetter(pending.letter, record.value?.length ?? 0);
    if (smaller === undefined) return tooLarge;
    const { topic, partition: number } = partition;
    const sizeBytes = recordSizeBytes(record);
    const about = { topic, partition: number, offset, sizeBytes, ...traceFields(span) };
    log.error({ err: tooLarge, ...about }, "dead letter is too large: part of it is left out");
    pending.letter = smaller;
    return this.#produce([pending]);
  }

  #succeed({ message, code }: PendingLetter): void {
    const { listener, metrics } = this.#context;
    metrics.counters.deadLetters.labels(message.partition.topic, code).inc();
    listener.lettered(message);
  }

  #pause(batch: readonly PendingLetter[], error: Error): void {
    const { listener, log, metrics, random, settings, timers } = this.#context;
    this.#failures += 1;
    const code = error instanceof SinkError ? error.code : "INTERNAL";
    metrics.counters.deadLetterFailures.labels(code).inc();
    if (this.#failures === 1) log.error({ err: error }, "dead letters cannot be produced");
    for (const { message } of batch) listener.letterFailed(message, error);
    listener.batchEnded();
    if (this.#isClosed) return;
    this.#cancelPause = timers.after(backoffMs(settings, this.#failures, random), () => {
      this.#cancelPause = undefined;
      void this.#run();
    });
  }
}
