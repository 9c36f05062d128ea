/** Bytes that grow as they are appended to. One is used over and over: what it gives is a view. */
export class KeyBytes {
  #bytes: Buffer;
  #size = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#size = 0;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#size++] = value;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#size = this.#bytes.writeUInt16BE(value, this.#size);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#size = this.#bytes.writeUInt32BE(value, this.#size);
  }

  /** Below 2^48. */
  uint48(value: number): void {
    this.#reserve(6);
    this.#size = this.#bytes.writeUIntBE(value, this.#size, 6);
  }

  append(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.#reserve(end - start);
    for (let index = start; index < end; index++) {
      this.#bytes[this.#size++] = bytes[index] as number;
    }
  }

  /** Inverts what was appended from there on. */
  invertFrom(start: number): void {
    for (let index = start; index < this.#size; index++) {
      this.#bytes[index] = ~(this.#bytes[index] as number) & 0xff;
    }
  }

  /** Flips bits of one byte that was appended. */
  flip(offset: number, bits: number): void {
    this.#bytes[offset] = (this.#bytes[offset] as number) ^ bits;
  }

  /** Valid until the next change. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  #reserve(count: number): void {
    const needed = this.#size + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(needed * 2);
    this.#bytes.copy(grown, 0, 0, this.#size);
    this.#bytes = grown;
  }
}
