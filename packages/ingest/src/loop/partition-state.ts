import type { ErrorCode } from "@ofs/platform";
import { partitionName, type SourceRecord, type TopicPartition } from "../record.ts";
import type { AssignedPartition, Commit } from "../source.ts";
import { WriteTimes } from "../write-time/write-times.ts";
import { Message } from "./message.ts";
import type { PartitionMetrics } from "./metrics.ts";
import type { HaltStatus, PartitionStatus, PauseReason } from "./status.ts";

/** Finished records are cut off the list once they are so many, and half of it. */
const COMPACTION_LENGTH = 1024;

/** One partition, for the time of one assignment: what of it is in hand, and up to where it is finished. */
export class PartitionState implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  readonly name: string;
  readonly metrics: PartitionMetrics;
  /** The assignment is over: nothing of it counts any more. */
  isDropped = false;
  /** The assignment ends: what is under way may end and be committed, nothing else is begun. */
  isRevoking = false;
  position: number | undefined;
  endOffset: number | undefined;
  /** As the group knows it. */
  committed: number | undefined;
  lastCommitMs: number | undefined;
  /** Everything below is finished; `undefined` before the first record is. */
  watermark: number | undefined;
  inFlightBytes = 0;
  waitingRecords = 0;
  /** Records that are prepared and not finished. */
  openRecords = 0;
  /** Writes and dead letters that have been sent. */
  underWay = 0;
  pauseReason: PauseReason | undefined = undefined;
  /** The metadata of the commit that it begins at is not ours: counting begins anew. */
  readonly hasForeignMetadata: boolean;
  /** Counts for records that are prepared. */
  readonly writeTimes: WriteTimes;
  /** Counts at the watermark: what a reader that begins there must know. */
  readonly #committableTimes: WriteTimes;
  /** By rising offset: `#head` = the oldest unfinished, `#next` = the first that is not prepared. */
  readonly #messages: (Message | undefined)[] = [];
  #head = 0;
  #next = 0;
  readonly #halts = new Map<Message, HaltStatus>();

  constructor(assigned: AssignedPartition, metrics: PartitionMetrics) {
    this.topic = assigned.topic;
    this.partition = assigned.partition;
    this.name = partitionName(assigned);
    this.position = assigned.committed?.offset;
    this.committed = assigned.committed?.offset;
    this.metrics = metrics;
    const metadata = assigned.committed?.metadata ?? "";
    this.hasForeignMetadata = WriteTimes.parse(metadata) === undefined;
    this.writeTimes = WriteTimes.parse(metadata) ?? new WriteTimes();
    this.#committableTimes = WriteTimes.parse(metadata) ?? new WriteTimes();
  }

  /** Records that are not below the watermark. */
  get inFlightRecords(): number {
    return this.#messages.length - this.#head;
  }

  get hasUnprepared(): boolean {
    return this.#next < this.#messages.length;
  }

  /** Nothing of it is to be begun any more. */
  get isOver(): boolean {
    return this.isDropped || this.isRevoking;
  }

  /** Something is under way that may end by itself: neither halted nor waiting for the registry. */
  get isBusy(): boolean {
    return this.openRecords > this.waitingRecords + this.#halts.size;
  }

  get isHalted(): boolean {
    return this.#halts.size > 0;
  }

  add(record: SourceRecord, sizeBytes: number): void {
    this.#messages.push(new Message(this, record, sizeBytes));
    this.inFlightBytes += sizeBytes;
    this.position = record.offset + 1;
  }

  /** @returns the next record to prepare, `undefined` for none */
  takeUnprepared(): Message | undefined {
    if (!this.hasUnprepared) return undefined;
    this.openRecords += 1;
    return this.#messages[this.#next++];
  }

  /** Forgets what is not prepared: it will be read again. */
  dropUnprepared(): void {
    let bytes = 0;
    for (let index = this.#next; index < this.#messages.length; index++) {
      bytes += (this.#messages[index] as Message).sizeBytes;
    }
    this.#messages.length = this.#next;
    this.inFlightBytes -= bytes;
  }

  /** The message is stored or dead-lettered. @returns whether the watermark has moved */
  finish(message: Message): boolean {
    message.isDone = true;
    this.openRecords -= 1;
    this.#halts.delete(message);
    this.inFlightBytes -= message.sizeBytes;
    message.release();
    let isMoved = false;
    while (this.#head < this.#next && (this.#messages[this.#head] as Message).isDone) {
      const { countedMs, offset } = this.#messages[this.#head] as Message;
      this.#committableTimes.next(countedMs);
      this.watermark = offset + 1;
      this.#messages[this.#head++] = undefined;
      isMoved = true;
    }
    if (this.#head >= COMPACTION_LENGTH && this.#head * 2 >= this.#messages.length) this.#compact();
    return isMoved;
  }

  halt(message: Message, reason: string, code: ErrorCode, nowMs: number): void {
    const sinceMs = this.#halts.get(message)?.sinceMs ?? nowMs;
    this.#halts.set(message, { reason, code, offset: message.offset, sinceMs });
  }

  unhalt(message: Message): void {
    this.#halts.delete(message);
  }

  /** The oldest record that should be on its way: neither halted nor waiting for the registry. */
  get expectedOffset(): number | undefined {
    const oldest = this.#messages[this.#head];
    return this.isHalted || oldest === undefined || oldest.isWaiting ? undefined : oldest.offset;
  }

  /** @returns what there is to tell the group, if anything */
  pendingCommit(): Commit | undefined {
    const { watermark, topic, partition } = this;
    if (watermark === undefined || watermark <= (this.committed ?? -1)) return undefined;
    return { topic, partition, offset: watermark, metadata: this.#committableTimes.format() };
  }

  status(): PartitionStatus {
    return {
      topic: this.topic,
      partition: this.partition,
      position: this.position,
      committed: this.committed,
      endOffset: this.endOffset,
      lag: this.#lag(),
      paused: this.pauseReason,
      halted: this.#firstHalt(),
      waitingRecords: this.waitingRecords,
      inFlightRecords: this.inFlightRecords,
      inFlightBytes: this.inFlightBytes,
      oldestOpenMs: this.#messages[this.#head]?.timestampMs,
      lastCommitMs: this.lastCommitMs,
    };
  }

  #lag(): number | undefined {
    if (this.endOffset === undefined) return undefined;
    const reached = this.committed ?? this.#messages[this.#head]?.offset ?? this.watermark;
    return reached === undefined ? undefined : Math.max(0, this.endOffset - reached);
  }

  #firstHalt(): HaltStatus | undefined {
    let first: HaltStatus | undefined;
    for (const halt of this.#halts.values()) {
      if (first === undefined || halt.offset < first.offset) first = halt;
    }
    return first;
  }

  #compact(): void {
    this.#messages.splice(0, this.#head);
    this.#next -= this.#head;
    this.#head = 0;
  }
}
