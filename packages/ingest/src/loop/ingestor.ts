import { DeadLetterWriter } from "../dead-letters/dead-letter-writer.ts";
import { partitionName, type SourceRecord, type TopicPartition } from "../record.ts";
import type { AssignedPartition, SourceListener } from "../source.ts";
import { Committer } from "./committer.ts";
import { Flow } from "./flow.ts";
import { Handover } from "./handover.ts";
import { healthReasons, StallWatch } from "./health.ts";
import { Intake } from "./intake.ts";
import { Lanes } from "./lanes.ts";
import { recordSizeBytes } from "./message.ts";
import { MessageEnds } from "./message-ends.ts";
import type { IngestorOptions } from "./options.ts";
import { PartitionState } from "./partition-state.ts";
import { type IngestSettings, ingestSettings } from "./settings.ts";
import type { CloseReport, IngestStatus } from "./status.ts";
import { SYSTEM_TIMERS, type Timers } from "./timers.ts";

/** Between looks at what is due: commits, waits that are over, stalls. */
const TICK_MS = 100;

/**
 * The loop from a source to stores: records are prepared in order, their rows written in lanes, what can never be
 * stored becomes dead letters, and of each partition the offset is committed below which everything is one or the other.
 */
export class Ingestor {
  readonly #options: IngestorOptions;
  readonly #settings: IngestSettings;
  readonly #timers: Timers;
  readonly #partitions = new Map<string, PartitionState>();
  /** Lost by refused commits, and when. */
  readonly #fenced = new Map<string, number>();
  readonly #abort = new AbortController();
  readonly #letters: DeadLetterWriter;
  readonly #lanes: Lanes;
  readonly #intake: Intake;
  readonly #flow: Flow;
  readonly #committer: Committer;
  readonly #handover: Handover;
  readonly #stall: StallWatch;
  #state: IngestStatus["state"] = "idle";
  #cancelTick: (() => void) | undefined = undefined;
  #unwatch: (() => void) | undefined = undefined;
  #closing: Promise<CloseReport> | undefined = undefined;

