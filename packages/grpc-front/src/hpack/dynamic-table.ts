import type { HeaderField } from "./header-field.ts";

/** The headers that a connection has seen last, bounded in bytes (RFC 7541, 2.3.2). */
export class DynamicTable {
  readonly #limitBytes: number;
  #maxBytes: number;
  #sizeBytes = 0;
  /** A ring: the newest is at `#newest`, older ones follow. */
  #ring: (HeaderField | undefined)[] = new Array(64).fill(undefined);
  #newest = 0;
  #count = 0;

  /** @param limitBytes largest size that the peer may choose, and the size at first */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
    this.#maxBytes = limitBytes;
  }

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** @param index 0 = the newest */
  at(index: number): HeaderField | undefined {
    if (index >= this.#count) return undefined;
    return this.#ring[(this.#newest + index) & (this.#ring.length - 1)];
  }

  /** Makes room by dropping the oldest; a header larger than the table empties it. */
  add(field: HeaderField): void {
    this.#shrinkTo(this.#maxBytes - field.sizeBytes);
    if (field.sizeBytes > this.#maxBytes) return;
    if (this.#count === this.#ring.length) this.#grow();
    this.#newest = (this.#newest - 1) & (this.#ring.length - 1);
    this.#ring[this.#newest] = field;
    this.#count += 1;
    this.#sizeBytes += field.sizeBytes;
  }

  /** @returns whether the size is allowed */
  resize(maxBytes: number): boolean {
    if (maxBytes > this.#limitBytes) return false;
    this.#maxBytes = maxBytes;
    this.#shrinkTo(maxBytes);
    return true;
  }

  #shrinkTo(sizeBytes: number): void {
    const mask = this.#ring.length - 1;
    while (this.#sizeBytes > sizeBytes && this.#count > 0) {
      const oldest = (this.#newest + this.#count - 1) & mask;
      this.#sizeBytes -= (this.#ring[oldest] as HeaderField).sizeBytes;
      this.#ring[oldest] = undefined;
      this.#count -= 1;
    }
  }

  #grow(): void {
    const { length } = this.#ring;
    const ring: (HeaderField | undefined)[] = new Array(length * 2).fill(undefined);
    for (let index = 0; index < length; index += 1) ring[index] = this.at(index);
    this.#ring = ring;
    this.#newest = 0;
  }
}
