import { entityKeyString } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { PersistRow } from "@ofs/proto";
import { blocksOf } from "./persist-plan.ts";
import type { PreparedFault, PreparedMessage, PreparedRow } from "./prepared.ts";
import type { EncodedRow, RowCoder } from "./row-encoder.ts";
import { UnwritableError } from "./unwritable-error.ts";
import type { RowShape, ShapeStore } from "./write-shape.ts";

/** What the objects of a row take beside its bytes, and those of each block, about. */
const ROW_OVERHEAD_BYTES = 400;
const BLOCK_OVERHEAD_BYTES = 100;

/** A good row that no later one of its key has replaced. */
interface GoodRow {
  readonly row: number;
  readonly encoded: EncodedRow;
}

export interface PrepareOptions {
  readonly shape: RowShape;
  readonly data: readonly PersistRow[];
  readonly encoder: RowCoder;
  readonly isDelete: boolean;
  /** Unix microseconds. */
  readonly writeTimeMicros: number;
  /** Blocks of all rows together. */
  readonly maxPreparedBytes: number;
}

/**
 * Checks and encodes rows; bad ones do not hold up the others. Of good rows with one key the last counts.
 *
 * @throws {UnwritableError} poison, for a message that takes too much once it is encoded
 */
export function prepareMessage(options: PrepareOptions): PreparedMessage {
  const { shape, data, encoder, maxPreparedBytes } = options;
  const faults: PreparedFault[] = [];
  const good = new Map<string, GoodRow>();
  let sizeBytes = 0;
  for (let row = 0; row < data.length; row++) {
    const encoded = tryEncode(encoder, data[row] as PersistRow, row);
    if (encoded instanceof FeatureStoreError) {
      faults.push({ row, error: encoded });
      continue;
    }
    sizeBytes += sizeOf(encoded.blocks);
    if (sizeBytes > maxPreparedBytes) throw tooLarge(maxPreparedBytes);
    good.set(entityKeyString(shape.entity.label, encoded.key), { row, encoded });
  }
  const rows: PreparedRow[] = [];
  for (const [key, { row, encoded }] of good) {
    for (const store of shape.stores) {
      rows.push(prepareRow(key, row, encoded, store, options));
    }
  }
  return { entityLabel: shape.entity.label, rows, faults };
}

function tryEncode(
  encoder: RowCoder,
  row: PersistRow,
  index: number,
): EncodedRow | FeatureStoreError {
  try {
    return encoder.encode(row, index);
  } catch (error) {
    if (error instanceof FeatureStoreError) return error;
    throw error;
  }
}

function prepareRow(
  key: string,
  row: number,
  encoded: EncodedRow,
  store: ShapeStore,
  { isDelete, writeTimeMicros }: PrepareOptions,
): PreparedRow {
  const { target } = store;
  const blocks = blocksOf(encoded, store);
  return {
    target,
    connection: target.connection,
    key,
    writeTimeMicros,
    isDelete,
    sizeBytes: ROW_OVERHEAD_BYTES + key.length * 2 + sizeOf(blocks),
    row,
    stored: { key: encoded.key, blocks, writeTimeMicros },
  };
}

/** In memory, about. */
function sizeOf(blocks: readonly Uint8Array[]): number {
  let sizeBytes = 0;
  for (const block of blocks) sizeBytes += block.length + BLOCK_OVERHEAD_BYTES;
  return sizeBytes;
}

function tooLarge(maxPreparedBytes: number): UnwritableError {
  return new UnwritableError(
    "poison",
    "RESOURCE_EXHAUSTED",
    `the message takes more than ${maxPreparedBytes} bytes once its rows are encoded`,
    { field: "data" },
  );
}
