import { join } from "node:path";
import { FileWindow } from "./file-window.ts";
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES } from "./frame.ts";
import type { LogDisk } from "./log-disk.ts";
import { LogDamageError } from "./log-errors.ts";
import { decodeFooter, footerSize, type SegmentIndex, TRAILER_BYTES } from "./segment-index.ts";
import { ScanLimitError, type ScanResult, scanSegment } from "./segment-scan.ts";

const EXTENSION = ".log";
const OFFSET_DIGITS = 20;

/** A file of a partition: records from `baseOffset` on. */
export interface Segment {
  readonly path: string;
  /** `topic/partition`. */
  readonly partition: string;
  readonly baseOffset: number;
  sizeBytes: number;
  /** When something was last added, in Unix milliseconds. */
  lastAppendMs: number;
}

/** Where in a full segment what is. */
export interface SegmentLayout {
  readonly index: SegmentIndex;
  readonly endOffset: number;
  readonly endPosition: number;
}

/** As Kafka names them. */
export function segmentPath(folder: string, baseOffset: number): string {
  return join(folder, `${String(baseOffset).padStart(OFFSET_DIGITS, "0")}${EXTENSION}`);
}

/** @returns its first offset; undefined for a file of another kind */
export function parseSegmentName(name: string): number | undefined {
  if (!name.endsWith(EXTENSION) || name.length !== OFFSET_DIGITS + EXTENSION.length)
    return undefined;
  const offset = Number(name.slice(0, OFFSET_DIGITS));
  return Number.isSafeInteger(offset) && offset >= 0 ? offset : undefined;
}

/** @throws {LogDamageError} if its header is not as it was written */
export async function readSeed(disk: LogDisk, file: number, segment: Segment): Promise<number> {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  const count = await disk.read(file, bytes, 0);
  const seed = decodeSegmentHeader(bytes.subarray(0, count));
  if (seed === undefined) throw damaged(segment, segment.baseOffset, 0, "no header of a segment");
  return seed;
}

/**
 * Finds out where what is in a full segment: by its footer, or by reading it if that is damaged.
 *
 * @throws {LogDamageError} if reading it does not tell
 */
export async function loadLayout(
  disk: LogDisk,
  file: number,
  segment: Segment,
  seed: number,
): Promise<SegmentLayout> {
  const trailer = Buffer.alloc(TRAILER_BYTES);
  const { sizeBytes } = segment;
  await disk.read(file, trailer, Math.max(sizeBytes - TRAILER_BYTES, 0));
  const size = footerSize(trailer);
  if (size !== undefined && size <= sizeBytes - SEGMENT_HEADER_BYTES) {
    const frame = Buffer.alloc(size);
    await disk.read(file, frame, sizeBytes - size);
    const footer = decodeFooter(frame, segment.baseOffset, seed);
    if (footer !== undefined) return { ...footer, endPosition: sizeBytes - size };
  }
  return scan(disk, file, segment, seed);
}

/** @throws {LogDamageError} if it cannot tell damage from what was never finished */
export async function scan(
  disk: LogDisk,
  file: number,
  segment: Segment,
  seed: number,
): Promise<ScanResult> {
  try {
    return await scanSegment(
      new FileWindow(disk, file, segment.sizeBytes),
      segment.baseOffset,
      seed,
    );
  } catch (cause) {
    if (!(cause instanceof ScanLimitError)) throw cause;
    throw damaged(segment, segment.baseOffset, 0, cause.message, { cause });
  }
}

export function damaged(
  segment: Segment,
  offset: number,
  position: number,
  reason: string,
  options?: ErrorOptions,
): LogDamageError {
  const place = { partition: segment.partition, offset, file: segment.path, position };
  return new LogDamageError(place, reason, options);
}
