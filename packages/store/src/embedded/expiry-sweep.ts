import { blockExpiry, CodecError, isExpired } from "@ofs/codec";
import { DELETE_MEMORY_MS } from "../block-store.ts";
import type { EmbeddedEnvironment } from "./environment.ts";
import { RowRecord, withoutGroups } from "./row-record.ts";

/** Smallest key of a range: keys are never empty. */
const FIRST_KEY = Buffer.from([0]);

/** What one sweep did. */
export interface SweepReport {
  readonly scannedRows: number;
  readonly droppedGroups: number;
  /** Rows that held nothing else. */
  readonly droppedRows: number;
  /** Rows that cannot be read, left as they are. */
  readonly damagedRows: number;
  /** The last row was reached: the next sweep begins with the first. */
  readonly isRoundComplete: boolean;
}

/**
 * Drops blocks whose expiry has passed, and deletes that are ten days old. A write time is dropped with its block, so a late write of older
 * data may come back; it carries its own expiry.
 */
export class Sweeper {
  readonly #environment: EmbeddedEnvironment;
  #after: Uint8Array | undefined;

  constructor(environment: EmbeddedEnvironment) {
    this.#environment = environment;
  }

  async sweep(nowMs: number, maxRows: number): Promise<SweepReport> {
    this.#environment.refresh();
    const blocks = this.#environment.table("blocks");
    const start = this.#after;
    const candidates: Uint8Array[] = [];
    let scannedRows = 0;
    let damagedRows = 0;
    let sizeBytes = 0;
    let last: Uint8Array | undefined;
    const range =
      start === undefined
        ? { start: FIRST_KEY, limit: maxRows }
        : { start, exclusiveStart: true, limit: maxRows };
    for (const { key, value } of blocks.getRange(range)) {
      scannedRows++;
      last = key;
      const expired = countExpired(value, nowMs);
      if (expired === undefined) damagedRows++;
      else if (expired > 0) {
        candidates.push(key);
        sizeBytes += value.length;
      }
    }
    const dropped = await this.#drop(candidates, nowMs, sizeBytes);
    const isRoundComplete = scannedRows < maxRows;
    this.#after = isRoundComplete ? undefined : last;
    return { scannedRows, damagedRows, isRoundComplete, ...dropped };
  }

  /** Looks again inside the transaction: a candidate may have been written since. */
  async #drop(
    candidates: readonly Uint8Array[],
    nowMs: number,
    sizeBytes: number,
  ): Promise<Pick<SweepReport, "droppedGroups" | "droppedRows">> {
    if (candidates.length === 0) return { droppedGroups: 0, droppedRows: 0 };
    return this.#environment.commit(() => {
      const blocks = this.#environment.table("blocks");
      let droppedGroups = 0;
      let droppedRows = 0;
      for (const key of candidates) {
        const bytes = blocks.getBinary(key);
        if (bytes === undefined) continue;
        const record = new RowRecord(bytes, bytes.length);
        const isDropped = (index: number): boolean => isGroupExpired(record, index, nowMs);
        const expired = countGroups(record, isDropped);
        if (expired === 0) continue;
        const rest = withoutGroups(record, isDropped);
        if (rest === undefined) blocks.removeSync(key);
        else blocks.putSync(key, rest);
        droppedGroups += expired;
        if (rest === undefined) droppedRows++;
      }
      return { droppedGroups, droppedRows };
    }, sizeBytes);
  }
}

/** @returns undefined if the bytes are no record */
function countExpired(bytes: Uint8Array, nowMs: number): number | undefined {
  try {
    const record = new RowRecord(bytes, bytes.length);
    return countGroups(record, (index) => isGroupExpired(record, index, nowMs));
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

function countGroups(record: RowRecord, matches: (index: number) => boolean): number {
  let count = 0;
  for (let index = 0; index < record.groupCount; index++) if (matches(index)) count++;
  return count;
}

/** An empty block says that the group was deleted, and goes when its time has been remembered for long enough. */
function isGroupExpired(record: RowRecord, index: number, nowMs: number): boolean {
  if (record.blockSize(index) === 0) {
    return record.writeTimeMicros(index) / 1000 + DELETE_MEMORY_MS <= nowMs;
  }
  return isExpired(blockExpiry(record.block(index)), nowMs);
}
