import type { Logger } from "@ofs/platform";
import { partitionName, type SourceRecord, type TopicPartition } from "../record.ts";
import type {
  AssignedPartition,
  Commit,
  RecordSource,
  SourceListener,
  SourceStatus,
} from "../source.ts";
import type { OffsetRecord } from "./frame.ts";
import { MAX_RETRY_MS, MIN_RETRY_MS } from "./limits.ts";
import type { PartitionLog } from "./partition-log.ts";
import type { GroupMember, ReaderGroup } from "./reader-group.ts";
import { Wake } from "./wake.ts";

/** Records of one fetch, however small they are. */
const MAX_FETCH_RECORDS = 10_000;

/** What a source works with. */
export interface SourceSurroundings {
  readonly group: ReaderGroup;
  readonly topics: readonly string[];
  /** Where reading begins in partitions that the group never committed. */
  readonly start: "earliest" | "latest";
  /** Of keys, values and headers of one fetch; one record comes whatever its size. */
  readonly fetchBytes: number;
  /** Makes the topics that do not exist yet. */
  readonly openTopics: () => Promise<void>;
  readonly partition: (partition: TopicPartition) => PartitionLog;
  readonly onClosed: () => void;
  readonly log: Logger;
}

/** A partition that is read. */
interface ReadPartition extends TopicPartition {
  readonly records: PartitionLog;
  /** Of the next record. */
  position: number;
  isPaused: boolean;
  readonly stopListening: () => void;
  /** Why it cannot be read, and when it is tried again. */
  failure: { reason: string; pauseMs: number; timer: NodeJS.Timeout; isDue: boolean } | undefined;
}

/** A reader of the embedded log: told of new records as they come, one fetch at a time, partitions in turn. */
export class EmbeddedSource implements RecordSource {
  readonly #surroundings: SourceSurroundings;
  readonly #wake = new Wake();
  readonly #member: GroupMember;
  /** The one read longest ago first. */
  readonly #partitions = new Map<string, ReadPartition>();
  #listener: SourceListener | undefined;
  #running: Promise<void> | undefined;
  /** Calls of `revoked` under way: no other call comes until they are done. */
  #revoking = 0;
  #startFailure: string | undefined;
  #isClosed = false;

