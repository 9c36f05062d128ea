import { type ErrorCode, type FeatureStoreError, type Logger, traceFields } from "@ofs/platform";
import type { DeadLetterListener, DeadLetterWriter } from "../dead-letters/dead-letter-writer.ts";
import { deadLetter, type LetterCause } from "../dead-letters/letter.ts";
import type { LaneEntry, LaneListener } from "./lane-entry.ts";
import type { Message } from "./message.ts";
import { endMessageSpan } from "./message-spans.ts";
import type { IngestMetrics } from "./metrics.ts";
import type { IngestSettings } from "./settings.ts";

export interface MessageEndsContext {
  readonly settings: IngestSettings;
  readonly now: () => number;
  readonly metrics: IngestMetrics;
  readonly log: Logger;
  /** Outcomes have been told: bounds, commits and hand-overs may go on. */
  readonly changed: () => void;
}

/** Brings messages to their end: stored whole, or dead-lettered whole or by their bad rows. */
export class MessageEnds implements LaneListener, DeadLetterListener {
  readonly #context: MessageEndsContext;
  #letters: DeadLetterWriter | undefined = undefined;

  constructor(context: MessageEndsContext) {
    this.#context = context;
  }

  /** Call once, before anything else. */
  attach(letters: DeadLetterWriter): void {
    this.#letters = letters;
  }

  /** Nothing of the message can ever be stored. */
  reject(message: Message, cause: LetterCause): void {
    message.failureCode = cause.code;
    this.#sendLetter(message, message.record.value, cause);
  }

  /** All its writes have come to an end, if it has any. */
  settle(message: Message): void {
    const { badRows } = message;
    if (badRows === undefined) this.#finish(message);
    else this.#sendBadRows(message, badRows);
  }

  stored({ message }: LaneEntry): void {
    if (message.partition.isDropped) return;
    message.storedWrites += 1;
    this.#writeEnded(message);
  }

  refused({ message, write }: LaneEntry, error: FeatureStoreError): void {
    if (message.partition.isDropped) return;
    message.badRows ??= new Map();
    message.badRows.set(write.row, error);
    this.#writeEnded(message);
  }

  parked({ isParked, message }: LaneEntry, error: FeatureStoreError): void {
    if (message.partition.isDropped) return;
    if (!isParked) message.parkedWrites += 1;
    this.#halt(message, `a row is not stored: ${error.message}`, error.code, error);
  }

  unparked({ message }: LaneEntry): void {
    message.parkedWrites -= 1;
    if (message.parkedWrites === 0) message.partition.unhalt(message);
  }

  lettered(message: Message): void {
    if (message.partition.isDropped) return;
    this.#finish(message);
  }

  letterFailed(message: Message, error: Error): void {
    if (message.partition.isDropped) return;
    this.#halt(message, `a dead letter is not stored: ${error.message}`, "UNAVAILABLE", error);
  }

  batchEnded(): void {
    this.#context.changed();
  }

  #writeEnded(message: Message): void {
    message.openWrites -= 1;
    if (message.openWrites === 0) this.settle(message);
  }

  #finish(message: Message): void {
    const { failureCode, partition, span, storedWrites, timestampMs } = message;
    if (span !== undefined) endMessageSpan(span, failureCode);
    if (storedWrites > 0 && timestampMs !== undefined) {
      const delayMs = Math.max(0, this.#context.now() - timestampMs);
      partition.metrics.delaySeconds.observe(delayMs / 1000);
    }
    partition.finish(message);
  }

  #halt(message: Message, reason: string, code: ErrorCode, err: Error): void {
    const { log, now } = this.#context;
    const { isHalted, partition, topic } = message.partition;
    if (!isHalted) {
      const at = { topic, partition, offset: message.offset, ...traceFields(message.span) };
      log.error({ err, ...at }, "partition halted");
    }
    message.partition.halt(message, reason, code, now());
  }

  #sendBadRows(message: Message, badRows: ReadonlyMap<number, FeatureStoreError>): void {
    const rows = [...badRows.keys()].sort((one, other) => one - other);
    const [first] = rows;
    const cause: LetterCause = {
      code: badRows.get(first as number)?.code ?? "INVALID_ARGUMENT",
      message: this.#describe(rows, badRows),
      field: undefined,
    };
    message.failureCode = cause.code;
    const { deadRows } = this.#context.metrics.counters;
    deadRows.labels(message.partition.topic).inc(rows.length);
    this.#sendLetter(message, this.#valueOf(message, rows), cause);
  }

  /** As much of it as a letter has room for. */
  #describe(rows: readonly number[], badRows: ReadonlyMap<number, FeatureStoreError>): string {
    let text = "";
    for (const row of rows) {
      text += `${text === "" ? "" : "; "}row ${row}: ${badRows.get(row)?.message}`;
      if (text.length > this.#context.settings.maxErrorBytes) break;
    }
    return text;
  }

  /** A message with these rows only; if it cannot be made, the whole one: storing rows again is harmless. */
  #valueOf({ partition, offset, prepared, record, span }: Message, rows: readonly number[]) {
    try {
      return prepared?.encodeRows(rows) ?? record.value;
    } catch (err) {
      const { log } = this.#context;
      const at = { topic: partition.topic, offset, ...traceFields(span) };
      log.error({ err, ...at }, "bad rows cannot be told from good ones");
      return record.value;
    }
  }

  #sendLetter(message: Message, value: Uint8Array | undefined, cause: LetterCause): void {
    const { deadLetterTopic, maxErrorBytes } = this.#context.settings;
    const topic = deadLetterTopic ?? `${message.partition.topic}.dlq`;
    const letter = deadLetter(topic, message.record, value, cause, maxErrorBytes);
    this.#letters?.push(message, letter, cause.code);
  }
}
