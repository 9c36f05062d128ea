import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { FeatureStoreError, FolderLock, type Logger } from "@ofs/platform";
import type { NewTopic } from "../admin.ts";
import type { NewRecord, TopicPartition } from "../record.ts";
import { SinkError } from "../sink.ts";
import { QueueBudget } from "./append-queue.ts";
import { hasLog, markLog, readEnds, removeEnds, writeEnds } from "./clean-close.ts";
import { COMMITS, CommittedPositions } from "./committed-positions.ts";
import { EmbeddedLogAdmin } from "./embedded-log-admin.ts";
import { EmbeddedSink } from "./embedded-sink.ts";
import { EmbeddedSource } from "./embedded-source.ts";
import { frameBytes, type LogRecord } from "./frame.ts";
import {
  DEFAULT_FETCH_BYTES,
  DEFAULT_PARTITION_COUNT,
  DEFAULT_REBALANCE_TIMEOUT_MS,
  DEFAULT_SEGMENT_BYTES,
  MAX_BATCH_BYTES,
  MAX_FETCH_BYTES,
  MAX_GROUP_ID_LENGTH,
  MAX_GROUPS,
  MAX_PARTITIONS_PER_TOPIC,
  MAX_SEGMENT_BYTES,
  MIN_SEGMENT_BYTES,
  RETENTION_INTERVAL_MS,
} from "./limits.ts";
import { type LogDisk, NODE_DISK } from "./log-disk.ts";
import { invalid, type LogDamageError } from "./log-errors.ts";
import { LogState } from "./log-state.ts";
import type { PartitionLog, PartitionSurroundings } from "./partition-log.ts";
import { ReaderGroup } from "./reader-group.ts";
import { applyRetention } from "./retention.ts";
import { SegmentPool } from "./segment-pool.ts";
import type { Topic } from "./topic.ts";
import { TOPICS_FOLDER, TopicTable } from "./topic-table.ts";

const LOCK_FILE = "writer.lock";

/** What may be chosen about a log. */
export interface EmbeddedLogOptions {
  readonly log: Logger;
  /** Of topics that are made on first use; default 4. */
  readonly partitionCount?: number;
  /** Size after which a new file is begun; default 64 MiB. */
  readonly segmentBytes?: number;
  /** How long a rebalance waits for members to finish what they give up; default one minute. */
  readonly rebalanceTimeoutMs?: number;
  /** Unix milliseconds; for tests. */
  readonly now?: () => number;
  /** For tests. */
  readonly disk?: LogDisk;
}

/** Who reads what. */
export interface EmbeddedSourceOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where reading begins in partitions that the group never committed; default `earliest`. */
  readonly start?: "earliest" | "latest";
  /** Of keys, values and headers of one fetch; default 1 MiB; one record comes whatever its size. */
  readonly fetchBytes?: number;
}

/** Where a record was put. */
export interface RecordPosition extends TopicPartition {
  readonly offset: number;
}

/** How a log is. */
export interface EmbeddedLogStatus {
  /** `refusing`: some partitions could not be written when it was last tried. */
  readonly state: "writable" | "refusing" | "closed";
  /** Why, by `topic/partition`. */
  readonly refusals: ReadonlyMap<string, string>;
  /** Damage found while it was opened. */
  readonly damages: readonly LogDamageError[];
}

/**
 * A durable log in a folder: topics with partitions, read by groups, as Kafka has them, for one process. What was
 * acknowledged survives a kill at any moment and a loss of power.
 */
export class EmbeddedLog {
  /** Where groups stand. */
  readonly positions: CommittedPositions;
  readonly #folder: string;
  readonly #options: EmbeddedLogOptions;
  readonly #lock: FolderLock;
  readonly #topics: TopicTable;
  readonly #pool: SegmentPool;
  readonly #state: LogState;
  readonly #groups = new Map<string, ReaderGroup>();
  readonly #sources = new Set<EmbeddedSource>();
  readonly #timer: NodeJS.Timeout;
  #retention: Promise<number> = Promise.resolve(0);
  #closing: Promise<void> | undefined;

  private constructor(
    folder: string,
    options: EmbeddedLogOptions,
    parts: {
      lock: FolderLock;
      topics: TopicTable;
      pool: SegmentPool;
      state: LogState;
      positions: CommittedPositions;
    },
  ) {
    this.#folder = folder;
    this.#options = options;
    this.#lock = parts.lock;
    this.#topics = parts.topics;
    this.#pool = parts.pool;
    this.#state = parts.state;
    this.positions = parts.positions;
    this.#timer = setInterval(() => this.#sweep(), RETENTION_INTERVAL_MS).unref();
  }