  constructor(surroundings: SourceSurroundings) {
    this.#surroundings = surroundings;
    this.#member = {
      topics: surroundings.topics,
      assigned: (partitions) => this.#assigned(partitions),
      revoked: (partitions) => this.#revoked(partitions),
    };
  }

  start(listener: SourceListener): Promise<void> {
    if (this.#running !== undefined || this.#isClosed) {
      return Promise.reject(new Error("a source is started once"));
    }
    this.#listener = listener;
    this.#running = this.#run();
    return Promise.resolve();
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      const read = this.#partitions.get(partitionName(partition));
      if (read !== undefined) read.isPaused = true;
    }
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      const read = this.#partitions.get(partitionName(partition));
      if (read !== undefined) read.isPaused = false;
    }
    this.#wake.notify();
  }

  commit(commits: readonly Commit[]): Promise<void> {
    return this.#surroundings.group.commit(this.#member, commits);
  }

  status(): SourceStatus {
    if (this.#isClosed) return { state: "closed" };
    if (this.#startFailure !== undefined) return { state: "failed", reason: this.#startFailure };
    for (const { failure } of this.#partitions.values()) {
      if (failure !== undefined) return { state: "failed", reason: failure.reason };
    }
    const isSettled = this.#surroundings.group.isSettled(this.#member);
    return { state: isSettled ? "reading" : "joining" };
  }

  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#surroundings.group.leave(this.#member);
      for (const partition of this.#partitions.values()) stopReading(partition);
      this.#partitions.clear();
      this.#wake.notify();
      this.#surroundings.onClosed();
    }
    await this.#running;
  }

  async #run(): Promise<void> {
    await this.#openTopics();
    if (this.#isClosed) return;
    this.#surroundings.group.join(this.#member);
    while (!this.#isClosed) {
      const partition = this.#nextReadable();
      if (partition === undefined) await this.#wake.wait();
      else await this.#fetch(partition);
    }
  }

  async #openTopics(): Promise<void> {
    let pauseMs = MIN_RETRY_MS;
    while (!this.#isClosed) {
      try {
        await this.#surroundings.openTopics();
        this.#startFailure = undefined;
        return;
      } catch (error) {
        this.#startFailure = (error as Error).message;
        this.#surroundings.log.warn({ err: error }, "topics cannot be opened, trying again");
      }
      await this.#wake.wait(pauseMs);
      pauseMs = Math.min(pauseMs * 2, MAX_RETRY_MS);
    }
  }

  #nextReadable(): ReadPartition | undefined {
    if (this.#revoking > 0) return undefined;
    for (const [name, partition] of this.#partitions) {
      const { isPaused, position, records, failure } = partition;
      if (isPaused || position >= records.endOffset || failure?.isDue === false) continue;
      // To the end of the row: the others come before it is read again.
      this.#partitions.delete(name);
      this.#partitions.set(name, partition);
      return partition;
    }
    return undefined;
  }

  async #fetch(partition: ReadPartition): Promise<void> {
    const { records: log, topic, position } = partition;
    const { endOffset } = log;
    let found: OffsetRecord[];
    try {
      const { fetchBytes } = this.#surroundings;
      found = await log.read(position, { maxRecords: MAX_FETCH_RECORDS, maxBytes: fetchBytes });
    } catch (error) {
      if (this.#isReading(partition)) this.#failed(partition, error as Error);
      return;
    }
    // Not asked for any more: it is read again when it is.
    if (!this.#isReading(partition) || partition.isPaused || this.#revoking > 0) return;
    if (partition.failure !== undefined) clearTimeout(partition.failure.timer);
    partition.failure = undefined;
    const last = found.at(-1);
    if (last === undefined) return;
    this.#reportGap(partition, (found[0] as OffsetRecord).offset);
    partition.position = last.offset + 1;
    const from = { topic, partition: partition.partition };
    const records = found.map(({ offset, key, value, headers, timestampMs }): SourceRecord => {
      return { topic, partition: from.partition, offset, key, value, headers, timestampMs };
    });
    this.#listener?.records(from, records, Math.max(endOffset, partition.position));
  }

  #isReading(partition: ReadPartition): boolean {
    return this.#partitions.get(partitionName(partition)) === partition;
  }

  #reportGap(partition: ReadPartition, found: number): void {
    if (found === partition.position) return;
    const { position } = partition;
    this.#surroundings.log.warn(
      { partition: partitionName(partition), fromOffset: position, toOffset: found },
      "records were removed by their age or by size before they were read",
    );
  }

  #failed(partition: ReadPartition, error: Error): void {
    const { failure: former } = partition;
    if (former === undefined) {
      const name = partitionName(partition);
      this.#surroundings.log.error({ err: error, partition: name }, "a partition cannot be read");
    } else clearTimeout(former.timer);
    const pauseMs = Math.min((former?.pauseMs ?? MIN_RETRY_MS / 2) * 2, MAX_RETRY_MS);
    const failure = {
      reason: error.message,
      pauseMs,
      isDue: false,
      timer: setTimeout(() => {
        failure.isDue = true;
        this.#wake.notify();
      }, pauseMs),
    };
    partition.failure = failure;
  }

  #assigned(partitions: readonly AssignedPartition[]): void {
    for (const { topic, partition, committed } of partitions) {
      const records = this.#surroundings.partition({ topic, partition });
      this.#partitions.set(partitionName({ topic, partition }), {
        topic,
        partition,
        records,
        position: this.#beginning({ topic, partition, committed }, records),
        isPaused: false,
        stopListening: records.onAppended(() => this.#wake.notify()),
        failure: undefined,
      });
    }
    this.#listener?.assigned(partitions);
    this.#wake.notify();
  }

  #beginning(assigned: AssignedPartition, records: PartitionLog): number {
    const { group, start, log } = this.#surroundings;
    const { committed } = assigned;
    if (committed === undefined) {
      const proposed = start === "earliest" ? records.startOffset : records.endOffset;
      return group.beginning(assigned, proposed);
    }
    if (committed.offset <= records.endOffset) return committed.offset;
    // The log is an older one than the positions: to read some again does no harm.
    const { startOffset, endOffset } = records;
    log.error(
      { partition: partitionName(assigned), committedOffset: committed.offset, endOffset },
      "the group has read beyond the end of the partition, reading it from its start",
    );
    return startOffset;
  }

  async #revoked(partitions: readonly TopicPartition[]): Promise<void> {
    for (const partition of partitions) {
      const name = partitionName(partition);
      const read = this.#partitions.get(name);
      if (read !== undefined) stopReading(read);
      this.#partitions.delete(name);
    }
    this.#revoking += 1;
    try {
      await this.#listener?.revoked(partitions);
    } catch (error) {
      this.#surroundings.log.error({ err: error }, "a reader could not finish what it gave up");
    } finally {
      this.#revoking -= 1;
      this.#wake.notify();
    }
  }
}

function stopReading({ stopListening, failure }: ReadPartition): void {
  stopListening();
  if (failure !== undefined) clearTimeout(failure.timer);
}
