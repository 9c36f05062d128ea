import type { CellBytes, RowColumn } from "../../row-store.ts";
import { KeyBytes } from "./key-bytes.ts";
import { type OrderEncoder, orderEncoder } from "./order-encoding.ts";

const INITIAL_CAPACITY = 4096;

/**
 * Makes paths: where rows are, as bytes that are in the order of the rows within a partition.
 *
 * ```text
 * table id (4), length of the partition key (2), its bytes, then each clustering key in its order encoding
 * ```
 *
 * The path of fewer keys is the beginning of the paths of all rows below them.
 */
export class RowPaths {
  readonly #bytes = new KeyBytes(INITIAL_CAPACITY);
  readonly #tableId: number;
  readonly #encoders: readonly OrderEncoder[];

  constructor(tableId: number, keys: readonly RowColumn[]) {
    this.#tableId = tableId;
    this.#encoders = keys.slice(1).map(({ type }) => orderEncoder(type));
  }

  /**
   * @param key values for the first keys, at least one
   * @returns a view that the next call overwrites
   * @throws {NotOfTypeError}
   */
  path(key: readonly CellBytes[]): Buffer {
    const bytes = this.#bytes;
    const partition = key[0] as CellBytes;
    bytes.clear();
    bytes.uint32(this.#tableId);
    bytes.uint16(partition.length);
    bytes.append(partition);
    for (let index = 1; index < key.length; index++) {
      (this.#encoders[index - 1] as OrderEncoder)(bytes, key[index] as CellBytes);
    }
    return bytes.view();
  }
}
