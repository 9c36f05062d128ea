/** No buffer is made larger than this ahead of need, in bytes. */
const MAX_SLAB_BYTES = 64 * 1024;

/** Room for the blocks of one read in few buffers: one for each block would cost more than its bytes. */
export class BlockSlab {
  #openCount: number;
  #slab = new Uint8Array(0);
  #end = 0;

  /** @param maxCount how many blocks there will be at most */
  constructor(maxCount: number) {
    this.#openCount = maxCount;
  }

  /** @returns where the next block goes, all of it to be written */
  take(sizeBytes: number): Uint8Array {
    if (this.#end + sizeBytes > this.#slab.length) this.#begin(sizeBytes);
    const start = this.#end;
    this.#end += sizeBytes;
    this.#openCount -= 1;
    return new Uint8Array(this.#slab.buffer, start, sizeBytes);
  }

  /** Blocks of one group are mostly of one size. */
  #begin(sizeBytes: number): void {
    const expected = Math.min(sizeBytes * this.#openCount, MAX_SLAB_BYTES);
    this.#slab = Buffer.allocUnsafeSlow(Math.max(sizeBytes, expected));
    this.#end = 0;
  }
}
