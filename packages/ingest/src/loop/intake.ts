import {
  type ErrorCode,
  FeatureStoreError,
  type Logger,
  type Tracer,
  traceFields,
} from "@ofs/platform";
import { MessageFault, type MessageWrites } from "../format.ts";
import { parseWriteTime } from "../write-time/write-time-header.ts";
import type { FormatTable } from "./format-table.ts";
import { isTransient } from "./lane-entry.ts";
import type { Lanes } from "./lanes.ts";
import type { Message } from "./message.ts";
import type { MessageEnds } from "./message-ends.ts";
import { startMessageSpan } from "./message-spans.ts";
import type { PartitionState } from "./partition-state.ts";
import { RegistryWait } from "./registry-wait.ts";
import type { IngestSettings } from "./settings.ts";
import type { Timers } from "./timers.ts";

/** Other work of the process gets its turn after so long. */
const SLICE_MS = 5;
/** Records of one partition before the next one has its turn. */
const TURN_RECORDS = 64;
/** Records between two looks at the clock: one may have thousands of rows, so it is few. */
const CLOCK_RECORDS = 8;

export interface IntakeContext {
  readonly settings: IngestSettings;
  readonly formats: FormatTable;
  readonly lanes: Lanes;
  readonly ends: MessageEnds;
  readonly now: () => number;
  readonly monotonicNow: () => number;
  readonly timers: Timers;
  readonly log: Logger;
  readonly tracer: Tracer | undefined;
  /** Messages have come to an end, or partitions have halted. */
  readonly changed: () => void;
}

/** Prepares records: each once, in order of its partition, unless it has to wait for the registry or a store. */
export class Intake {
  readonly #context: IntakeContext;
  readonly #partitions: ReadonlyMap<string, PartitionState>;
  readonly #waiting: RegistryWait;
  /** To be prepared again, before anything new. */
  #again: Message[] = [];
  /** Of stores that this process has no connection to. */
  #halted: Message[] = [];
  #haltRetryMs: number;
  /** Of the partition that is next. */
  #turn = 0;
  #isScheduled = false;
  #isClosed = false;

  constructor(context: IntakeContext, partitions: ReadonlyMap<string, PartitionState>) {
    this.#context = context;
    this.#partitions = partitions;
    const { haltRetryMs, maxMissingNames, registryWaitMs } = context.settings;
    this.#waiting = new RegistryWait(registryWaitMs, maxMissingNames);
    this.#haltRetryMs = context.monotonicNow() + haltRetryMs;
  }

