import { SinkError } from "../sink.ts";
import { ActiveSegment } from "./active-segment.ts";
import { AppendQueue, type PendingAppend, type QueueBudget } from "./append-queue.ts";
import { frameBytes, type LogRecord, type OffsetRecord } from "./frame.ts";
import type { LogDisk } from "./log-disk.ts";
import type { LogEvents } from "./log-events.ts";
import { assertNoRecords, openSegments } from "./partition-recovery.ts";
import { ReadCursors } from "./read-cursors.ts";
import { damaged, type Segment } from "./segment.ts";
import type { SegmentIndex } from "./segment-index.ts";
import type { SegmentPool } from "./segment-pool.ts";
import { readRecords } from "./segment-reader.ts";

/** What the partitions of a log share. */
export interface PartitionSurroundings {
  readonly disk: LogDisk;
  readonly pool: SegmentPool;
  readonly budget: QueueBudget;
  readonly events: LogEvents;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Size after which a new segment is begun. */
  readonly segmentBytes: number;
}

/** How much one read brings at most. */
export interface ReadLimits {
  /** From 1. */
  readonly maxRecords: number;
  /** Of keys, values and headers; one record comes whatever its size. */
  readonly maxBytes: number;
}

/** A segment that is to be read. */
interface SegmentPlace {
  readonly segment: Segment;
  /** Left out for a full one: it has its own. */
  readonly index: SegmentIndex | undefined;
  readonly endPosition: number;
}

