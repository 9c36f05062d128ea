import { DeltaError } from "./errors.ts";
import type { TableSnapshot } from "./model/table-model.ts";
import type { FileReader } from "./reader/file-reader.ts";
import type { TableStorage } from "./storage/table-storage.ts";

/**
 * A folder of plain Parquet files as a table; `name=value` in paths are partition columns.
 *
 * @throws {DeltaError} NOT_FOUND without a file, FAILED_PRECONDITION if the files' schemas do not fit together
 */
export async function openParquetFolder(
  _storage: TableStorage,
  _reader: FileReader,
  _signal?: AbortSignal,
): Promise<TableSnapshot> {
  throw new DeltaError("UNIMPLEMENTED", "reading folders is not built yet");
}
