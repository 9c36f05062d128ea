import { encodeBlock, encodePayload, ValueError, type Values } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { PersistRow } from "@ofs/proto";
import type { FeatureGroup } from "@ofs/registry";
import { checkKey } from "./check-key.ts";
import type { ShapeGroup, WriteShape } from "./write-shape.ts";

/** One row, checked and encoded. */
export interface EncodedRow {
  /** In the entity's order. */
  readonly key: readonly string[];
  /** One a group of the shape, in its order. */
  readonly blocks: readonly Uint8Array[];
}

/** Makes of each row of one message what stores get. */
export interface RowCoder {
  /**
   * @param index of the row in the message, for errors
   * @throws {FeatureStoreError} INVALID_ARGUMENT naming the field and value
   */
  encode(row: PersistRow, index: number): EncodedRow;
}

/** Checks and encodes the rows of one message. */
export class RowEncoder implements RowCoder {
  readonly #shape: WriteShape;
  readonly #startSeconds: number;
  /** What each group's store can hold: asked for each message, for a store may still have to be connected. */
  readonly #maxBlockSizes: readonly number[];
  readonly #onUnencodable: (group: FeatureGroup) => void;

  /**
   * @param startSeconds Unix seconds from which the groups' TTLs count
   * @param onUnencodable told of the group whose values a row could not be encoded with, before the refusal
   */
  constructor(
    shape: WriteShape,
    startSeconds: number,
    onUnencodable: (group: FeatureGroup) => void,
  ) {
    this.#shape = shape;
    this.#startSeconds = startSeconds;
    this.#maxBlockSizes = shape.groups.map(({ blocks, group, store }) =>
      blocks.maxBlockSizeBytes(store, group),
    );
    this.#onUnencodable = onUnencodable;
  }

  encode(row: PersistRow, index: number): EncodedRow {
    return { key: checkKey(this.#shape, row, index), blocks: this.#encodeGroups(row, index) };
  }

  #encodeGroups(row: PersistRow, index: number): Uint8Array[] {
    const { groups } = this.#shape;
    if (row.featureValues.length !== groups.length) {
      throw new FeatureStoreError(
        "INVALID_ARGUMENT",
        `data[${index}].feature_values has ${row.featureValues.length} entries, ` +
          `feature_group_schema has ${groups.length}`,
      );
    }
    const blocks = new Array<Uint8Array>(groups.length);
    for (let g = 0; g < groups.length; g++) {
      const target = groups[g] as ShapeGroup;
      try {
        blocks[g] = this.#encodeGroup(target, row.featureValues[g], g);
      } catch (cause) {
        if (!(cause instanceof ValueError)) throw cause;
        this.#onUnencodable(target.group);
        throw unencodable(target.group, index, cause);
      }
    }
    return blocks;
  }

  #encodeGroup(target: ShapeGroup, values: Values | undefined, position: number): Uint8Array {
    if (values === undefined) throw new ValueError("values is nil");
    const { assembler, group } = target;
    const { active, dataType, layoutVersion, ttlSeconds } = group;
    const payload = encodePayload(active.layout, assembler.assemble(values));
    const block = encodeBlock({
      schemaVersion: active.version,
      layoutVersion,
      expiryAtSeconds: ttlSeconds === 0 ? 0 : this.#startSeconds + ttlSeconds,
      nowSeconds: this.#startSeconds,
      dataType,
      payload,
      compression: "zstd",
      valueCount: active.layout.elementCount,
    });
    const maxBlockSizeBytes = this.#maxBlockSizes[position] as number;
    if (block.length > maxBlockSizeBytes) {
      throw new ValueError(
        `the encoded values take ${block.length} bytes, the store holds ${maxBlockSizeBytes}`,
      );
    }
    return block;
  }
}

function unencodable(group: FeatureGroup, index: number, cause: ValueError): FeatureStoreError {
  return new FeatureStoreError(
    "INVALID_ARGUMENT",
    `failed to parse feature value for entity ${group.entityLabel} and feature group ` +
      `${group.label}: data[${index}]: ${cause.message}`,
    { cause },
  );
}