/** The records of one partition, in segment files in a folder. Offsets have no gaps. */
export class PartitionLog {
  /** `topic/partition`. */
  readonly name: string;
  readonly #folder: string;
  readonly #surroundings: PartitionSurroundings;
  /** Full ones, oldest first. */
  readonly #sealed: Segment[];
  #active: ActiveSegment;
  readonly #queue: AppendQueue;
  readonly #cursors = new ReadCursors();
  readonly #listeners = new Set<() => void>();
  /** Ends with the last thing that changes the active segment. */
  #changes: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(
    folder: string,
    name: string,
    sealed: Segment[],
    active: ActiveSegment,
    surroundings: PartitionSurroundings,
  ) {
    this.name = name;
    this.#folder = folder;
    this.#sealed = sealed;
    this.#active = active;
    this.#surroundings = surroundings;
    this.#queue = new AppendQueue((batch) => this.#write(batch), surroundings.budget);
  }

  /** Makes an empty one. @throws {LogDamageError} if the folder holds records */
  static async create(
    folder: string,
    name: string,
    surroundings: PartitionSurroundings,
  ): Promise<PartitionLog> {
    const { disk, now } = surroundings;
    await assertNoRecords(folder, name);
    const active = await ActiveSegment.create(disk, folder, name, 0, now());
    return new PartitionLog(folder, name, [], active, surroundings);
  }

  /**
   * Opens what is there. A batch that was never acknowledged is cut off at the end; damage is told to `events`.
   *
   * @param minimumEndOffset that the partition reached for certain
   * @throws {LogDamageError} if it cannot be told where the partition ends
   */
  static async open(
    folder: string,
    name: string,
    surroundings: PartitionSurroundings,
    minimumEndOffset = 0,
  ): Promise<PartitionLog> {
    const { sealed, active } = await openSegments(folder, name, surroundings, minimumEndOffset);
    return new PartitionLog(folder, name, sealed, active, surroundings);
  }

  /** Of the oldest record that is kept. */
  get startOffset(): number {
    return (this.#sealed[0] ?? this.#active.segment).baseOffset;
  }

  /** One past the newest record; it and all before are on the disk. */
  get endOffset(): number {
    return this.#active.endOffset;
  }

  get sizeBytes(): number {
    return this.#sealed.reduce((sum, { sizeBytes }) => sum + sizeBytes, this.#active.endPosition);
  }

  get segmentCount(): number {
    return this.#sealed.length + 1;
  }

  /**
   * Adds records, next to each other.
   *
   * @returns the offset of the first, once all are on the disk
   * @throws {SinkError} UNAVAILABLE if that failed: none or some may be there later
   */
  append(records: readonly LogRecord[]): Promise<number> {
    if (this.#isClosed) return Promise.reject(closedError(this.name));
    let sizeBytes = 0;
    for (const record of records) sizeBytes += frameBytes(record);
    return this.#queue.add(records, sizeBytes);
  }

  /**
   * Reads records that are there, by rising offset; perhaps fewer than there are.
   *
   * @param fromOffset below the oldest record kept: from that one
   * @returns empty at the end
   * @throws {LogDamageError} if the first record wanted is not as it was written
   */
  async read(fromOffset: number, limits: ReadLimits): Promise<OffsetRecord[]> {
    const from = Math.max(fromOffset, this.startOffset);
    if (from >= this.endOffset) return [];
    const place = this.#locate(from);
    try {
      return await this.#readAt(from, place, limits);
    } catch (error) {
      // Removed by its age or size in the meantime: reading begins behind it.
      if (from < this.startOffset) return this.read(this.startOffset, limits);
      throw error;
    }
  }

  async #readAt(
    from: number,
    { segment, index, endPosition }: SegmentPlace,
    limits: ReadLimits,
  ): Promise<OffsetRecord[]> {
    const { disk, pool } = this.#surroundings;
    const { records, next } = await pool.use(segment, async (open) => {
      const layout = index === undefined ? await open.layout() : { index, endPosition };
      const start = this.#cursors.take(segment.path, from) ?? layout.index.floor(from);
      const read = { segment, start, fromOffset: from, endPosition: layout.endPosition, ...limits };
      return readRecords(disk, { ...read, file: open.file, seed: open.seed });
    });
    if (records.length === 0) {
      throw damaged(segment, next.offset, next.position, "its segment ends before it");
    }
    this.#cursors.put(segment.path, next);
    return records;
  }

  /** Calls `listener` after each append. @returns ends that */
  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins a new segment, unless the present one is empty. */
  async roll(): Promise<void> {
    await this.#exclusively(() => (this.#active.isEmpty ? Promise.resolve() : this.#roll()));
  }

  /**
   * Removes full segments from the oldest on, as long as `isOver` says so of the oldest.
   *
   * @param isOver is given the segment, one past its last record, and the size of all segments
   * @returns records removed
   */
  async dropOldest(
    isOver: (segment: Segment, endOffset: number, sizeBytes: number) => boolean,
  ): Promise<number> {
    const startOffset = this.startOffset;
    for (let oldest = this.#sealed[0]; oldest !== undefined; oldest = this.#sealed[0]) {
      const endOffset = (this.#sealed[1] ?? this.#active.segment).baseOffset;
      if (!isOver(oldest, endOffset, this.sizeBytes)) break;
      this.#sealed.shift();
      await this.#surroundings.pool.forget(oldest.path);
      await this.#surroundings.disk.remove(oldest.path);
      // One after the other: were a later one gone for good and an earlier one not, there would be a gap.
      await this.#surroundings.disk.syncFolder(this.#folder);
    }
    return this.startOffset - startOffset;
  }

  /** When the newest record was added, in Unix milliseconds; undefined if the active segment is empty. */
  get activeSinceMs(): number | undefined {
    return this.#active.isEmpty ? undefined : this.#active.segment.lastAppendMs;
  }

  /** Waits for appends under way. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#queue.idle();
    await this.#changes;
    await this.#active.close();
    const paths = [...this.#sealed, this.#active.segment].map(({ path }) => path);
    for (const path of paths) await this.#surroundings.pool.forget(path);
  }

  #locate(offset: number): SegmentPlace {
    const { segment, index, endPosition } = this.#active;
    if (offset >= segment.baseOffset) return { segment, index, endPosition };
    let low = 0;
    let high = this.#sealed.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#sealed[middle] as Segment).baseOffset <= offset) low = middle;
      else high = middle - 1;
    }
    const sealed = this.#sealed[low] as Segment;
    return { segment: sealed, index: undefined, endPosition: sealed.sizeBytes };
  }

  async #write(batch: readonly PendingAppend[]): Promise<number> {
    try {
      return await this.#exclusively(() => this.#append(batch));
    } catch (cause) {
      const reason = (cause as Error).message;
      this.#surroundings.events.refused(this.name, reason);
      throw new SinkError(
        "UNAVAILABLE",
        `embedded log: ${this.name} cannot be written: ${reason}`,
        {
          cause,
        },
      );
    }
  }

  async #append(batch: readonly PendingAppend[]): Promise<number> {
    const { events, now, segmentBytes } = this.#surroundings;
    const sizeBytes = batch.reduce((sum, each) => sum + each.sizeBytes, 0);
    if (!this.#active.isEmpty && this.#active.endPosition + sizeBytes > segmentBytes) {
      await this.#roll();
    }
    const firstOffset = this.#active.endOffset;
    await this.#active.append(batch, sizeBytes, now());
    events.appended(this.name);
    for (const listener of this.#listeners) listener();
    return firstOffset;
  }

  async #roll(): Promise<void> {
    const { disk, now } = this.#surroundings;
    const full = this.#active;
    await full.seal();
    try {
      const { endOffset } = full;
      this.#active = await ActiveSegment.create(disk, this.#folder, this.name, endOffset, now());
    } catch (error) {
      full.unseal();
      throw error;
    }
    this.#sealed.push(full.segment);
    await full.close();
  }

  async #exclusively<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(change);
    this.#changes = done.catch(() => undefined);
    return done;
  }
}

function closedError(name: string): SinkError {
  return new SinkError("UNAVAILABLE", `embedded log: ${name} is closed`);
}
