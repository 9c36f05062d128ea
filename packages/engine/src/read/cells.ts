import { Block, NEGATIVE_BLOCK } from "@ofs/codec";

/**
 * What is known of one group of one key while a read is carried out: a block with live data, one of the
 * marks below, or `undefined` for *still open*. Marks are compared by identity; like `NEGATIVE_BLOCK`
 * they have the data type code 0, so no group takes them for data.
 */
export type Cell = Block | undefined;

function createMark(): Block {
  return new Block(0, 0, 0, new Uint8Array(0));
}

/** Nothing is stored. */
export const ABSENT: Block = NEGATIVE_BLOCK;
/** Stored, and past its expiry. */
export const EXPIRED: Block = createMark();
/** The store could not be read. */
export const FAILED: Block = createMark();
/** Stored bytes that do not decode. */
export const UNREADABLE: Block = createMark();

/** Whether a cell says for certain that there is no live data: such an answer may be cached. */
export function isKnownEmpty(cell: Cell): boolean {
  return cell === ABSENT || cell === EXPIRED;
}
