const TWO_32 = 0x1_0000_0000;

/** Bytes that are not what Kafka's protocol says. */
export class KafkaDataError extends Error {
  override readonly name = "KafkaDataError";
}

/**
 * Reads Kafka's big-endian fields, in order.
 *
 * @throws {KafkaDataError} from every method, past the end
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  position: number;

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.position = position;
    this.#end = end;
  }

  get remaining(): number {
    return this.#end - this.position;
  }

  int8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  /** Exact between -2^53 and 2^53: offsets, times and producers' ids are. */
  int64(): number {
    const at = this.#take(8);
    return this.#view.getInt32(at) * TWO_32 + this.#view.getUint32(at + 4);
  }

  string(): string {
    const length = this.int16();
    const at = this.#take(length);
    return this.#text(at, length);
  }

  /** @returns where `length` bytes begin; they are skipped */
  skip(length: number): number {
    return this.#take(length);
  }

  /** A zigzag number of up to 64 bits, exact between -2^52 and 2^52: differences of times and offsets are. */
  varint(): number {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.bytes[this.#take(1)] as number;
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (low >>> 1) ^ -(low & 1);
    }
    return this.#longVarint(low);
  }

  /** Bytes behind their length as varint. @returns undefined for those that are absent */
  varintBytes(): Uint8Array | undefined {
    const length = this.varint();
    if (length < 0) return undefined;
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }

  varintString(): string {
    const length = this.varint();
    const at = this.#take(length);
    return this.#text(at, length);
  }

  /** The rest of a varint whose lowest 28 bits are known. */
  #longVarint(low: number): number {
    let value = low;
    let scale = 0x1000_0000;
    for (let count = 4; count < 10; count++) {
      const byte = this.bytes[this.#take(1)] as number;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new KafkaDataError(`varint at byte ${this.position} has more than 10 bytes`);
  }

  #text(at: number, length: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + at, length).toString("utf8");
  }

  #take(length: number): number {
    const at = this.position;
    if (length < 0 || length > this.#end - at) {
      throw new KafkaDataError(`${length} bytes at byte ${at}, where ${this.#end - at} are left`);
    }
    this.position = at + length;
    return at;
  }
}
