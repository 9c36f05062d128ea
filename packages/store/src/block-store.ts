import type { CancelSignal, FeatureStoreError } from "@ofs/platform";
import type { Entity, FeatureGroup, StoreDefinition } from "@ofs/registry";

/** Key values of one entity key, in the order of `Entity.keys`. */
export type KeyValues = readonly string[];

/** Which rows: one entity in one store. */
export interface BlockTable {
  readonly entity: Entity;
  readonly store: StoreDefinition;
}

export interface BlockRead extends BlockTable {
  /** All of this store. */
  readonly groups: readonly FeatureGroup[];
  /** Distinct. */
  readonly keys: readonly KeyValues[];
  /** `entityKeyString` of each key, where the caller has it. */
  readonly names?: readonly string[] | undefined;
  /** Unix milliseconds after which no answer is of use; `Infinity` = the adapter's own limit. */
  readonly deadlineMs: number;
  /** Once it aborts, open cells or rows are CANCELLED at once, and what has not been sent is not sent any more. */
  readonly signal?: CancelSignal | undefined;
}

/**
 * What a store knows of one group of one key: the block's bytes as stored, `undefined` for nothing
 * stored (also where the stored bytes are empty), or why it could not be read. Nothing writes to the bytes any
 * more, but they may share a buffer with those of other cells: copy what is kept for longer than the answer.
 */
export type StoredCell = Uint8Array | undefined | FeatureStoreError;

export interface BlockWrite extends BlockTable {
  readonly groups: readonly FeatureGroup[];
  /** Keys are distinct. */
  readonly rows: readonly BlockRow[];
  /**
   * Unix microseconds, of the rows that have none of their own. The newest write time wins, whatever the order of
   * arrival.
   */
  readonly writeTimeMicros: number;
  readonly deadlineMs: number;
  readonly signal?: CancelSignal | undefined;
}

/** In place of a block: the group is gone as of the write time. */
export const DELETED_BLOCK: Uint8Array = new Uint8Array(0);

/**
 * How long stores remember deletes at the least, unless they keep them for ever: until then no write of an older time
 * comes back. What Cassandra does by default (`gc_grace_seconds`).
 */
export const DELETE_MEMORY_MS: number = 10 * 24 * 60 * 60 * 1000;

export interface BlockRow {
  readonly key: KeyValues;
  /** Encoded blocks, one for each of `BlockWrite.groups`; {@link DELETED_BLOCK} (any empty one) deletes. */
  readonly blocks: readonly Uint8Array[];
  /** Unix microseconds, in place of `BlockWrite.writeTimeMicros`. */
  readonly writeTimeMicros?: number | undefined;
}

/** Outcome of one row: `undefined` = acknowledged by the store. */
export type RowOutcome = FeatureStoreError | undefined;

/**
 * Block-dialect storage: rows of encoded blocks by entity key. One instance a connection (`conf-id`).
 *
 * Contract, the same for every adapter (see the contract suite):
 * - `read` and `write` never reject for a store's fault: it is the outcome of each row or cell it hit.
 * - A write replaces a group's block only if its write time is equal or newer.
 * - A delete is a write that leaves nothing, and of equal write times it wins, whichever comes first. Its time is
 *   remembered for {@link DELETE_MEMORY_MS} at the least.
 * - A write touches no other group of the row.
 * - Writes are idempotent; an adapter may repeat them within the deadline.
 */
export interface BlockStore {
  /** As in metrics: `scylla`, `redis`, `embedded`. */
  readonly kind: string;
  /**
   * @returns cells, key by key: the cell of `keys[k]` and `groups[g]` is at `k * groups.length + g`; at once, not a
   *   promise, where nothing needs to be waited for
   */
  read(request: BlockRead): StoredCell[] | Promise<StoredCell[]>;
  /** @returns one outcome a row, in the order of `rows` */
  write(request: BlockWrite): Promise<RowOutcome[]>;
  /** Largest block that this store can hold for the group. Larger ones must not be written. */
  maxBlockSizeBytes(store: StoreDefinition, group: FeatureGroup): number;
  /** Says why this store cannot hold the key, or nothing if it can (for example an empty partition key). */
  refuseKey(table: BlockTable, key: KeyValues): string | undefined;
  /** Creates what the groups need (table, columns). Idempotent; a no-op where there is no schema. */
  prepare(table: BlockTable, groups: readonly FeatureGroup[]): Promise<void>;
  /** Resolves if the store answers. @throws {FeatureStoreError} UNAVAILABLE */
  ping(): Promise<void>;
  close(): Promise<void>;
}
