import {
  contentBytes,
  decodeFrame,
  FRAME_PREFIX_BYTES,
  frameOffset,
  frameSizeAt,
  isIntact,
  type OffsetRecord,
} from "./frame.ts";
import { INDEX_INTERVAL_BYTES } from "./limits.ts";
import type { LogDisk } from "./log-disk.ts";
import { damaged, type Segment } from "./segment.ts";
import type { IndexEntry } from "./segment-index.ts";

/** Which records of a segment. */
export interface SegmentRead {
  readonly segment: Segment;
  readonly file: number;
  readonly seed: number;
  /** A place at or before the first record wanted. */
  readonly start: IndexEntry;
  /** First record wanted. */
  readonly fromOffset: number;
  /** Bytes from here on are not read. */
  readonly endPosition: number;
  /** From 1. */
  readonly maxRecords: number;
  /** Of keys, values and headers; one record comes whatever its size. */
  readonly maxBytes: number;
}

/** What was read, and where the next read goes on. */
export interface SegmentRecords {
  readonly records: OffsetRecord[];
  readonly next: IndexEntry;
}

/**
 * Reads records in order.
 *
 * @throws {LogDamageError} if the first record wanted, or one before it from `start` on, is not as it was written;
 * damage behind it only ends the records
 */
export async function readRecords(disk: LogDisk, read: SegmentRead): Promise<SegmentRecords> {
  const walk = new RecordWalk(read);
  let chunkBytes = Math.max(read.maxBytes, INDEX_INTERVAL_BYTES);
  while (!walk.isDone) {
    const left = read.endPosition - walk.position;
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, left));
    const count = await disk.read(read.file, chunk, walk.position);
    if (count < chunk.length) {
      walk.fault("the file ends before it");
      break;
    }
    chunkBytes = Math.max(chunkBytes, walk.through(chunk));
  }
  return { records: walk.records, next: { offset: walk.expected, position: walk.position } };
}

/** Goes from frame to frame. */
class RecordWalk {
  readonly records: OffsetRecord[] = [];
  position: number;
  /** Offset of the record at `position`. */
  expected: number;
  isDone: boolean;
  readonly #read: SegmentRead;
  #takenBytes = 0;

  constructor(read: SegmentRead) {
    this.#read = read;
    this.position = read.start.position;
    this.expected = read.start.offset;
    this.isDone = this.position >= read.endPosition;
  }

  /**
   * Takes the whole frames of a chunk that begins at `position`.
   *
   * @returns how large the next chunk must be at least
   */
  through(chunk: Buffer): number {
    let at = 0;
    while (!this.isDone) {
      if (chunk.length - at < FRAME_PREFIX_BYTES) return this.#cutOff(FRAME_PREFIX_BYTES);
      const sizeBytes = frameSizeAt(chunk, at);
      if (sizeBytes === undefined) return this.fault("the size of its frame is impossible");
      if (chunk.length - at < sizeBytes) return this.#cutOff(sizeBytes);
      this.#take(chunk, at, at + sizeBytes);
      at += sizeBytes;
    }
    return 0;
  }

  /** Ends the walk here; with an error if there is nothing to give. */
  fault(reason: string): number {
    this.isDone = true;
    if (this.records.length > 0) return 0;
    throw damaged(this.#read.segment, this.expected, this.position, reason);
  }

  /** A frame goes on behind the chunk. */
  #cutOff(sizeBytes: number): number {
    if (this.position + sizeBytes > this.#read.endPosition) {
      return this.fault("its frame goes on behind the end");
    }
    if (this.records.length > 0) this.isDone = true;
    return sizeBytes;
  }

  #take(chunk: Buffer, at: number, end: number): void {
    const { seed, fromOffset, endPosition, maxBytes, maxRecords } = this.#read;
    if (!isIntact(chunk, at, end, seed)) {
      this.fault("its checksum is wrong");
      return;
    }
    if (frameOffset(chunk, at, end) !== this.expected) {
      this.fault("another record is in its place");
      return;
    }
    if (this.expected >= fromOffset) {
      const record = decodeFrame(chunk, at, end);
      if (record === undefined) {
        this.fault("sizes inside it do not add up");
        return;
      }
      const sizeBytes = contentBytes(record);
      if (this.records.length > 0 && this.#takenBytes + sizeBytes > maxBytes) {
        this.isDone = true;
        return;
      }
      this.records.push(record);
      this.#takenBytes += sizeBytes;
    }
    this.position += end - at;
    this.expected += 1;
    if (this.position >= endPosition || this.records.length >= maxRecords) this.isDone = true;
  }
}
