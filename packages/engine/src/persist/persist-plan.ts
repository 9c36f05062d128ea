import { entityKeyString } from "@ofs/codec";
import type { PersistRow } from "@ofs/proto";
import type { BlockRow } from "@ofs/store";
import type { WriteTarget } from "./prepared.ts";
import type { EncodedRow, RowCoder } from "./row-encoder.ts";
import type { RowShape, ShapeStore } from "./write-shape.ts";

/** Everything one request writes, checked and encoded: nothing is left that the caller could mend. */
export interface PersistPlan {
  /** Names of the distinct keys in the caches, in the order of every write's rows. */
  readonly names: readonly string[];
  /** One a store. */
  readonly writes: readonly StoreWrite[];
}

export interface StoreWrite {
  readonly target: WriteTarget;
  readonly rows: readonly BlockRow[];
}

/**
 * Checks all rows of a request and encodes them. Of rows with one key the last counts.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT; nothing is written then
 */
export function planPersist(
  shape: RowShape,
  data: readonly PersistRow[],
  encoder: RowCoder,
): PersistPlan {
  const rows = new Map<string, EncodedRow>();
  for (const [index, row] of data.entries()) {
    const encoded = encoder.encode(row, index);
    rows.set(entityKeyString(shape.entity.label, encoded.key), encoded);
  }
  const writes = shape.stores.map((store) => ({
    target: store.target,
    rows: Array.from(rows.values(), (row) => ({ key: row.key, blocks: blocksOf(row, store) })),
  }));
  return { names: [...rows.keys()], writes };
}

/** A row's blocks that one store gets. */
export function blocksOf({ blocks }: EncodedRow, { positions }: ShapeStore): Uint8Array[] {
  return positions.map((position) => blocks[position] as Uint8Array);
}
