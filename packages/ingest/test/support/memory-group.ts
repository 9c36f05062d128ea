import {
  type Commit,
  type CommittedPosition,
  partitionName,
  type RecordHeader,
  type RecordSource,
  SourceError,
  type SourceListener,
  type SourceRecord,
  type SourceStatus,
  type TopicPartition,
} from "@ofs/ingest";
import type { VirtualClock } from "./virtual-clock.ts";

export interface RecordContent {
  readonly key?: string | undefined;
  readonly value?: string | Uint8Array | undefined;
  readonly headers?: readonly RecordHeader[];
  readonly timestampMs?: number | undefined;
  /** Left out: the next one. */
  readonly offset?: number;
}

/** A log in memory, and what a group has committed of it. */
export class MemoryGroup {
  readonly committed = new Map<string, CommittedPosition>();
  readonly #logs = new Map<string, SourceRecord[]>();
  readonly #owners = new Map<string, MemorySource>();
  /** Called before each commit is taken. */
  onCommit: (commit: Commit) => void = () => undefined;

  add(to: TopicPartition, content: RecordContent): SourceRecord {
    const log = this.log(to);
    const { headers = [], key, timestampMs, value } = content;
    const record: SourceRecord = {
      topic: to.topic,
      partition: to.partition,
      offset: content.offset ?? this.endOffset(to),
      key: key === undefined ? undefined : Buffer.from(key),
      value: typeof value === "string" ? Buffer.from(value) : value,
      headers,
      timestampMs,
    };
    log.push(record);
    this.ownerOf(to)?.wake();
    return record;
  }

  log(of: TopicPartition): SourceRecord[] {
    const name = partitionName(of);
    let log = this.#logs.get(name);
    if (log === undefined) {
      log = [];
      this.#logs.set(name, log);
    }
    return log;
  }

  endOffset(of: TopicPartition): number {
    return (this.log(of).at(-1)?.offset ?? -1) + 1;
  }

  committedOffset(of: TopicPartition): number | undefined {
    return this.committed.get(partitionName(of))?.offset;
  }

  ownerOf(of: TopicPartition): MemorySource | undefined {
    return this.#owners.get(partitionName(of));
  }

  setOwner(of: TopicPartition, owner: MemorySource | undefined): void {
    if (owner === undefined) this.#owners.delete(partitionName(of));
    else this.#owners.set(partitionName(of), owner);
  }
}

interface Reading extends TopicPartition {
  position: number;
  isPaused: boolean;
}

/** Member of a memory group. What it reads is decided by the test: `assign`, `revoke`, `lose`. */
export class MemorySource implements RecordSource {
  readonly #group: MemoryGroup;
  readonly #clock: VirtualClock;
  readonly #fetchRecords: number;
  readonly #readings = new Map<string, Reading>();
  #listener: SourceListener | undefined;
  #isClosed = false;
  #cancelFetch: (() => void) | undefined;
  /** Decides what becomes of a commit, before the group looks at it. */
  failCommit: (commits: readonly Commit[]) => Error | undefined = () => undefined;
  commitLatencyMs = 0;
  commitCount = 0;
  state: SourceStatus = { state: "reading" };

  constructor(group: MemoryGroup, clock: VirtualClock, fetchRecords = 100) {
    this.#group = group;
    this.#clock = clock;
    this.#fetchRecords = fetchRecords;
  }

  start(listener: SourceListener): Promise<void> {
    this.#listener = listener;
    return Promise.resolve();
  }

  assign(...partitions: TopicPartition[]): void {
    const assigned = partitions.map(({ partition, topic }) => ({
      topic,
      partition,
      committed: this.#group.committed.get(partitionName({ topic, partition })),
    }));
    for (const one of assigned) {
      this.#group.setOwner(one, this);
      const position = one.committed?.offset ?? 0;
      this.#readings.set(partitionName(one), { ...one, position, isPaused: false });
    }
    this.#listener?.assigned(assigned);
    this.wake();
  }

  async revoke(...partitions: TopicPartition[]): Promise<void> {
    for (const one of partitions) this.#readings.delete(partitionName(one));
    await this.#listener?.revoked(partitions);
    for (const one of partitions) this.#disown(one);
  }

  lose(...partitions: TopicPartition[]): void {
    for (const one of partitions) {
      this.#readings.delete(partitionName(one));
      this.#disown(one);
    }
    this.#listener?.lost(partitions);
  }

  isPaused(of: TopicPartition): boolean | undefined {
    return this.#readings.get(partitionName(of))?.isPaused;
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#setPaused(partitions, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#setPaused(partitions, false);
    this.wake();
  }

  async commit(commits: readonly Commit[]): Promise<void> {
    this.commitCount += 1;
    if (this.commitLatencyMs > 0) await this.#clock.sleep(this.commitLatencyMs);
    const error = this.failCommit(commits);
    if (error !== undefined) throw error;
    for (const commit of commits) {
      if (this.#group.ownerOf(commit) !== this) {
        throw new SourceError("FENCED", `${partitionName(commit)} is another member's`);
      }
    }
    for (const commit of commits) {
      this.#group.onCommit(commit);
      const { metadata, offset } = commit;
      this.#group.committed.set(partitionName(commit), { offset, metadata });
    }
  }

  status(): SourceStatus {
    return this.#isClosed ? { state: "closed" } : this.state;
  }

  /** Ends without a word to anyone, as a process that is killed. */
  crash(): void {
    this.#isClosed = true;
    this.#cancelFetch?.();
    const readings = [...this.#readings.values()];
    this.#readings.clear();
    for (const one of readings) this.#disown(one);
  }

  close(): Promise<void> {
    this.crash();
    return Promise.resolve();
  }

  /** Delivers records of one partition, paused or not. */
  deliver(from: TopicPartition, records: readonly SourceRecord[]): void {
    this.#listener?.records(from, records, this.#group.endOffset(from));
  }

  /** There may be something to fetch: it comes a millisecond later. */
  wake(): void {
    if (this.#isClosed || this.#cancelFetch !== undefined) return;
    this.#cancelFetch = this.#clock.timers.after(1, () => {
      this.#cancelFetch = undefined;
      for (const reading of [...this.#readings.values()]) this.#fetch(reading);
    });
  }

  #fetch(reading: Reading): void {
    if (reading.isPaused) return;
    const log = this.#group.log(reading);
    const from = log.findIndex(({ offset }) => offset >= reading.position);
    const records = from === -1 ? [] : log.slice(from, from + this.#fetchRecords);
    const last = records.at(-1);
    if (last === undefined) return;
    reading.position = last.offset + 1;
    this.deliver(reading, records);
    this.wake();
  }

  #setPaused(partitions: readonly TopicPartition[], isPaused: boolean): void {
    for (const one of partitions) {
      const reading = this.#readings.get(partitionName(one));
      if (reading !== undefined) reading.isPaused = isPaused;
    }
  }

  /** Unless it has come back in the meantime. */
  #disown(one: TopicPartition): void {
    const isReading = this.#readings.has(partitionName(one));
    if (this.#group.ownerOf(one) === this && !isReading) this.#group.setOwner(one, undefined);
  }
}
