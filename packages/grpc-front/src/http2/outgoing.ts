/** What a stream has to send and could not at once. */
export class Outgoing {
  /** Parts of the body, in order. */
  readonly #parts: Uint8Array[] = [];
  #part = 0;
  #offset = 0;
  #leftBytes = 0;
  #sentBytes = 0;
  /** Whether the stream is in the sender's line. */
  isQueued = false;
  /** Whether nothing follows what is here. */
  isEnding = false;
  /** A made frame that ends the stream; without one the last DATA frame does. */
  trailers: Uint8Array | undefined;

  /** Body bytes that have not been sent. */
  get leftBytes(): number {
    return this.#leftBytes;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** @param part not changed afterwards */
  add(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#leftBytes += part.length;
  }

  /** Nothing follows; a second call changes nothing. */
  end(trailers: Uint8Array | undefined): void {
    if (this.isEnding) return;
    this.isEnding = true;
    this.trailers = trailers;
  }

  /** Drops what has not been sent. */
  clear(): void {
    this.#parts.length = 0;
    this.#part = 0;
    this.#offset = 0;
    this.#leftBytes = 0;
  }

  /**
   * Hands over the next bytes, from one part.
   *
   * @param maxBytes above 0, while there are bytes left
   * @param take gets the part and where the bytes lie in it
   * @returns how many
   */
  next(maxBytes: number, take: (part: Uint8Array, start: number, end: number) => void): number {
    const part = this.#parts[this.#part] as Uint8Array;
    const start = this.#offset;
    const end = Math.min(part.length, start + maxBytes);
    this.#leftBytes -= end - start;
    this.#sentBytes += end - start;
    this.#offset = end;
    if (end === part.length) this.#nextPart();
    take(part, start, end);
    return end - start;
  }

  #nextPart(): void {
    this.#offset = 0;
    this.#part += 1;
    if (this.#part < this.#parts.length) return;
    this.#parts.length = 0;
    this.#part = 0;
  }
}
