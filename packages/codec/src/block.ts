/**
 * A decoded block: one feature group's stored data for one entity key. Immutable.
 * `payload` is plain (decompressed) and may be a view of the bytes it was decoded from.
 */
export class Block {
  /** Version of the group's feature list that the payload follows. */
  readonly schemaVersion: number;
  /** Unix seconds; 0 = never. Live up to and including this second. */
  readonly expiryAtSeconds: number;
  readonly dataTypeCode: number;
  readonly payload: Uint8Array;

  constructor(
    schemaVersion: number,
    expiryAtSeconds: number,
    dataTypeCode: number,
    payload: Uint8Array,
  ) {
    this.schemaVersion = schemaVersion;
    this.expiryAtSeconds = expiryAtSeconds;
    this.dataTypeCode = dataTypeCode;
    this.payload = payload;
  }
}

/** Stands for "known to have no data" wherever a block is expected. Compare by identity. */
export const NEGATIVE_BLOCK: Block = new Block(0, 0, 0, new Uint8Array(0));
