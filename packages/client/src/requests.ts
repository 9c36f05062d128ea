import type { Values } from "@ofs/codec";
import type { ResultSchema, RetrieveGroup } from "@ofs/proto";
import type { OfsClientError } from "./errors.ts";
import type { EntityKey } from "./keys.ts";
import type { PersistRowInput } from "./persist-plan.ts";
import type { FeatureSelection, RowValues } from "./retrieve-plan.ts";

/** What to read. */
export interface RetrieveRequest {
  readonly entity: string;
  /** Rows of the answer follow this order; a key may be given twice. */
  readonly keys: readonly EntityKey[];
  readonly features: FeatureSelection;
  /** Order of the parts of keys that are given as lists. @default the registry's order */
  readonly keysSchema?: readonly string[];
}

/** What to look into. */
export interface InspectRequest {
  readonly entity: string;
  readonly keys: readonly EntityKey[];
  /** Labels of feature groups. */
  readonly groups: readonly string[];
  /** Order of the parts of keys that are given as lists. @default the registry's order */
  readonly keysSchema?: readonly string[];
}

/** Rows in the order of the keys that were asked for. */
export interface RetrieveResult<Row> {
  /** Names of the parts of each row's `keys`. */
  readonly keysSchema: readonly string[];
  readonly rows: readonly Row[];
}

/** Features of one key, decoded by their data types; 64-bit integers as bigint. */
export interface ValueRow {
  readonly keys: readonly string[];
  /** By feature group and label. */
  readonly values: RowValues;
  readonly error?: undefined;
}

/** Features of one key, as text. */
export interface TextRow {
  readonly keys: readonly string[];
  /** By feature group and label. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly error?: undefined;
}

/** Features of one key, as they are stored: little endian. */
export interface RawRow {
  readonly keys: readonly string[];
  /** By `columnIdx`. Each is a view of the answer it came in. */
  readonly columns: readonly Uint8Array[];
  readonly error?: undefined;
}

/** A key whose batch failed; only where partial answers are asked for. */
export interface FailedRow {
  readonly keys: readonly string[];
  readonly values?: undefined;
  readonly columns?: undefined;
  readonly error: OfsClientError;
}

export interface RawResult<Row> extends RetrieveResult<Row> {
  readonly entityLabel: string;
  readonly featureSchemas: readonly ResultSchema[];
}

/** What to store. */
export interface PersistRequest {
  readonly entity: string;
  /** Of rows with the same key the last one counts. */
  readonly rows: readonly PersistRowInput[];
  /** Order of the parts of keys that are given as lists. @default the registry's order */
  readonly keysSchema?: readonly string[];
}

/** A retrieve query in the form of the wire, as the Go SDK has it. */
export interface RetrieveQuery {
  readonly entityLabel: string;
  readonly featureGroups: readonly RetrieveGroup[];
  readonly keysSchema: readonly string[];
  readonly keys: readonly { readonly cols: readonly string[] }[];
}

/** A persist request in the form of the wire, as the Go SDK has it. Nothing is checked before it is sent. */
export interface PersistFeaturesRequest {
  readonly entityLabel: string;
  readonly keysSchema: readonly string[];
  readonly featureGroups: readonly RetrieveGroup[];
  readonly data: readonly {
    readonly keyValues: readonly string[];
    /** One a group. */
    readonly featureValues: readonly Partial<Values>[];
  }[];
}

/** What the Go SDK's decoded retrieve answers. */
export interface DecodedResult {
  readonly keysSchema: readonly string[];
  readonly featureSchemas: readonly ResultSchema[];
  readonly rows: readonly {
    readonly keys: readonly string[];
    readonly columns: readonly string[];
  }[];
}
