import { CodecError } from "@ofs/codec";
import type { EmbeddedEnvironment } from "../environment.ts";
import { RecordReader } from "./cell-record.ts";
import { sweepRecord } from "./merge-record.ts";
import { ROW_ENTRY } from "./row-tree.ts";

/** Smallest key of a range: keys are never empty. */
const FIRST_KEY = Buffer.from([0]);

/** What one sweep did. */
export interface RowSweepReport {
  readonly scannedRows: number;
  /** Rows of which something was dropped, but not all. */
  readonly trimmedRows: number;
  readonly droppedRows: number;
  /** Rows that cannot be read, left as they are. */
  readonly damagedRows: number;
  /** The last row was reached: the next sweep begins with the first. */
  readonly isRoundComplete: boolean;
}

type Verdict = ReturnType<typeof sweepRecord> | "damaged";

/**
 * Drops values that have expired, of all tenants, and after ten days their write times too: until then a late write of
 * older data stays hidden, as in Cassandra.
 */
export class EmbeddedRowSweeper {
  readonly #environment: EmbeddedEnvironment;
  #after: Uint8Array | undefined;

  constructor(environment: EmbeddedEnvironment) {
    this.#environment = environment;
  }

  /**
   * Looks at a bounded number of rows: each call goes on where the last one ended. Call it from a timer.
   *
   * @param nowMs Unix milliseconds
   * @param maxRows at most
   * @throws {FeatureStoreError} UNAVAILABLE
   */
  async sweep(nowMs: number, maxRows: number): Promise<RowSweepReport> {
    const nowSeconds = Math.floor(nowMs / 1000);
    this.#environment.refresh();
    const candidates: Uint8Array[] = [];
    let scannedRows = 0;
    let damagedRows = 0;
    let sizeBytes = 0;
    let last: Uint8Array | undefined;
    const range = { start: this.#after ?? FIRST_KEY, exclusiveStart: this.#after !== undefined };
    for (const { key, value } of this.#environment
      .table("rows")
      .getRange({ ...range, limit: maxRows })) {
      scannedRows++;
      last = key;
      const verdict = judge(value, nowSeconds);
      if (verdict === "damaged") damagedRows++;
      else if (verdict !== "keep") {
        candidates.push(key);
        sizeBytes += value.length;
      }
    }
    const dropped = await this.#drop(candidates, nowSeconds, sizeBytes);
    const isRoundComplete = scannedRows < maxRows;
    this.#after = isRoundComplete ? undefined : last;
    return { scannedRows, damagedRows, isRoundComplete, ...dropped };
  }

  /** Looks again inside the transaction: a candidate may have been written since. */
  async #drop(
    candidates: readonly Uint8Array[],
    nowSeconds: number,
    sizeBytes: number,
  ): Promise<Pick<RowSweepReport, "droppedRows" | "trimmedRows">> {
    if (candidates.length === 0) return { droppedRows: 0, trimmedRows: 0 };
    return this.#environment.commit(() => {
      const rows = this.#environment.table("rows");
      let droppedRows = 0;
      let trimmedRows = 0;
      for (const key of candidates) {
        const bytes = rows.getBinary(key);
        const verdict = bytes === undefined ? "keep" : judge(bytes, nowSeconds);
        if (verdict === "remove") {
          rows.removeSync(key);
          droppedRows++;
        } else if (typeof verdict !== "string") {
          rows.putSync(key, verdict);
          trimmedRows++;
        }
      }
      return { droppedRows, trimmedRows };
    }, sizeBytes);
  }
}

/** Entries that are no rows are kept. */
function judge(bytes: Uint8Array, nowSeconds: number): Verdict {
  if (bytes[0] !== ROW_ENTRY) return "keep";
  try {
    return sweepRecord(new RecordReader(bytes), nowSeconds);
  } catch (error) {
    if (error instanceof CodecError) return "damaged";
    throw error;
  }
}
