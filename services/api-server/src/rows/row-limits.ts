import { RowError, type RowErrorCode } from "@ofs/rows";

/** What one request may ask for; 0 = no limit. */
export interface RowLimits {
  readonly maxBodyBytes: number;
  /** Rows of a write or keys of a read, all batches together. */
  readonly maxRows: number;
  /** Keys of each batch of a multi-read. */
  readonly maxMultiReadRows: number;
  /** Rows of an answered partition. */
  readonly maxPartitionRows: number;
}

/** @throws {RowError} */
export function assertRowCount({ maxRows }: RowLimits, count: number, code: RowErrorCode): void {
  if (maxRows === 0 || count <= maxRows) return;
  throw RowError.of(code, { message: `number of rows cannot be greater than ${maxRows}` });
}

/** @throws {RowError} */
export function assertMultiReadRows({ maxMultiReadRows }: RowLimits, count: number): void {
  if (maxMultiReadRows === 0 || count <= maxMultiReadRows) return;
  const message = `number of rows per cannot be greater than ${maxMultiReadRows}`;
  throw RowError.of("MULTI-READ-FEATURE-GROUP-INVALID-BATCH-SIZE-EXCEPTION", { message });
}

/** @throws {RowError} */
export function assertPartitionRows({ maxPartitionRows }: RowLimits, count: number): void {
  if (maxPartitionRows === 0 || count <= maxPartitionRows) return;
  const message = `the partition has more than ${maxPartitionRows} rows`;
  throw RowError.of("READ-FEATURE-GROUP-PARTITION-REQUEST-EXCEPTION", { message });
}
