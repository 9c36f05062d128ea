/** Smaller values share a piece of memory of this size; one of them that is kept keeps all of it. */
const SLAB_BYTES = 64 * 1024;
/** From this size on a value has memory of its own. */
const OWN_BYTES = 16 * 1024;

/** Copies values out of a large buffer, so that one record which is kept for long does not keep a whole fetch. */
export class Slab {
  #bytes = new Uint8Array(0);
  #used = 0;

  copy(value: Uint8Array): Uint8Array {
    const { length } = value;
    if (length >= OWN_BYTES) return new Uint8Array(value);
    if (length > this.#bytes.length - this.#used) {
      this.#bytes = new Uint8Array(SLAB_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    this.#bytes.set(value, start);
    return this.#bytes.subarray(start, this.#used);
  }
}