  /** @throws {RangeError} naming the setting that is out of range */
  constructor(options: IngestorOptions) {
    const { deadLetters: sink, formats, log, metrics, monotonicNow, now, source } = options;
    const { random = Math.random, timers = SYSTEM_TIMERS, tracer } = options;
    const settings = ingestSettings(options.settings);
    const changed = (): void => this.#changed();
    const ends = new MessageEnds({ settings, now, metrics, log, changed });
    const shared = { settings, now, monotonicNow, timers, random, metrics, log, listener: ends };
    const fenced = (partition: PartitionState): void => this.#fence(partition);
    this.#options = options;
    this.#settings = settings;
    this.#timers = timers;
    this.#letters = new DeadLetterWriter({ ...shared, sink });
    this.#lanes = new Lanes({
      ...shared,
      signal: this.#abort.signal,
      isTraced: tracer !== undefined,
    });
    this.#intake = new Intake(
      { ...shared, tracer, formats, lanes: this.#lanes, ends, changed },
      this.#partitions,
    );
    this.#flow = new Flow(source, this.#partitions, settings);
    this.#committer = new Committer({ ...shared, source, fenced });
    this.#handover = new Handover({ settings, committer: this.#committer, timers, monotonicNow });
    this.#stall = new StallWatch(settings.stallMs);
    ends.attach(this.#letters);
  }

  /** Joins the source's group. What goes wrong later is told by `status`. */
  async start(): Promise<void> {
    if (this.#state !== "idle") throw new Error(`ingestor is ${this.#state}`);
    this.#state = "running";
    this.#unwatch = this.#options.metrics.watch(() => this.status());
    this.#scheduleTick();
    await this.#options.source.start(this.#listener());
  }

  /** The registry has another revision: what waits for a name or a store is tried again. */
  registryChanged(): void {
    if (this.#state === "running" || this.#state === "draining") this.#intake.registryChanged();
  }

  status(): IngestStatus {
    const partitions = [...this.#partitions.values()];
    const source = this.#options.source.status();
    const reasons = this.#reasons();
    return {
      state: this.#state,
      source,
      isHealthy: reasons.length === 0,
      reasons,
      inFlightRecords: partitions.reduce((sum, one) => sum + one.inFlightRecords, 0),
      inFlightBytes: partitions.reduce((sum, one) => sum + one.inFlightBytes, 0),
      partitions: partitions.map((partition) => partition.status()),
    };
  }

  /**
   * Takes no more records, finishes those begun, commits and leaves the group. Idempotent.
   *
   * @param deadlineMs Unix milliseconds: what is not finished by then is left, and will be read again
   */
  close(deadlineMs: number): Promise<CloseReport> {
    this.#closing ??= this.#close(Math.max(0, deadlineMs - this.#options.now()));
    return this.#closing;
  }

  #listener(): SourceListener {
    return {
      assigned: (partitions) => this.#assigned(partitions),
      revoked: (partitions) => this.#revoked(partitions),
      lost: (partitions) => this.#lost(partitions),
      records: (from, records, endOffset) => this.#records(from, records, endOffset),
    };
  }

  #assigned(assigned: readonly AssignedPartition[]): void {
    const { log, metrics } = this.#options;
    for (const one of assigned) {
      const partition = new PartitionState(one, metrics.forTopic(one.topic));
      this.#fenced.delete(partition.name);
      const former = this.#partitions.get(partition.name);
      if (former !== undefined) former.isDropped = true;
      this.#partitions.set(partition.name, partition);
      if (partition.hasForeignMetadata) {
        log.warn({ topic: one.topic, partition: one.partition }, "commit metadata is not ours");
      }
    }
    metrics.counters.rebalances.labels("assigned").inc(assigned.length);
    this.#dropDead();
    if (this.#state !== "running") this.#options.source.pause(assigned);
    this.#changed();
  }

  async #revoked(revoked: readonly TopicPartition[]): Promise<void> {
    const partitions = this.#find(revoked);
    this.#options.metrics.counters.rebalances.labels("revoked").inc(revoked.length);
    for (const partition of partitions) {
      partition.isRevoking = true;
      partition.dropUnprepared();
    }
    this.#dropDead();
    const isEnded = (): boolean => partitions.every((one) => one.underWay === 0 || one.isDropped);
    await this.#handover.finish(partitions, isEnded, this.#settings.revokeTimeoutMs);
    this.#drop(partitions);
    for (const { name } of partitions) this.#fenced.delete(name);
  }

  #lost(lost: readonly TopicPartition[]): void {
    this.#options.metrics.counters.rebalances.labels("lost").inc(lost.length);
    this.#drop(this.#find(lost));
  }

  #fence(partition: PartitionState): void {
    this.#options.metrics.counters.rebalances.labels("fenced").inc();
    this.#fenced.set(partition.name, this.#options.monotonicNow());
    this.#drop([partition]);
  }

  #records(from: TopicPartition, records: readonly SourceRecord[], endOffset: number): void {
    const partition = this.#partitions.get(partitionName(from));
    if (this.#state !== "running" || partition === undefined || partition.isOver) {
      this.#options.metrics.forTopic(from.topic).unexpected.inc(records.length);
      return;
    }
    partition.endOffset = endOffset;
    let bytes = 0;
    let count = 0;
    for (const record of records) {
      if (record.offset < (partition.position ?? 0)) continue;
      const sizeBytes = recordSizeBytes(record);
      partition.add(record, sizeBytes);
      bytes += sizeBytes;
      count += 1;
    }
    partition.metrics.records.inc(count);
    partition.metrics.bytes.inc(bytes);
    if (count < records.length) partition.metrics.unexpected.inc(records.length - count);
    this.#intake.pump();
    // A pump that waits for its turn has not looked at the bounds.
    this.#flow.update();
  }

  #find(names: readonly TopicPartition[]): PartitionState[] {
    const found: PartitionState[] = [];
    for (const name of names) {
      this.#fenced.delete(partitionName(name));
      const partition = this.#partitions.get(partitionName(name));
      if (partition !== undefined) found.push(partition);
    }
    return found;
  }

  /** What is still under way of these counts no more. */
  #drop(partitions: readonly PartitionState[]): void {
    for (const partition of partitions) {
      partition.isDropped = true;
      if (this.#partitions.get(partition.name) === partition) {
        this.#partitions.delete(partition.name);
      }
    }
    this.#dropDead();
    this.#changed();
  }

  #dropDead(): void {
    this.#intake.dropDead();
    this.#lanes.dropDead();
    this.#letters.dropDead();
  }

  /** Outcomes have come, or partitions. */
  #changed(): void {
    if (this.#state === "running") this.#flow.update();
    this.#handover.changed();
    const { commitsAfterWork, minCommitIntervalMs } = this.#settings;
    if (commitsAfterWork) this.#commitIfDue(minCommitIntervalMs);
  }

  #commitIfDue(intervalMs: number): void {
    if (this.#state !== "running" || this.#committer.isBusy) return;
    if (this.#options.monotonicNow() - this.#committer.lastMs < intervalMs) return;
    void this.#committer.commit([...this.#partitions.values()]);
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#timers.after(TICK_MS, () => {
      this.#tick();
      this.#scheduleTick();
    });
  }

  #tick(): void {
    const { commitIntervalMs, commitsAfterWork, minCommitIntervalMs } = this.#settings;
    const nowMs = this.#options.monotonicNow();
    this.#intake.tick(nowMs);
    this.#commitIfDue(commitsAfterWork ? minCommitIntervalMs : commitIntervalMs);
    // A partition that has been halted may have records that came before.
    if (this.#state === "running") this.#intake.pump();
    for (const { name, offset } of this.#stall.look(this.#partitions, nowMs)) {
      this.#options.log.error({ partition: name, offset }, "partition stalls");
    }
  }

  #isBusy(): boolean {
    for (const partition of this.#partitions.values()) if (partition.isBusy) return true;
    return false;
  }

  #reasons(): string[] {
    if (this.#state !== "running") return [`ingestor is ${this.#state}`];
    return healthReasons({
      source: this.#options.source.status(),
      partitions: this.#partitions,
      stall: this.#stall,
      committer: this.#committer,
      fenced: this.#fenced,
      stallMs: this.#settings.stallMs,
      nowMs: this.#options.monotonicNow(),
    });
  }

  async #close(timeMs: number): Promise<CloseReport> {
    const { log, monotonicNow, source } = this.#options;
    const endMs = monotonicNow() + timeMs;
    const partitions = [...this.#partitions.values()];
    this.#state = "draining";
    if (partitions.length > 0) source.pause(partitions);
    for (const partition of partitions) partition.dropUnprepared();
    const isCommitted = await this.#handover.finish(partitions, () => !this.#isBusy(), timeMs);
    const isTimedOut = this.#isBusy();
    this.#state = "closed";
    this.#cancelTick?.();
    this.#unwatch?.();
    this.#intake.close();
    this.#lanes.close();
    this.#letters.close();
    this.#abort.abort();
    const unfinishedRecords = partitions.reduce((sum, one) => sum + one.openRecords, 0);
    this.#drop(partitions);
    const closed = source.close().catch((err: unknown) => {
      log.error({ err }, "source could not be closed");
    });
    await this.#handover.within(closed, endMs);
    const report = { unfinishedRecords, isTimedOut, isCommitted };
    log.info(report, "ingestor closed");
    return report;
  }
}
