import { setTimeout as delay } from "node:timers/promises";
import {
  DEAD_LETTER_HEADERS,
  type LogAdmin,
  type NewRecord,
  type RecordHeader,
  type RecordSink,
  SinkError,
  type SourceRecord,
  WRITE_TIME_HEADER,
} from "@ofs/ingest";
import { FeatureStoreError } from "@ofs/platform";
import { LETTER_HEADER_PREFIX, type Letter } from "./letter.ts";
import type { LetterCursor } from "./letter-cursor.ts";
import type { LetterScan } from "./letter-scan.ts";

/** Letters produced at a time. */
const MAX_BATCH = 100;

/** Bytes of them; one may be larger. */
const MAX_CHUNK_BYTES = 8 * 1024 * 1024;

/** Where a replay stands. */
export interface ReplayReport {
  /** Letters whose messages are in their topic again; in a dry run, that would be. */
  readonly replayedCount: number;
  /** Letters without a message, which is not where it was any more either: nothing can be made of them. */
  readonly skippedCount: number;
  readonly scannedCount: number;
  readonly cursor: LetterCursor;
  /** Why it ended early; the letters from the cursor on are not replayed, or may be in part. */
  readonly failure: SinkError | undefined;
}

export interface ReplayOptions {
  readonly ratePerSecond: number;
  readonly isDryRun: boolean;
  readonly signal: AbortSignal;
}

/**
 * Puts messages back into the topic that they came from. Their write time stays what it was, so that a replay may be
 * repeated and never replaces newer values.
 */
export async function replay(
  scan: LetterScan,
  { sink, admin }: { readonly sink: RecordSink; readonly admin: LogAdmin },
  start: LetterCursor,
  { ratePerSecond, isDryRun, signal }: ReplayOptions,
): Promise<ReplayReport> {
  const batchSize = Math.min(MAX_BATCH, Math.max(1, Math.floor(ratePerSecond / 4)));
  let replayedCount = 0;
  let skippedCount = 0;
  let cursor = start;
  let failure: SinkError | undefined;
  while (!scan.isDone && scan.isWithinLimits && !signal.aborted) {
    const page = await scan.next(batchSize);
    let count = 0;
    for await (const records of chunksOf(page.letters, admin)) {
      if (!isDryRun) failure = await produce(sink, records);
      if (failure !== undefined) break;
      count += records.length;
    }
    replayedCount += count;
    if (failure !== undefined) break;
    skippedCount += page.letters.length - count;
    cursor = page.cursor;
    const pauseMs = (count / ratePerSecond) * 1_000;
    if (!isDryRun && pauseMs > 0 && !scan.isDone) await pause(pauseMs, signal);
  }
  return { replayedCount, skippedCount, scannedCount: scan.scannedCount, cursor, failure };
}

/**
 * @returns the message as it is put back, read from where it was if the letter was too small for it; undefined for a
 * letter that does not say where it was, or if there is no value
 */
export async function messageOf(letter: Letter, admin: LogAdmin): Promise<NewRecord | undefined> {
  const { origin, record, omittedBytes } = letter;
  if (origin.topic === undefined) return undefined;
  const whole = omittedBytes === undefined ? record : await originalOf(letter, admin);
  if (whole?.value === undefined) return undefined;
  const attempts = record.headers.filter(([name]) => name === DEAD_LETTER_HEADERS.attempts);
  const headers = headersOf(letter, [...whole.headers, ...(whole === record ? [] : attempts)]);
  return { topic: origin.topic, key: whole.key, value: whole.value, headers };
}

async function originalOf({ origin }: Letter, admin: LogAdmin): Promise<SourceRecord | undefined> {
  const { topic, partition, offset } = origin;
  if (topic === undefined || partition === undefined || offset === undefined) return undefined;
  try {
    const [found] = await admin.read(topic, partition, offset, 1, 1);
    return found?.offset === offset ? found : undefined;
  } catch (error) {
    if (error instanceof FeatureStoreError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

function headersOf(letter: Letter, all: readonly RecordHeader[]): RecordHeader[] {
  const headers = all.filter(
    ([name]) => !name.startsWith(LETTER_HEADER_PREFIX) || name === DEAD_LETTER_HEADERS.attempts,
  );
  if (headers.some(([name]) => name === WRITE_TIME_HEADER)) return headers;
  // A message without a time counted for when it was taken, shortly before the letter.
  const timeMs = letter.origin.timestampMs ?? letter.deadAtMs;
  if (timeMs === undefined) return headers;
  return [...headers, [WRITE_TIME_HEADER, Buffer.from(String(timeMs))]];
}

/** The messages of letters, so many at a time that their bytes are bounded: large ones are read one by one. */
async function* chunksOf(
  letters: readonly Letter[],
  admin: LogAdmin,
): AsyncGenerator<readonly NewRecord[]> {
  let records: NewRecord[] = [];
  let sizeBytes = 0;
  for (const letter of letters) {
    const message = await messageOf(letter, admin);
    if (message === undefined) continue;
    records.push(message);
    sizeBytes += message.value?.length ?? 0;
    if (sizeBytes < MAX_CHUNK_BYTES) continue;
    yield records;
    records = [];
    sizeBytes = 0;
  }
  if (records.length > 0) yield records;
}

async function produce(
  sink: RecordSink,
  records: readonly NewRecord[],
): Promise<SinkError | undefined> {
  try {
    await sink.produce(records);
    return undefined;
  } catch (error) {
    if (error instanceof SinkError) return error;
    throw error;
  }
}

/** Ends early when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
