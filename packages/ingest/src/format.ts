import type { FeatureStoreError, Span } from "@ofs/platform";
import type { SourceRecord } from "./record.ts";

/** One row of a message, checked and encoded: nothing is left that its producer could mend. */
export interface PendingWrite {
  /** Name of the connection it is written over: a connection that is slow holds up no other. */
  readonly connection: string;
  /** What it writes to. Writes whose target is the same object go in one batch. */
  readonly target: object;
  /** Names what is written: of two writes with one target and key the newer counts, of one time a delete. */
  readonly key: string;
  /** Unix microseconds. */
  readonly writeTimeMicros: number;
  /** It takes away what older writes have brought. */
  readonly isDelete: boolean;
  /** Bytes that it takes in memory, about. */
  readonly sizeBytes: number;
  /** Its row in the message, from 0. One row may make several writes. */
  readonly row: number;
}

/** A row that can never be stored. */
export interface RowFault {
  readonly row: number;
  /** Names field and value. */
  readonly error: FeatureStoreError;
}

/** A message, taken apart. */
export interface MessageWrites<W extends PendingWrite = PendingWrite> {
  /** What to write of the good rows. */
  readonly writes: readonly W[];
  /** The bad rows, in order. */
  readonly faults: readonly RowFault[];
  /** Entity or the like, for dead letters and metrics. */
  readonly subject: string;
  /** @returns a message of the same format that holds only these rows */
  encodeRows(rows: readonly number[]): Uint8Array;
}

/**
 * Why nothing of a message can be written:
 * - `poison`: it can never be stored;
 * - `registry`: it names what the registry does not have, and may have soon;
 * - `store`: it belongs in a store that this process is not connected to.
 */
export type MessageFaultKind = "poison" | "registry" | "store";

export class MessageFault extends Error {
  override readonly name = "MessageFault";
  readonly kind: MessageFaultKind;
  /** What is missing, for `registry`: messages that miss the same wait together. */
  readonly missing: string | undefined;
  /** Field of the message, where one is at fault. */
  readonly field: string | undefined;
  override readonly cause: FeatureStoreError;

  constructor(
    kind: MessageFaultKind,
    cause: FeatureStoreError,
    about: { readonly missing?: string | undefined; readonly field?: string | undefined } = {},
  ) {
    super(cause.message);
    this.kind = kind;
    this.cause = cause;
    this.missing = about.missing;
    this.field = about.field;
  }
}

/** What became of one write: `undefined` = stored. */
export type WriteOutcome = FeatureStoreError | undefined;

/** Until when a write is of use, and what it is traced by, if it is. */
export interface BatchLimits {
  /** Unix milliseconds. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly span?: Span | undefined;
}

/** How messages of one kind become rows of a store. */
export interface RecordFormat<W extends PendingWrite = PendingWrite> {
  /** As in metrics. */
  readonly name: string;
  /** @throws {MessageFault} if nothing of it can be written */
  prepare(record: SourceRecord, writeTimeMicros: number): MessageWrites<W>;
  /**
   * Writes rows of one target, with distinct keys, and makes them visible to readers. May be repeated.
   *
   * @returns one outcome a row; never rejects for a store's fault
   */
  write(batch: readonly W[], limits: BatchLimits): Promise<readonly WriteOutcome[]>;
}
