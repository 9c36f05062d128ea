import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ActiveSegment } from "./active-segment.ts";
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES } from "./frame.ts";
import type { LogDisk } from "./log-disk.ts";
import type { PartitionSurroundings } from "./partition-log.ts";
import { damaged, parseSegmentName, readSeed, type Segment, scan, segmentPath } from "./segment.ts";
import type { ScanResult } from "./segment-scan.ts";

/** The files of a partition. */
export interface OpenedSegments {
  readonly sealed: Segment[];
  readonly active: ActiveSegment;
}

/**
 * Opens the segments of a partition. Only the last is read: the others were full and synced when it was begun.
 *
 * @throws {LogDamageError} if it cannot be told where the partition ends
 */
export async function openSegments(
  folder: string,
  partition: string,
  surroundings: PartitionSurroundings,
  minimumEndOffset: number,
): Promise<OpenedSegments> {
  const segments = await listSegments(folder, partition);
  const last = segments.pop();
  if (last === undefined) {
    const path = segmentPath(folder, 0);
    const lost = { path, partition, baseOffset: 0, sizeBytes: 0, lastAppendMs: 0 };
    throw damaged(lost, 0, 0, "its files are gone");
  }
  const opened = await openLast(folder, last, surroundings, minimumEndOffset);
  if (opened.segment.path !== last.path) segments.push(last);
  return { sealed: segments, active: opened };
}

/** @throws {LogDamageError} if there is more in the folder than a making of the partition leaves that was interrupted */
export async function assertNoRecords(folder: string, partition: string): Promise<void> {
  for (const segment of await listSegments(folder, partition)) {
    if (segment.sizeBytes <= SEGMENT_HEADER_BYTES) continue;
    throw damaged(segment, segment.baseOffset, 0, "its topic's settings are gone");
  }
}

async function listSegments(folder: string, partition: string): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const name of await readdir(folder)) {
    const baseOffset = parseSegmentName(name);
    if (baseOffset === undefined) continue;
    const path = join(folder, name);
    const { size, mtimeMs } = await stat(path);
    segments.push({ path, partition, baseOffset, sizeBytes: size, lastAppendMs: mtimeMs });
  }
  return segments.sort((left, right) => left.baseOffset - right.baseOffset);
}

/** @returns the last segment, or a new one behind it if it is full or damaged */
async function openLast(
  folder: string,
  last: Segment,
  surroundings: PartitionSurroundings,
  minimumEndOffset: number,
): Promise<ActiveSegment> {
  const { disk, events, now } = surroundings;
  const file = await disk.open(last.path, "r+");
  let isKept = false;
  try {
    if (last.baseOffset >= minimumEndOffset && (await isUnfinished(disk, file, last))) {
      return await ActiveSegment.create(disk, folder, last.partition, last.baseOffset, now());
    }
    const seed = await readSeed(disk, file, last);
    const found = await scan(disk, file, last, seed);
    const damage = damageOf(last, found, minimumEndOffset);
    if (damage !== undefined) events.damaged(damage);
    if (found.isSealed || damage !== undefined) {
      const endOffset = Math.max(found.endOffset, minimumEndOffset);
      return await ActiveSegment.create(disk, folder, last.partition, endOffset, now());
    }
    const torn = last.sizeBytes - found.endPosition;
    if (torn > 0) {
      await disk.truncate(file, found.endPosition);
      last.sizeBytes = found.endPosition;
      events.cutOff(last.partition, last.path, torn);
    }
    // What a killed process wrote may be in memory only, and is about to be shown to readers.
    await disk.sync(file);
    isKept = true;
    return new ActiveSegment(disk, { segment: last, file, seed, ...found });
  } finally {
    if (!isKept) await disk.close(file);
  }
}

/** Whether the process stopped while it made the file: its header is synced before anything else is written. */
async function isUnfinished(disk: LogDisk, file: number, last: Segment): Promise<boolean> {
  if (last.sizeBytes > SEGMENT_HEADER_BYTES) return false;
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  const count = await disk.read(file, header, 0);
  return decodeSegmentHeader(header.subarray(0, count)) === undefined;
}

function damageOf(
  last: Segment,
  found: ScanResult,
  minimumEndOffset: number,
): ReturnType<typeof damaged> | undefined {
  const { damage, endOffset, endPosition } = found;
  if (damage !== undefined) {
    return damaged(last, damage.offset, damage.position, "its bytes are not as they were written");
  }
  if (endOffset >= minimumEndOffset) return undefined;
  return damaged(last, endOffset, endPosition, `the partition once ended at ${minimumEndOffset}`);
}
