import type { CancelSignal, FeatureStoreError, Span } from "@ofs/platform";
import type { Entity, FeatureGroup, StoreDefinition } from "@ofs/registry";
import type { BlockRow, BlockStore, RowOutcome } from "@ofs/store";

/** Where rows go: some groups of one entity in one store. Rows of one target may be written together. */
export interface WriteTarget {
  readonly entity: Entity;
  readonly store: StoreDefinition;
  readonly blocks: BlockStore;
  /** By ascending id. */
  readonly groups: readonly FeatureGroup[];
  /** Names the connection: `scylla 1`. */
  readonly connection: string;
}

/** What one row of a message writes to one store, checked and encoded. */
export interface PreparedRow {
  readonly target: WriteTarget;
  /** As `target.connection`. */
  readonly connection: string;
  /** `<entity>:<k1>|<k2>`: with the target it names what is written. */
  readonly key: string;
  /** Unix microseconds. */
  readonly writeTimeMicros: number;
  /** Its groups are gone as of the write time. */
  readonly isDelete: boolean;
  /** Bytes that it takes in memory, about. */
  readonly sizeBytes: number;
  /** Its row in the message, from 0. A row with groups in two stores makes two. */
  readonly row: number;
  /** With its write time. */
  readonly stored: BlockRow;
}

/** A row that can never be written. */
export interface PreparedFault {
  readonly row: number;
  /** As `persist` would answer it. */
  readonly error: FeatureStoreError;
}

/** A message, taken apart. */
export interface PreparedMessage {
  readonly entityLabel: string;
  /** Of good rows with one key only the last. */
  readonly rows: readonly PreparedRow[];
  /** The bad rows, in order. */
  readonly faults: readonly PreparedFault[];
}

/** Until when a write is of use. */
export interface WriteLimits {
  /** Unix milliseconds. */
  readonly deadlineMs: number;
  readonly signal?: CancelSignal | undefined;
  /** What the write is traced by, if it is. */
  readonly span?: Span | undefined;
}

/** `persist` in two halves, for messages: rows of many of them can be written together, and again. */
export interface MessageWriter {
  /**
   * Checks and encodes a message. Its expiries count from the write time, so that a replay gives the same bytes; a value
   * that has expired since is still to be written, for it replaces an older one.
   *
   * @param message encoded `persist.Query`, not changed or kept
   * @param writeTimeMicros Unix microseconds
   * @throws {UnwritableError} if nothing of it can be written
   */
  prepare(message: Uint8Array, writeTimeMicros: number): PreparedMessage;
  /**
   * As `prepare`, of a message whose keys lose the groups that it names, or all of the entity if it names none. Feature
   * labels and values are not looked at.
   *
   * @throws {UnwritableError} if nothing of it can be deleted
   */
  prepareDelete(message: Uint8Array, writeTimeMicros: number): PreparedMessage;
  /**
   * Writes rows, then makes them visible to readers as `persist` does. May be repeated.
   *
   * @param rows of one target, with distinct keys
   * @returns one outcome a row; never rejects for a store's fault
   */
  write(rows: readonly PreparedRow[], limits: WriteLimits): Promise<RowOutcome[]>;
}
