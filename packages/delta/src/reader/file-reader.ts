import { describeVector, loadDeletionVector } from "../deletion-vectors/load-deletion-vector.ts";
import { DeltaError } from "../errors.ts";
import type { DataFile, DeletionVectorDescriptor } from "../model/table-model.ts";
import type { TableField } from "../model/table-type.ts";
import type { LocalFile, TableStorage } from "../storage/table-storage.ts";
import type { DecodeThread } from "./decode-thread.ts";
import { constantColumn, parsePartitionValue } from "./partition-values.ts";
import { ColumnVector, type RowBatch } from "./row-batch.ts";
import { ThreadPool } from "./thread-pool.ts";
import type {
  FileDescription,
  JobVector,
  PackedBatch,
  ReadJob,
  WorkerReply,
} from "./worker/messages.ts";
import type { WantedField } from "./worker/plan-columns.ts";

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
  /** Only rows that this vector names. Default: all. */
  readonly onlyRows?: DeletionVectorDescriptor | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const THREADS_MAX = 64;
const MEMORY_BYTES = 512 * 1024 ** 2;

/** Decodes data files in threads; at most a few batches of each file are in memory. */
export class FileReader {
  readonly #pool: ThreadPool;

  private constructor(pool: ThreadPool) {
    this.#pool = pool;
  }

  /** Starts the threads. @throws {DeltaError} if the decoder asked for cannot be loaded */
  static async open(options: FileReaderOptions = {}): Promise<FileReader> {
    const { threadCount = 1, decoder = "auto", memoryBytesMax = MEMORY_BYTES } = options;
    if (!Number.isInteger(threadCount) || threadCount < 1 || threadCount > THREADS_MAX) {
      const range = `a number from 1 to ${THREADS_MAX}`;
      throw new DeltaError("INVALID_ARGUMENT", `threadCount must be ${range}, not ${threadCount}`);
    }
    return new FileReader(await ThreadPool.open(threadCount, { decoder, memoryBytesMax }));
  }

  /**
   * Rows of a file in its order, without the deleted ones. Ends early by `return` of the iterator or the signal.
   *
   * @throws {DeltaError} naming the file: missing, of another size, not Parquet, with types that are not the table's
   */
  async *read(
    storage: TableStorage,
    file: DataFile,
    request: ReadRequest,
  ): AsyncGenerator<RowBatch, void, undefined> {
    const { fields, signal } = request;
    const constants = fields.map((field) => constantOf(field, file));
    const decoded = fields.filter((_, index) => constants[index] === undefined);
    for await (const batch of this.#decode(storage, file, decoded, request)) {
      signal?.throwIfAborted();
      yield rowBatch(batch, fields, constants);
    }
  }

  /**
   * Tells what a file has, without decoding it.
   *
   * @throws {DeltaError} naming the file
   */
  async describe(
    storage: TableStorage,
    { path, sizeBytes }: Pick<DataFile, "path" | "sizeBytes">,
    signal?: AbortSignal,
  ): Promise<FileDescription> {
    const local = await storage.fetch(path, sizeBytes, signal);
    try {
      for await (const reply of this.#run(path, signal, (thread) =>
        thread.run({ kind: "describe", path: local.path }),
      )) {
        if (reply.kind === "description") return reply.description;
      }
    } finally {
      await local.release();
    }
    throw new DeltaError("INTERNAL", `file ${path}: the decoding thread does not answer`);
  }

  /** Ends the threads; reads that go on fail. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  async *#decode(
    storage: TableStorage,
    file: DataFile,
    fields: readonly WantedField[],
    { fromRow = 0, toRow, onlyRows: only, signal }: ReadRequest,
  ): AsyncGenerator<PackedBatch> {
    const deletionVector = await loadVector(storage, file.path, file.deletionVector, signal);
    const onlyRows = await loadVector(storage, file.path, only, signal);
    const local: LocalFile = await storage.fetch(file.path, file.sizeBytes, signal);
    const job: ReadJob = { path: local.path, fields, fromRow, toRow, deletionVector, onlyRows };
    try {
      const run = (thread: DecodeThread) => thread.run({ kind: "read", job });
      for await (const reply of this.#run(file.path, signal, run)) {
        if (reply.kind === "batch") yield reply.batch;
      }
    } finally {
      await local.release();
    }
  }

  async *#run(
    path: string,
    signal: AbortSignal | undefined,
    start: (thread: DecodeThread) => AsyncGenerator<WorkerReply>,
  ): AsyncGenerator<WorkerReply> {
    const thread = await this.#pool.borrow(signal);
    try {
      yield* start(thread);
    } catch (error) {
      if (!(error instanceof DeltaError)) throw error;
      throw new DeltaError(error.code, `file ${path}: ${error.message}`, { cause: error });
    } finally {
      this.#pool.giveBack(thread);
    }
  }
}

async function loadVector(
  storage: TableStorage,
  path: string,
  vector: DeletionVectorDescriptor | undefined,
  signal: AbortSignal | undefined,
): Promise<JobVector | undefined> {
  if (vector === undefined) return undefined;
  try {
    const bytes = await loadDeletionVector(storage, vector, signal);
    return { bytes, cardinality: vector.cardinality, source: describeVector(vector) };
  } catch (error) {
    if (!(error instanceof DeltaError)) throw error;
    throw new DeltaError(error.code, `file ${path}: ${error.message}`, { cause: error });
  }
}

/** @returns how to make the column of a partition value; undefined if the column is in the file */
function constantOf(
  field: TableField,
  { path, partitionValues }: DataFile,
): ((count: number) => ColumnVector) | undefined {
  const text = partitionValues.get(field.physicalName);
  if (text === undefined) return undefined;
  const value = parsePartitionValue(text, field, path);
  return (count) => constantColumn(field, value, count);
}

function rowBatch(
  { firstRow, rowCount, nextRow, decodeMs, columns }: PackedBatch,
  fields: readonly TableField[],
  constants: readonly (((count: number) => ColumnVector) | undefined)[],
): RowBatch {
  let decoded = 0;
  const vectors = fields.map((field, index) => {
    const constant = constants[index];
    if (constant !== undefined) return constant(rowCount);
    const data = columns[decoded++];
    if (data === undefined) throw new DeltaError("INTERNAL", `column ${field.name} is not decoded`);
    return new ColumnVector(field, data);
  });
  return { firstRow, rowCount, nextRow, decodeMs, columns: vectors };
}
