/**
 * A decoded block: one feature group's stored data for one entity key. Immutable.
 * The payload is plain (decompressed) and may be a part of the bytes it was decoded from, or of a cache's memory.
 */
export class Block {
  /** Version of the group's feature list that the payload follows. */
  readonly schemaVersion: number;
  /** Unix seconds; 0 = never. Live up to and including this second. */
  readonly expiryAtSeconds: number;
  readonly dataTypeCode: number;
  /** What the payload lies in: `sizeBytes` bytes from `start` on. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly sizeBytes: number;

  constructor(
    schemaVersion: number,
    expiryAtSeconds: number,
    dataTypeCode: number,
    bytes: Uint8Array,
    start = 0,
    sizeBytes: number = bytes.length,
  ) {
    this.schemaVersion = schemaVersion;
    this.expiryAtSeconds = expiryAtSeconds;
    this.dataTypeCode = dataTypeCode;
    this.bytes = bytes;
    this.start = start;
    this.sizeBytes = sizeBytes;
  }

  /** The payload alone. Making a view costs more than reading a few bytes: hot paths use `bytes` and `start`. */
  get payload(): Uint8Array {
    const { bytes, start, sizeBytes } = this;
    if (sizeBytes === bytes.length) return bytes;
    return new Uint8Array(bytes.buffer, bytes.byteOffset + start, sizeBytes);
  }
}

/** Stands for "known to have no data" wherever a block is expected. Compare by identity. */
export const NEGATIVE_BLOCK: Block = new Block(0, 0, 0, new Uint8Array(0));