  /**
   * Opens the log in a folder, or begins one.
   *
   * @throws {FeatureStoreError} FAILED_PRECONDITION if another process has it open; INVALID_ARGUMENT for an option;
   * INTERNAL ({LogDamageError}) if it is damaged so that it cannot be told where a partition ends
   */
  static async open(folder: string, options: EmbeddedLogOptions): Promise<EmbeddedLog> {
    checkOptions(options);
    await mkdir(folder, { recursive: true });
    const lock = FolderLock.acquire({
      file: join(folder, LOCK_FILE),
      describe: (reason) => `embedded log in ${folder} is in use: ${reason}`,
    });
    const { segmentBytes = DEFAULT_SEGMENT_BYTES, disk = NODE_DISK, now = Date.now } = options;
    const pool = new SegmentPool(disk);
    const state = new LogState(options.log);
    const budget = new QueueBudget();
    const surroundings: PartitionSurroundings = {
      disk,
      pool,
      budget,
      events: state,
      now,
      segmentBytes,
    };
    const { partitionCount = DEFAULT_PARTITION_COUNT } = options;
    const topics = new TopicTable(join(folder, TOPICS_FOLDER), surroundings, partitionCount);
    let positions: CommittedPositions | undefined;
    try {
      const isOld = await hasLog(folder);
      const ends = await readEnds(folder);
      const commitsEnd = isOld ? (ends.get(COMMITS) ?? 0) : undefined;
      positions = await CommittedPositions.open(join(folder, COMMITS), surroundings, commitsEnd);
      await topics.open(ends);
      if (!isOld) await markLog(folder);
      await removeEnds(folder);
    } catch (error) {
      await Promise.allSettled([topics.close(), positions?.close()]);
      await pool.close();
      lock.release();
      throw error;
    }
    return new EmbeddedLog(folder, options, { lock, topics, pool, state, positions });
  }

