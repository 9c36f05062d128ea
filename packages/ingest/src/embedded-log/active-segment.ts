import { randomInt } from "node:crypto";
import type { PendingAppend } from "./append-queue.ts";
import { encodeFrame, encodeSegmentHeader, SEGMENT_HEADER_BYTES } from "./frame.ts";
import type { LogDisk } from "./log-disk.ts";
import type { Segment } from "./segment.ts";
import { segmentPath } from "./segment.ts";
import { SegmentIndex } from "./segment-index.ts";

const MAX_SEED = 2 ** 32;

/** What a segment that is added to is made from. */
export interface ActiveSegmentState {
  readonly segment: Segment;
  readonly file: number;
  readonly seed: number;
  readonly index: SegmentIndex;
  readonly endOffset: number;
  readonly endPosition: number;
}

/** The segment of a partition that records are added to. Calls come one at a time. */
export class ActiveSegment {
  readonly segment: Segment;
  readonly index: SegmentIndex;
  readonly #disk: LogDisk;
  readonly #file: number;
  readonly #seed: number;
  #endOffset: number;
  #endPosition: number;
  /** Whether there may be bytes behind the end, of a write that failed. */
  #isDirty = false;

  constructor(disk: LogDisk, state: ActiveSegmentState) {
    this.#disk = disk;
    this.segment = state.segment;
    this.index = state.index;
    this.#file = state.file;
    this.#seed = state.seed;
    this.#endOffset = state.endOffset;
    this.#endPosition = state.endPosition;
  }

  /** Makes an empty one; a file that an interrupted start left under its name is replaced. */
  static async create(
    disk: LogDisk,
    folder: string,
    partition: string,
    baseOffset: number,
    nowMs: number,
  ): Promise<ActiveSegment> {
    const path = segmentPath(folder, baseOffset);
    const file = await disk.open(path, "w+");
    const seed = randomInt(MAX_SEED);
    try {
      await disk.write(file, encodeSegmentHeader(seed), 0);
      await disk.sync(file);
      await disk.syncFolder(folder);
    } catch (error) {
      await disk.close(file);
      throw error;
    }
    const sizeBytes = SEGMENT_HEADER_BYTES;
    return new ActiveSegment(disk, {
      segment: { path, partition, baseOffset, sizeBytes, lastAppendMs: nowMs },
      file,
      seed,
      index: new SegmentIndex(baseOffset),
      endOffset: baseOffset,
      endPosition: sizeBytes,
    });
  }

  /** One past the last record that is on the disk. */
  get endOffset(): number {
    return this.#endOffset;
  }

  /** One past its bytes. */
  get endPosition(): number {
    return this.#endPosition;
  }

  get isEmpty(): boolean {
    return this.#endOffset === this.segment.baseOffset;
  }

  /** Adds records and syncs them. After an error none of them counts. */
  async append(batch: readonly PendingAppend[], sizeBytes: number, nowMs: number): Promise<void> {
    await this.#clean();
    const bytes = Buffer.allocUnsafe(sizeBytes);
    const places: number[] = [];
    let at = 0;
    for (const { records } of batch) {
      for (const record of records) {
        const batchIndex = places.length;
        places.push(at);
        at = encodeFrame(bytes, at, record, this.#endOffset + batchIndex, batchIndex, this.#seed);
      }
    }
    if (at !== sizeBytes) throw new Error(`frames take ${at} bytes and not ${sizeBytes}`);
    await this.#writeAndSync(bytes);
    for (const [batchIndex, place] of places.entries()) {
      this.index.note(this.#endOffset + batchIndex, this.#endPosition + place);
    }
    this.#endPosition += sizeBytes;
    this.#endOffset += places.length;
    this.segment.sizeBytes = this.#endPosition;
    this.segment.lastAppendMs = nowMs;
  }

  /** Writes the footer. After an error it is not there, and records may be added. */
  async seal(): Promise<void> {
    await this.#clean();
    const footer = this.index.encodeFooter(this.#endOffset, this.#seed);
    await this.#writeAndSync(footer);
    this.segment.sizeBytes = this.#endPosition + footer.length;
  }

  /** Takes a footer away: what was to follow it could not be made. */
  unseal(): void {
    this.#isDirty = true;
    this.segment.sizeBytes = this.#endPosition;
  }

  async close(): Promise<void> {
    await this.#disk.close(this.#file);
  }

  async #writeAndSync(bytes: Buffer): Promise<void> {
    this.#isDirty = true;
    try {
      await this.#disk.write(this.#file, bytes, this.#endPosition);
      await this.#disk.sync(this.#file);
      this.#isDirty = false;
    } catch (error) {
      // Gives a full disk its room back at once. If not even that works, the next write tries it again.
      await this.#clean().catch(() => undefined);
      throw error;
    }
  }

  /** Cuts off what a failed write may have left: another record will be in its place. */
  async #clean(): Promise<void> {
    if (!this.#isDirty) return;
    await this.#disk.truncate(this.#file, this.#endPosition);
    this.#isDirty = false;
  }
}