  /** Prepares what there is, for a while; the rest later. */
  pump(): void {
    if (this.#isScheduled || this.#isClosed) return;
    const endMs = this.#context.monotonicNow() + SLICE_MS;
    const isDone = this.#pumpAgain(endMs) && this.#pumpNew(endMs);
    this.#context.lanes.kick();
    this.#context.changed();
    if (isDone) return;
    this.#isScheduled = true;
    this.#context.timers.soon(() => {
      this.#isScheduled = false;
      this.pump();
    });
  }

  /** Tries again what waits for a name, or for a store. */
  registryChanged(): void {
    const stillMissing = (message: Message, missing: string): boolean => {
      const fault = this.#faultOf(message);
      return fault instanceof MessageFault && missingOf(fault) === missing;
    };
    for (const message of this.#waiting.released(stillMissing)) this.#again.push(message);
    this.#retryHalted();
    this.pump();
  }

  /** Call now and then. */
  tick(nowMs: number): void {
    for (const message of this.#waiting.expired(nowMs)) this.#again.push(message);
    if (nowMs >= this.#haltRetryMs) this.#retryHalted();
    if (this.#again.length > 0) this.pump();
  }

  /** Forgets what is of dropped partitions. */
  dropDead(): void {
    this.#waiting.dropDead();
    this.#again = this.#again.filter(({ partition }) => !partition.isOver);
    this.#halted = this.#halted.filter(({ partition }) => !partition.isOver);
  }

  /** Prepares nothing any more. */
  close(): void {
    this.#isClosed = true;
  }

  #retryHalted(): void {
    this.#haltRetryMs = this.#context.monotonicNow() + this.#context.settings.haltRetryMs;
    for (const message of this.#halted) this.#again.push(message);
    this.#halted = [];
  }

  /** @returns whether nothing is left */
  #pumpAgain(endMs: number): boolean {
    const messages = this.#again;
    this.#again = [];
    for (let index = 0; index < messages.length; index++) {
      if (index % CLOCK_RECORDS === CLOCK_RECORDS - 1 && this.#context.monotonicNow() >= endMs) {
        this.#again = [...messages.slice(index), ...this.#again];
        return false;
      }
      const message = messages[index] as Message;
      if (!message.partition.isOver) this.#prepare(message);
    }
    return true;
  }

  /** @returns whether nothing is left but what halts */
  #pumpNew(endMs: number): boolean {
    const partitions = [...this.#partitions.values()];
    // Where the last slice ended: else the first partition would have all of them.
    for (let idle = 0; idle < partitions.length; ) {
      const partition = partitions[this.#turn % partitions.length] as PartitionState;
      this.#turn = (this.#turn + 1) % partitions.length;
      if (!this.#pumpTurn(partition, endMs)) return false;
      idle = canPump(partition) ? 0 : idle + 1;
    }
    return true;
  }

  /** @returns whether there is time left */
  #pumpTurn(partition: PartitionState, endMs: number): boolean {
    for (let count = 1; count <= TURN_RECORDS; count++) {
      if (!canPump(partition)) return true;
      this.#begin(partition.takeUnprepared() as Message);
      if (count % CLOCK_RECORDS === 0 && this.#context.monotonicNow() >= endMs) return false;
    }
    return true;
  }

  #begin(message: Message): void {
    const { tracer } = this.#context;
    if (tracer !== undefined) message.span = startMessageSpan(tracer, message.record);
    const fault = this.#stamp(message);
    if (fault === undefined) this.#prepare(message);
    else this.#reject(message, fault);
  }

  /**
   * Gives it its format and the time that it counts for: its own or that of its header, never in the future.
   *
   * @returns why that cannot be
   */
  #stamp(message: Message): Error | undefined {
    const { partition, record, timestampMs } = message;
    const nowMs = Math.trunc(this.#context.now());
    const hasTime = timestampMs !== undefined && timestampMs >= 0;
    message.countedMs = hasTime ? Math.min(Math.trunc(timestampMs), nowMs) : nowMs;
    message.writeTimeMicros = partition.writeTimes.next(message.countedMs);
    try {
      const writeTimeMs = parseWriteTime(record);
      if (writeTimeMs !== undefined) {
        message.writeTimeMicros = Math.min(writeTimeMs, message.countedMs) * 1000;
      }
    } catch (error) {
      return error as Error;
    }
    message.format = this.#context.formats.formatOf(record);
    return message.format === undefined ? noFormat(record.topic) : undefined;
  }

  #prepare(message: Message): void {
    const fault = this.#faultOf(message);
    if (fault === undefined) this.#dispatch(message, message.prepared as MessageWrites);
    else this.#handleFault(message, fault);
  }

  #dispatch(message: Message, { faults, writes }: MessageWrites): void {
    const { ends, lanes, monotonicNow } = this.#context;
    const { partition } = message;
    partition.unhalt(message);
    let bytes = 0;
    for (const { sizeBytes } of writes) bytes += sizeBytes;
    message.sizeBytes += bytes;
    partition.inFlightBytes += bytes;
    message.openWrites = writes.length;
    if (faults.length > 0) message.badRows = new Map(faults.map(({ error, row }) => [row, error]));
    if (writes.length === 0) ends.settle(message);
    else lanes.push(message, monotonicNow());
  }

  /** Prepares it. @returns why that cannot be */
  #faultOf(message: Message): Error | undefined {
    try {
      message.prepared = message.format?.prepare(message.record, message.writeTimeMicros);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  #handleFault(message: Message, error: Error): void {
    const { monotonicNow } = this.#context;
    if (error instanceof MessageFault && error.kind === "registry") {
      message.partition.unhalt(message);
      const isWaiting = this.#waiting.add(message, missingOf(error), monotonicNow());
      if (!isWaiting) this.#reject(message, error);
    } else if (isHalting(error)) this.#halt(message, error);
    else this.#reject(message, error);
  }

  #halt(message: Message, error: Error): void {
    const { log, now } = this.#context;
    const { isHalted, partition, topic } = message.partition;
    const code = codeOf(error);
    if (!isHalted) {
      const at = { topic, partition, offset: message.offset, ...traceFields(message.span) };
      log.error({ err: error, ...at }, "partition halted");
    }
    message.partition.halt(message, error.message, code, now());
    this.#halted.push(message);
  }

  #reject(message: Message, error: Error): void {
    const { ends, log } = this.#context;
    const { offset, partition } = message;
    partition.unhalt(message);
    const code = codeOf(error);
    if (code === "INTERNAL") {
      const at = { topic: partition.topic, offset, ...traceFields(message.span) };
      log.error({ err: error, ...at }, "a record could not be prepared");
    }
    const field = error instanceof MessageFault ? error.field : undefined;
    ends.reject(message, { code, message: error.message, field });
  }
}

function canPump(partition: PartitionState): boolean {
  return partition.hasUnprepared && !partition.isHalted && !partition.isOver;
}

/** Nothing is wrong with the message, but with this process: it lacks a store, or cannot read messages for now. */
function isHalting(error: Error): boolean {
  if (error instanceof MessageFault) return error.kind === "store";
  return error instanceof FeatureStoreError && isTransient(error);
}

function missingOf(fault: MessageFault): string {
  return fault.missing ?? fault.message;
}

function codeOf(error: Error): ErrorCode {
  const cause = error instanceof MessageFault ? error.cause : error;
  return cause instanceof FeatureStoreError ? cause.code : "INTERNAL";
}

function noFormat(topic: string): MessageFault {
  const message = `no format is known for this record of topic ${topic}`;
  return new MessageFault("poison", new FeatureStoreError("INVALID_ARGUMENT", message));
}