  /**
   * Adds records. Those of one partition keep their order. A topic that does not exist is made. Bytes must not be
   * changed until it settles.
   *
   * @returns where each was put, once all are on the disk
   * @throws {SinkError} UNAVAILABLE if some may not be, TOO_LARGE for one that never fits;
   * {FeatureStoreError} INVALID_ARGUMENT for a topic, partition or time that cannot be. Nothing is added in the
   * last two cases
   */
  async append(records: readonly NewRecord[]): Promise<readonly RecordPosition[]> {
    this.#assertOpen();
    await this.#openTopics(records.map(({ topic }) => topic));
    const positions: RecordPosition[] = new Array(records.length);
    const appends = this.#route(records).map(async ({ topic, partition, log, places, found }) => {
      const first = await log.append(found);
      for (const [index, place] of places.entries()) {
        positions[place] = { topic, partition, offset: first + index };
      }
    });
    for (const result of await Promise.allSettled(appends)) {
      if (result.status === "rejected") throw result.reason;
    }
    return positions;
  }

  /** @returns false if it existed already, and then it is as it was @throws {FeatureStoreError} */
  async createTopic(name: string, settings: NewTopic = {}): Promise<boolean> {
    this.#assertOpen();
    return this.#topics.create(name, settings);
  }

  topics(): Iterable<Topic> {
    return this.#topics.all();
  }

  topic(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  /** A member of a group. @throws {FeatureStoreError} INVALID_ARGUMENT */
  source(options: EmbeddedSourceOptions): EmbeddedSource {
    this.#assertOpen();
    const { groupId, topics, start = "earliest", fetchBytes = DEFAULT_FETCH_BYTES } = options;
    if (groupId.length === 0 || groupId.length > MAX_GROUP_ID_LENGTH) {
      throw invalid(`groupId has ${groupId.length} characters, not 1 to ${MAX_GROUP_ID_LENGTH}`);
    }
    checkNumber("fetchBytes", fetchBytes, 1, MAX_FETCH_BYTES);
    const source: EmbeddedSource = new EmbeddedSource({
      group: this.#group(groupId),
      topics: [...new Set(topics)],
      start,
      fetchBytes,
      openTopics: () => this.#openTopics(topics),
      partition: (place) => this.#partition(place),
      onClosed: () => this.#sources.delete(source),
      log: this.#options.log,
    });
    this.#sources.add(source);
    return source;
  }

  sink(): EmbeddedSink {
    return new EmbeddedSink(this);
  }

  admin(): EmbeddedLogAdmin {
    return new EmbeddedLogAdmin(this);
  }

  status(): EmbeddedLogStatus {
    const { refusals, damages } = this.#state;
    if (this.#closing !== undefined) return { state: "closed", refusals, damages };
    return { state: refusals.size > 0 ? "refusing" : "writable", refusals, damages };
  }

  /** Removes whole segments that are too old or too many; runs by itself once a minute. @returns records removed */
  applyRetention(): Promise<number> {
    const { log, now = Date.now } = this.#options;
    const run = async (): Promise<number> => {
      let removed = 0;
      for (const topic of this.#topics.all()) {
        if (this.#closing !== undefined) break;
        removed += await applyRetention(topic, { positions: this.positions, nowMs: now(), log });
      }
      return removed;
    };
    const done = this.#retention.then(run);
    this.#retention = done.catch(() => 0);
    return done;
  }

  /** Closes its sources, waits for appends under way. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#sources].map((source) => source.close()));
    await this.#retention;
    await this.#topics.close();
    await this.positions.close();
    await this.#pool.close();
    const ends = new Map([[COMMITS, this.positions.endOffset]]);
    for (const { partitions } of this.#topics.all()) {
      for (const { name, endOffset } of partitions) ends.set(name, endOffset);
    }
    try {
      await writeEnds(this.#folder, ends);
    } catch (error) {
      // All that was acknowledged is there all the same; only the last batches cannot be checked at the next start.
      this.#options.log.warn({ err: error }, "the ends of partitions could not be noted");
    } finally {
      this.#lock.release();
    }
  }

  /** Puts records with those that go to the same partition, in runs that one batch takes. */
  #route(records: readonly NewRecord[]): Run[] {
    const { now = Date.now } = this.#options;
    const nowMs = now();
    const runs: Run[] = [];
    const open = new Map<PartitionLog, Run>();
    for (const [place, record] of records.entries()) {
      const topic = this.#topics.get(record.topic) as Topic;
      const kept = topic.toLogRecord(record, nowMs);
      const partition = topic.choosePartition(record);
      const log = topic.partitions[partition] as PartitionLog;
      const sizeBytes = frameBytes(kept);
      let run = open.get(log);
      if (run === undefined || run.sizeBytes + sizeBytes > MAX_BATCH_BYTES) {
        run = { topic: topic.name, partition, log, places: [], found: [], sizeBytes: 0 };
        open.set(log, run);
        runs.push(run);
      }
      run.places.push(place);
      run.found.push(kept);
      run.sizeBytes += sizeBytes;
    }
    return runs;
  }

  async #openTopics(names: readonly string[]): Promise<void> {
    for (const name of new Set(names)) {
      if (this.#topics.get(name) !== undefined) continue;
      try {
        await this.#topics.getOrCreate(name);
      } catch (cause) {
        if (cause instanceof FeatureStoreError) throw cause;
        const reason = `topic ${name} cannot be made: ${(cause as Error).message}`;
        throw new SinkError("UNAVAILABLE", `embedded log: ${reason}`, { cause });
      }
    }
  }

  #group(id: string): ReaderGroup {
    let group = this.#groups.get(id);
    if (group === undefined) {
      if (this.#groups.size >= MAX_GROUPS) throw invalid(`groupId: ${MAX_GROUPS} groups are open`);
      const { log, rebalanceTimeoutMs = DEFAULT_REBALANCE_TIMEOUT_MS } = this.#options;
      const partitionCountOf = (topic: string): number =>
        this.#topics.get(topic)?.partitions.length ?? 0;
      group = new ReaderGroup(id, {
        positions: this.positions,
        partitionCountOf,
        rebalanceTimeoutMs,
        log,
      });
      this.#groups.set(id, group);
    }
    return group;
  }

  #partition({ topic, partition }: TopicPartition): PartitionLog {
    const log = this.#topics.get(topic)?.partition(partition);
    if (log === undefined) throw new Error(`there is no partition ${partition} of ${topic}`);
    return log;
  }

  #sweep(): void {
    this.applyRetention().catch((error: unknown) => {
      this.#options.log.error({ err: error }, "old records cannot be removed");
    });
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) {
      throw new SinkError("UNAVAILABLE", `embedded log in ${this.#folder} is closed`);
    }
  }
}

/** Records of one call that go to one partition. */
interface Run extends TopicPartition {
  readonly log: PartitionLog;
  /** Of each record, in the call. */
  readonly places: number[];
  readonly found: LogRecord[];
  sizeBytes: number;
}

function checkOptions({
  partitionCount,
  segmentBytes,
  rebalanceTimeoutMs,
}: EmbeddedLogOptions): void {
  checkNumber("partitionCount", partitionCount ?? 1, 1, MAX_PARTITIONS_PER_TOPIC);
  const size = segmentBytes ?? MIN_SEGMENT_BYTES;
  checkNumber("segmentBytes", size, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES);
  checkNumber("rebalanceTimeoutMs", rebalanceTimeoutMs ?? 0, 0, 2 ** 31 - 1);
}

function checkNumber(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw invalid(`embedded log: ${name} is ${value}, not a whole number ${least} to ${most}`);
}
