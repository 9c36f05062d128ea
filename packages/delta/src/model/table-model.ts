import type { FileStats } from "../skipping/file-stats.ts";
import type { TableField } from "./table-type.ts";

/** A table at one version. */
export interface TableSnapshot {
  /** 0 for a folder of plain Parquet files. */
  readonly version: number;
  /** Milliseconds since 1970; of a folder, the time of its youngest file. */
  readonly commitTimeMs: number;
  readonly schema: readonly TableField[];
  /** Their rows, less those that their deletion vectors name, are the table. */
  readonly files: readonly DataFile[];
  /** Logical names. */
  readonly partitionColumns: readonly string[];
  /** Properties of the table, such as `delta.enableChangeDataFeed`. */
  readonly configuration: ReadonlyMap<string, string>;
}

/** What one version brought. */
export interface VersionChanges {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly commitTimeMs: number;
  /** Of this version. */
  readonly schema: readonly TableField[];
  /** With new rows: neither rewritten without a change, nor with more rows deleted. */
  readonly files: readonly DataFile[];
  readonly deletes: VersionDeletes;
  /** False for a version that only rearranges or only changes the table's description. */
  readonly isDataChange: boolean;
}

/**
 * Rows that a version took away.
 *
 * - `none`: none.
 * - `unknown`: files with rows were removed, and the table has no change data feed.
 * - `feed`: `files` are the version's change data: every changed row with `_change_type`, see `CHANGE_TYPE_FIELD`. New
 *   rows are among them too.
 * - `removed`: the table has the feed, and the version removed whole files: their rows, as `files` describes them, are gone.
 */
export interface VersionDeletes {
  readonly kind: "none" | "unknown" | "feed" | "removed";
  readonly files: readonly DataFile[];
}

/** Where the rows are that a version took away. */
export interface TakenRows {
  readonly version: number;
  /** Columns that the files have: of the version before, or with a feed of this one. */
  readonly schema: readonly TableField[];
  /** `files` are change data: only rows whose `CHANGE_TYPE_FIELD` is among `TAKING_CHANGES` are taken away. */
  readonly isFeed: boolean;
  readonly files: readonly FilePart[];
}

/** Some rows of a file. */
export interface FilePart {
  /** Rows that its deletion vector names are not meant. */
  readonly file: DataFile;
  /** Only rows that this vector names are; undefined: all. */
  readonly onlyRows: DeletionVectorDescriptor | undefined;
}

/** One Parquet file of a table. */
export interface DataFile {
  /** Decoded; relative to the table, or absolute with a scheme. Names the file in errors. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Rows in the file, deleted ones counted too; undefined where the log does not tell. */
  readonly rowCount: number | undefined;
  /** By physical name, as in the log; null for a missing value. */
  readonly partitionValues: ReadonlyMap<string, string | null>;
  /** Its deleted rows; undefined if there are none. */
  readonly deletionVector: DeletionVectorDescriptor | undefined;
  readonly stats: FileStats | undefined;
}

/** Where the numbers of a file's deleted rows are. */
export interface DeletionVectorDescriptor {
  /** `u`: in a file named by a UUID; `i`: in the text itself; `p`: in the file of an absolute path. */
  readonly storageType: "u" | "i" | "p";
  readonly pathOrInlineDv: string;
  /** Bytes from the start of the file; undefined for `i`. */
  readonly offset: number | undefined;
  /** Of the vector, without its length and checksum. */
  readonly sizeBytes: number;
  /** Rows that it deletes. */
  readonly cardinality: number;
}
