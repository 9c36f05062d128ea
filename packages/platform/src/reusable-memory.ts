/** Smaller pieces come from Node's pool. */
const SMALLEST_BYTES = 4 * 1024;

/** Larger pieces are rare, and would hold the most of what is kept. */
const LARGEST_BYTES = 4 * 1024 * 1024;

/** Its exponent of two is the place of a size. */
const placeOf = (sizeBytes: number): number => 32 - Math.clz32(sizeBytes - 1);

/**
 * Memory for what is made, sent and forgotten many times a second. Left to the collector, memory outside of its heap makes it mark the
 * whole heap every 64 MB, however little of it is still in use.
 *
 * Memory that is never given back is collected like any other.
 */
export class ReusableMemory {
  readonly #maxFreeBytes: number;
  #freeBytes = 0;
  /** By place of their size, which is a power of two. */
  readonly #free: ArrayBuffer[][] = [];
  /** What is free is not given back again: two owners would write to it. */
  readonly #lent = new WeakSet<ArrayBufferLike>();

  /** @param maxFreeBytes kept for later; what is given back beyond it is left to the collector */
  constructor(maxFreeBytes: number) {
    this.#maxFreeBytes = maxFreeBytes;
  }

  /** Kept for later. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** @returns bytes that hold anything */
  take(sizeBytes: number): Buffer {
    if (sizeBytes < SMALLEST_BYTES || sizeBytes > LARGEST_BYTES) {
      return Buffer.allocUnsafe(sizeBytes);
    }
    const place = placeOf(sizeBytes);
    const memory = this.#free[place]?.pop();
    if (memory === undefined) return this.#lend(newMemory(2 ** place), sizeBytes);
    this.#freeBytes -= memory.byteLength;
    return this.#lend(memory, sizeBytes);
  }

  /**
   * Takes back what `take` gave, which nobody may look at any more. Anything else is left as it is.
   * Needs no `this`.
   */
  readonly giveBack = ({ buffer }: Uint8Array): void => {
    if (!this.#lent.delete(buffer)) return;
    if (this.#freeBytes + buffer.byteLength > this.#maxFreeBytes) return;
    this.#freeBytes += buffer.byteLength;
    const place = placeOf(buffer.byteLength);
    this.#free[place] ??= [];
    this.#free[place].push(buffer as ArrayBuffer);
  };

  #lend(memory: ArrayBuffer, sizeBytes: number): Buffer {
    this.#lent.add(memory);
    return Buffer.from(memory, 0, sizeBytes);
  }
}

/** Not filled with zeros. */
function newMemory(sizeBytes: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(sizeBytes).buffer as ArrayBuffer;
}
