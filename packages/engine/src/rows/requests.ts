import type { CancelSignal, Span } from "@ofs/platform";
import type { JsonValue } from "@ofs/rows";

/** What a request of the row dialect says of its feature group. */
export interface GroupAddress {
  readonly featureGroupName: string;
  /** undefined = the latest. */
  readonly featureGroupVersion: string | undefined;
  /** Names are matched without regard to case, as older clients need it. Default false. */
  readonly isFolded?: boolean | undefined;
}

export interface RowWriteRequest extends GroupAddress {
  readonly names: readonly string[];
  /** Rows, as sent: one value for each of `names`. */
  readonly values: readonly (readonly JsonValue[])[];
  /** Unix microseconds, of all rows or of each; undefined = now. */
  readonly writeTimeMicros?: number | readonly number[] | undefined;
}

export interface RowDeleteRequest extends GroupAddress {
  /** The primary keys, in any order. */
  readonly keyNames: readonly string[];
  /** Keys, as sent: one value for each of `keyNames`. */
  readonly keys: readonly (readonly JsonValue[])[];
  /** Unix microseconds, of all keys or of each; undefined = now. */
  readonly writeTimeMicros?: number | readonly number[] | undefined;
}

export interface RowReadRequest extends GroupAddress {
  readonly columns: readonly string[];
  readonly keyNames: readonly string[];
  /** Keys, as sent: one value for each of `keyNames`. */
  readonly keys: readonly (readonly JsonValue[])[];
}

export interface RowScanRequest extends GroupAddress {
  readonly columns: readonly string[];
  readonly keyNames: readonly string[];
  /** One value for each of `keyNames`. */
  readonly key: readonly JsonValue[];
}

/** Who waits for an answer, and for how long. */
export interface RowCallContext {
  /** Unix milliseconds; `Infinity` = the engine's own limit. */
  readonly deadlineMs: number;
  /** Aborts when nobody waits any more. */
  readonly signal?: CancelSignal | undefined;
  /** What the call is traced by, if it is. */
  readonly span?: Span | undefined;
}

export interface RowWriteContext extends RowCallContext {
  /** Whether the read tenant's store is written, too, where it is another one. */
  readonly isReplicated: boolean;
}

/** Values are echoed as sent, rows in the order of the request. */
export interface RowWriteAnswer {
  readonly featureGroupName: string;
  /** The version that was written. */
  readonly featureGroupVersion: string;
  readonly featureColumns: readonly string[];
  readonly successfulRows: readonly (readonly JsonValue[])[];
  readonly failedRows: readonly (readonly JsonValue[])[];
}

/** Keys are echoed as sent, in the order of the request. */
export interface RowDeleteAnswer {
  readonly featureGroupName: string;
  /** The version of which the columns were deleted. */
  readonly featureGroupVersion: string;
  readonly keyNames: readonly string[];
  readonly successfulKeys: readonly (readonly JsonValue[])[];
  readonly failedKeys: readonly (readonly JsonValue[])[];
}

export interface RowReadAnswer {
  readonly featureGroupName: string;
  /** The version that was read. */
  readonly featureGroupVersion: string;
  /** In the order of the request. */
  readonly successfulKeys: readonly FoundRow[];
  /** First those that are no keys of the table, then those without a row. */
  readonly failedKeys: readonly (readonly JsonValue[])[];
}

export interface FoundRow {
  /** As sent. */
  readonly key: readonly JsonValue[];
  /** JSON texts, in the order of the columns asked for. */
  readonly features: readonly string[];
}

export interface RowScanAnswer {
  readonly featureGroupName: string;
  /** The version that is read. */
  readonly featureGroupVersion: string;
  /**
   * Rows as JSON texts, each an array in the order of the columns asked for; in clustering order, in pages that may be
   * empty. The first page has been read; what follows is read as it is asked for.
   *
   * @throws {FeatureStoreError} where the store fails in between
   */
  readonly pages: AsyncIterable<readonly string[]>;
}

/** An answer of one of several requests, or why there is none. */
export type BatchOutcome<T> =
  | { readonly answer: T; readonly error?: undefined }
  | { readonly answer?: undefined; readonly error: Error };
