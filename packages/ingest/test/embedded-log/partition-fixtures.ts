import { readdirSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { QueueBudget } from "../../src/embedded-log/append-queue.ts";
import type { LogRecord, OffsetRecord } from "../../src/embedded-log/frame.ts";
import { DEFAULT_SEGMENT_BYTES } from "../../src/embedded-log/limits.ts";
import type { LogDamageError } from "../../src/embedded-log/log-errors.ts";
import type { LogEvents } from "../../src/embedded-log/log-events.ts";
import { PartitionLog, type PartitionSurroundings } from "../../src/embedded-log/partition-log.ts";
import { SegmentPool } from "../../src/embedded-log/segment-pool.ts";
import { FaultyDisk } from "./faulty-disk.ts";
import { testFolder } from "./log-fixtures.ts";

/** Remembers what partitions tell. */
export class EventLog implements LogEvents {
  readonly refusals: string[] = [];
  readonly cuts: number[] = [];
  readonly damages: LogDamageError[] = [];
  appendCount = 0;

  appended(): void {
    this.appendCount += 1;
  }

  refused(_partition: string, reason: string): void {
    this.refusals.push(reason);
  }

  cutOff(_partition: string, _file: string, sizeBytes: number): void {
    this.cuts.push(sizeBytes);
  }

  damaged(error: LogDamageError): void {
    this.damages.push(error);
  }
}

export interface TestSurroundings extends PartitionSurroundings {
  readonly disk: FaultyDisk;
  readonly events: EventLog;
}

export function testSurroundings(changes: Partial<PartitionSurroundings> = {}): TestSurroundings {
  const disk = new FaultyDisk();
  return {
    pool: new SegmentPool(disk),
    budget: new QueueBudget(),
    now: Date.now,
    segmentBytes: DEFAULT_SEGMENT_BYTES,
    ...changes,
    disk,
    events: new EventLog(),
  };
}

export interface TestPartition extends TestSurroundings {
  readonly log: PartitionLog;
  readonly folder: string;
}

/** An empty partition that is closed after the test. */
export async function createPartition(
  changes: Partial<PartitionSurroundings> = {},
): Promise<TestPartition> {
  const folder = testFolder();
  const surroundings = testSurroundings(changes);
  const log = await PartitionLog.create(folder, "topic/0", surroundings);
  onTestFinished(() => log.close());
  return { ...surroundings, log, folder };
}

/** Opens what is in a folder; it is closed after the test. */
export async function reopenPartition(
  folder: string,
  changes: Partial<PartitionSurroundings> = {},
  minimumEndOffset?: number,
): Promise<TestPartition> {
  const surroundings = testSurroundings(changes);
  const log = await PartitionLog.open(folder, "topic/0", surroundings, minimumEndOffset);
  onTestFinished(() => log.close());
  return { ...surroundings, log, folder };
}

export function logRecord(value: string | Uint8Array, changes: Partial<LogRecord> = {}): LogRecord {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return { key: undefined, value: bytes, headers: [], timestampMs: 1_700_000_000_000, ...changes };
}

/** Reads to the end. */
export async function readAll(
  log: PartitionLog,
  fromOffset = 0,
  maxBytes = 1000,
): Promise<OffsetRecord[]> {
  const records: OffsetRecord[] = [];
  for (let next = fromOffset; ; ) {
    const found = await log.read(next, { maxRecords: 100, maxBytes });
    const last = found.at(-1);
    if (last === undefined) return records;
    records.push(...found);
    next = last.offset + 1;
  }
}

/** Paths of a partition's segments, oldest first. */
export function segmentFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".log"))
    .sort()
    .map((name) => join(folder, name));
}
