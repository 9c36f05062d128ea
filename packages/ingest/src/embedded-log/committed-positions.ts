import { mkdir } from "node:fs/promises";
import { FeatureStoreError } from "@ofs/platform";
import { partitionName, type TopicPartition } from "../record.ts";
import { type Commit, type CommittedPosition, SourceError } from "../source.ts";
import type { LogRecord, OffsetRecord } from "./frame.ts";
import { COMMITS_SEGMENT_BYTES, MAX_COMMITTED_POSITIONS, MAX_METADATA_BYTES } from "./limits.ts";
import { PartitionLog, type PartitionSurroundings } from "./partition-log.ts";

/** Its folder in that of the log, and its name where a partition has one. */
export const COMMITS = "commits";
const READ_LIMITS = { maxRecords: 10_000, maxBytes: COMMITS_SEGMENT_BYTES };

/** Segments after which the newest positions are written together, and what was before is removed. */
const MAX_SEGMENTS = 2;

/** What a commit is kept as: JSON, in the value of a record of a log of its own. */
interface CommitEntry extends Commit {
  readonly group: string;
}

/** Where groups stand in partitions, on the disk before a commit is acknowledged. */
export class CommittedPositions {
  readonly #log: PartitionLog;
  /** By group, then `topic/partition`. */
  readonly #groups = new Map<string, Map<string, CommitEntry>>();
  #count = 0;
  /** Ends with the last commit: they come one at a time, and so does the tidying in between. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(log: PartitionLog) {
    this.#log = log;
  }

  /**
   * @param minimumEndOffset of its log, for certain; undefined for a log that is new
   * @throws {FeatureStoreError} if a commit that was acknowledged cannot be read: groups would begin anew unnoticed
   */
  static async open(
    folder: string,
    surroundings: PartitionSurroundings,
    minimumEndOffset: number | undefined,
  ): Promise<CommittedPositions> {
    await mkdir(folder, { recursive: true });
    const own = { ...surroundings, segmentBytes: COMMITS_SEGMENT_BYTES };
    const log =
      minimumEndOffset === undefined
        ? await PartitionLog.create(folder, COMMITS, own)
        : await PartitionLog.open(folder, COMMITS, own, minimumEndOffset);
    const positions = new CommittedPositions(log);
    try {
      await positions.#load();
    } catch (cause) {
      await log.close();
      throw new FeatureStoreError(
        "INTERNAL",
        `embedded log: positions of groups cannot be read: ${(cause as Error).message}; ` +
          `remove ${folder} to let all groups begin anew`,
        { cause },
      );
    }
    return positions;
  }

  /** One past the last record of its log. */
  get endOffset(): number {
    return this.#log.endOffset;
  }

  /** Bytes on the disk. */
  get sizeBytes(): number {
    return this.#log.sizeBytes;
  }

  get(group: string, partition: TopicPartition): CommittedPosition | undefined {
    const entry = this.#groups.get(group)?.get(partitionName(partition));
    return entry && { offset: entry.offset, metadata: entry.metadata };
  }

  /** @returns by partition */
  ofTopic(group: string, topic: string): Map<number, CommittedPosition> {
    const positions = new Map<number, CommittedPosition>();
    for (const entry of this.#groups.get(group)?.values() ?? []) {
      if (entry.topic !== topic) continue;
      positions.set(entry.partition, { offset: entry.offset, metadata: entry.metadata });
    }
    return positions;
  }

  /** Groups that have committed in a partition, with their offsets. */
  groupsOf(partition: TopicPartition): Map<string, number> {
    const offsets = new Map<string, number>();
    for (const [group, entries] of this.#groups) {
      const entry = entries.get(partitionName(partition));
      if (entry !== undefined) offsets.set(group, entry.offset);
    }
    return offsets;
  }

  /**
   * Resolves once the commits are on the disk.
   *
   * @param check runs when it is their turn; what it throws ends it
   * @throws {SourceError} UNAVAILABLE if they may not be
   */
  async put(group: string, commits: readonly Commit[], check: () => void): Promise<void> {
    const done = this.#last.then(() => this.#put(group, commits, check));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#log.close();
  }

  async #put(group: string, commits: readonly Commit[], check: () => void): Promise<void> {
    check();
    const entries = commits.map(({ topic, partition, offset, metadata }) => {
      return { group, topic, partition, offset, metadata };
    });
    this.#checkLimits(group, entries);
    try {
      await this.#log.append(entries.map(toRecord));
      for (const entry of entries) this.#set(entry);
      if (this.#log.segmentCount > MAX_SEGMENTS) await this.#tidy();
    } catch (cause) {
      throw unavailable((cause as Error).message, { cause });
    }
  }

  #checkLimits(group: string, entries: readonly CommitEntry[]): void {
    const known = this.#groups.get(group);
    let added = 0;
    for (const entry of entries) {
      const { offset, metadata } = entry;
      const name = partitionName(entry);
      if (!Number.isSafeInteger(offset) || offset < 0) {
        throw unavailable(`offset of ${name} is ${offset}, not a position`);
      }
      const sizeBytes = Buffer.byteLength(metadata);
      if (sizeBytes > MAX_METADATA_BYTES) {
        throw unavailable(
          `metadata of ${name} has ${sizeBytes} bytes, ${MAX_METADATA_BYTES} at most`,
        );
      }
      if (known?.has(name) !== true) added += 1;
    }
    if (this.#count + added > MAX_COMMITTED_POSITIONS) {
      throw unavailable(`${this.#count} positions are kept, ${MAX_COMMITTED_POSITIONS} at most`);
    }
  }

  #set(entry: CommitEntry): void {
    let entries = this.#groups.get(entry.group);
    if (entries === undefined) {
      entries = new Map();
      this.#groups.set(entry.group, entries);
    }
    const name = partitionName(entry);
    if (!entries.has(name)) this.#count += 1;
    entries.set(name, entry);
  }

  /** Writes the newest position of each in a new segment, then removes those before it. */
  async #tidy(): Promise<void> {
    await this.#log.roll();
    const firstKept = this.#log.endOffset;
    const newest = [...this.#groups.values()].flatMap((entries) => [...entries.values()]);
    await this.#log.append(newest.map(toRecord));
    await this.#log.dropOldest((_segment, endOffset) => endOffset <= firstKept);
  }

  async #load(): Promise<void> {
    let offset = this.#log.startOffset;
    while (offset < this.#log.endOffset) {
      const records = await this.#log.read(offset, READ_LIMITS);
      for (const record of records) this.#set(parseEntry(record));
      offset += records.length;
    }
  }
}

function toRecord(entry: CommitEntry): LogRecord {
  const value = Buffer.from(JSON.stringify(entry));
  return { key: undefined, value, headers: [], timestampMs: 0 };
}

/** @throws {SyntaxError} for bytes that no commit was ever kept as */
function parseEntry({ offset, value }: OffsetRecord): CommitEntry {
  const entry: unknown = JSON.parse(Buffer.from(value ?? []).toString());
  if (isCommitEntry(entry)) return entry;
  throw new SyntaxError(`record ${offset} of ${COMMITS} is no commit`);
}

function isCommitEntry(value: unknown): value is CommitEntry {
  if (typeof value !== "object" || value === null) return false;
  const { group, topic, partition, offset, metadata } = value as Record<string, unknown>;
  const areTexts = [group, topic, metadata].every((each) => typeof each === "string");
  return areTexts && [partition, offset].every(Number.isSafeInteger);
}

function unavailable(reason: string, options?: ErrorOptions): SourceError {
  return new SourceError("UNAVAILABLE", `embedded log: not committed: ${reason}`, options);
}
