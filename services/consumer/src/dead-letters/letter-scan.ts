import type { LogAdmin } from "@ofs/ingest";
import { type Letter, readLetter } from "./letter.ts";
import type { LetterCursor } from "./letter-cursor.ts";
import { type LetterFilter, matches } from "./letter-filter.ts";

/** Bounds on one call; where one is reached the cursor says how to go on. */
export interface ScanLimits {
  /** Letters that match. */
  readonly maxLetters: number;
  /** Letters looked at. */
  readonly maxScanned: number;
  /** Of the clock that `monotonicNow` tells. */
  readonly deadlineMs: number;
}

const PAGE_RECORDS = 500;
const PAGE_BYTES = 8 * 1024 * 1024;

/** Bytes of matching letters that are gathered before they are handed on. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/** What was found of a dead-letter topic. */
export interface LetterPage {
  readonly letters: readonly Letter[];
  /** How to go on behind these letters. */
  readonly cursor: LetterCursor;
}

/** Goes through a dead-letter topic, partition by partition. */
export class LetterScan {
  readonly #admin: LogAdmin;
  readonly #topic: string;
  readonly #filter: LetterFilter;
  readonly #limits: ScanLimits;
  readonly #monotonicNow: () => number;
  readonly #rest: (readonly [partition: number, offset: number, end: number])[];
  #scannedCount = 0;
  #matchedCount = 0;

  /** @param cursor of `beginning` or of an earlier page */
  constructor(
    admin: LogAdmin,
    topic: string,
    filter: LetterFilter,
    cursor: LetterCursor,
    limits: ScanLimits,
    monotonicNow: () => number,
  ) {
    this.#admin = admin;
    this.#topic = topic;
    this.#filter = filter;
    this.#limits = limits;
    this.#monotonicNow = monotonicNow;
    const { partition: wanted } = filter;
    this.#rest = cursor.rest.filter(([partition]) => wanted === undefined || partition === wanted);
  }

  /** Letters looked at so far. */
  get scannedCount(): number {
    return this.#scannedCount;
  }

  get isDone(): boolean {
    return this.#rest.length === 0;
  }

  /** Whether this call may go on. */
  get isWithinLimits(): boolean {
    const { maxLetters, maxScanned, deadlineMs } = this.#limits;
    return (
      this.#matchedCount < maxLetters &&
      this.#scannedCount < maxScanned &&
      this.#monotonicNow() < deadlineMs
    );
  }

  /** @param maxLetters of this page @returns what one read gives, perhaps nothing: see `isDone` */
  async next(maxLetters: number): Promise<LetterPage> {
    const letters: Letter[] = [];
    const [partition, offset, end] = this.#rest[0] ?? [0, 0, 0];
    if (this.isDone) return { letters, cursor: { rest: [] } };
    const room = Math.min(maxLetters, this.#limits.maxLetters - this.#matchedCount);
    const wanted = Math.min(PAGE_RECORDS, this.#limits.maxScanned - this.#scannedCount);
    const records = await this.#admin.read(this.#topic, partition, offset, wanted, PAGE_BYTES);
    let nextOffset = records.length === 0 ? end : offset;
    let sizeBytes = 0;
    for (const record of records) {
      if (record.offset >= end) {
        nextOffset = end;
        break;
      }
      if (letters.length >= room || sizeBytes >= MAX_BATCH_BYTES) break;
      nextOffset = record.offset + 1;
      this.#scannedCount += 1;
      const letter = readLetter(record);
      if (!matches(this.#filter, letter)) continue;
      letters.push(letter);
      sizeBytes += record.value?.length ?? 0;
    }
    if (nextOffset >= end) this.#rest.shift();
    else this.#rest[0] = [partition, nextOffset, end];
    this.#matchedCount += letters.length;
    return { letters, cursor: { rest: [...this.#rest] } };
  }
}

/** @returns the beginning of what a topic holds now; undefined for a topic that does not exist */
export async function beginning(admin: LogAdmin, topic: string): Promise<LetterCursor | undefined> {
  const offsets = await admin.offsets(topic);
  if (offsets === undefined) return undefined;
  const rest = offsets
    .filter(({ startOffset, endOffset }) => startOffset < endOffset)
    .map(({ partition, startOffset, endOffset }) => [partition, startOffset, endOffset] as const);
  return { rest };
}
