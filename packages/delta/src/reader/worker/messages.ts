import type { ErrorCode } from "@ofs/platform";
import type { ColumnData } from "../column-data.ts";
import type { FileField } from "./file-schema.ts";
import type { WantedField } from "./plan-columns.ts";

export interface WorkerSettings {
  readonly decoder: "auto" | "duckdb" | "hyparquet";
  readonly memoryBytesMax: number;
}

/** A file to decode. A thread has one at a time. */
export interface ReadJob {
  /** Local. */
  readonly path: string;
  readonly fields: readonly WantedField[];
  readonly fromRow: number;
  readonly toRow: number | undefined;
  /** Rows to leave out. */
  readonly deletionVector: JobVector | undefined;
  /** Rows that are wanted; undefined: all. */
  readonly onlyRows: JobVector | undefined;
}

/** A serialised deletion vector; its checksum is right. */
export interface JobVector {
  readonly bytes: Uint8Array;
  readonly cardinality: number;
  /** Names it in errors. */
  readonly source: string;
}

/** To the thread. */
export type WorkerRequest =
  | { readonly kind: "read"; readonly job: ReadJob }
  | { readonly kind: "describe"; readonly path: string }
  /** Room for one more batch. */
  | { readonly kind: "more" }
  | { readonly kind: "cancel" }
  /** Cancels, and ends the thread. */
  | { readonly kind: "close" };

export interface FileDescription {
  readonly fields: readonly FileField[];
  readonly rowCount: number;
}

export interface DecodedBatch {
  readonly firstRow: number;
  readonly rowCount: number;
  readonly nextRow: number;
  readonly columns: readonly ColumnData[];
}

export interface PackedBatch extends DecodedBatch {
  /** Time that the thread took for it, without waits for whoever reads. */
  readonly decodeMs: number;
}

/** From the thread. */
export type WorkerReply =
  | { readonly kind: "ready" }
  | { readonly kind: "batch"; readonly batch: PackedBatch }
  | { readonly kind: "description"; readonly description: FileDescription }
  /** The job is over, also after a cancel. */
  | { readonly kind: "end" }
  /** The job, or the start, failed. */
  | { readonly kind: "error"; readonly code: ErrorCode; readonly message: string };

/** Batches that a thread sends ahead of being asked. */
export const BATCHES_AHEAD = 2;
