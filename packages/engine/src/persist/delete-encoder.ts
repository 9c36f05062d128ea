import type { PersistRow } from "@ofs/proto";
import { DELETED_BLOCK } from "@ofs/store";
import { checkKey } from "./check-key.ts";
import type { EncodedRow, RowCoder } from "./row-encoder.ts";
import type { RowShape } from "./write-shape.ts";

/** Rows of a delete: of each only the key counts. */
export class DeleteEncoder implements RowCoder {
  readonly #shape: RowShape;
  readonly #blocks: readonly Uint8Array[];

  constructor(shape: RowShape) {
    this.#shape = shape;
    const groupCount = shape.stores.reduce((sum, { positions }) => sum + positions.length, 0);
    this.#blocks = new Array<Uint8Array>(groupCount).fill(DELETED_BLOCK);
  }

  encode(row: PersistRow, index: number): EncodedRow {
    return { key: checkKey(this.#shape, row, index), blocks: this.#blocks };
  }
}
