/**
 * A value as the CQL native protocol serialises its column's type: big-endian two's complement integers, UTF-8 text, a
 * decimal as a 32-bit scale before its unscaled integer, and so on. Values belong to the caller: they are never a view of
 * a buffer that is reused.
 */
export type CellBytes = Uint8Array;

/** Why a JSON value cannot be stored in a column. */
export class ValueFault {
  /** Names the value: `"12a" is no INT`. */
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}
