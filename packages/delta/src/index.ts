export { DeltaTable } from "./delta-table.ts";
export { DeltaError } from "./errors.ts";
export { formatCell, formatRow } from "./json/format-row.ts";
export type {
  DataFile,
  DeletionVectorDescriptor,
  FilePart,
  TableSnapshot,
  TakenRows,
  VersionChanges,
  VersionDeletes,
} from "./model/table-model.ts";
export type { CellValue, PrimitiveName, TableField, TableType } from "./model/table-type.ts";
export {
  CHANGE_TYPE_FIELD,
  formatDecimal,
  formatType,
  TAKING_CHANGES,
} from "./model/type-names.ts";
export { openParquetFolder } from "./parquet-folder.ts";
export { FileReader, type FileReaderOptions, type ReadRequest } from "./reader/file-reader.ts";
export { ColumnVector, type RowBatch } from "./reader/row-batch.ts";
export { FileStats } from "./skipping/file-stats.ts";
export { type Comparison, mayMatch } from "./skipping/may-match.ts";
export { openTableStorage } from "./storage/open-table-storage.ts";
export { SharedSpool } from "./storage/shared-spool.ts";
export type {
  ListOptions,
  LocalFile,
  S3Options,
  StorageEntry,
  StorageObserver,
  StorageOperation,
  StorageOptions,
  TableStorage,
} from "./storage/table-storage.ts";
export { STORAGE_OPERATIONS } from "./storage/table-storage.ts";
