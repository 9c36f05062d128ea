import { DeltaError } from "../errors.ts";
import type { DataFile } from "../model/table-model.ts";
import type { TableField } from "../model/table-type.ts";
import type { TableStorage } from "../storage/table-storage.ts";
import type { RowBatch } from "./row-batch.ts";

export interface FileReaderOptions {
  /** Files decoded at one time, each in a thread of its own. Default 1. */
  readonly threadCount?: number | undefined;
  /** Default: DuckDB, and hyparquet where DuckDB's native library cannot be loaded. */
  readonly decoder?: "auto" | "duckdb" | "hyparquet" | undefined;
  /** Memory of DuckDB in each thread. Default 512 MiB. */
  readonly memoryBytesMax?: number | undefined;
}

export interface ReadRequest {
  /** Columns wanted, of the table's schema; a column that the file lacks is null in every row. */
  readonly fields: readonly TableField[];
  /** First row, by its number in the file. Default 0. */
  readonly fromRow?: number | undefined;
  /** Row to stop before. Default: the end. */
  readonly toRow?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Decodes data files in threads; at most a few batches of each file are in memory. */
export class FileReader {
  private constructor() {}

  /** Starts the threads. @throws {DeltaError} if the decoder asked for cannot be loaded */
  static async open(_options: FileReaderOptions = {}): Promise<FileReader> {
    throw new DeltaError("UNIMPLEMENTED", "reading files is not built yet");
  }

  /**
   * Rows of a file in its order, without the deleted ones. Ends early by `return` of the iterator or the signal.
   *
   * @throws {DeltaError} naming the file: missing, of another size, not Parquet, with types that are not the table's
   */
  read(_storage: TableStorage, _file: DataFile, _request: ReadRequest): AsyncIterable<RowBatch> {
    throw new DeltaError("UNIMPLEMENTED", "reading files is not built yet");
  }

  /** Ends the threads; reads that go on fail. */
  async close(): Promise<void> {
    await Promise.resolve();
  }
}
