/** Compressed flag, and length (big endian). */
export const PREFIX_BYTES = 5;

/** Memory for a message at first; it grows as bytes arrive, not as they are promised. */
const FIRST_BYTES = 64 * 1024;

export interface MessageSink {
  /** @param flag 0 = as is, 1 = compressed @param message its own memory */
  onMessage(flag: number, message: Buffer): void;
  /** Nothing is read after it. */
  onTooLarge(sizeBytes: number): void;
}

/** Puts length-prefixed messages together from whatever pieces they come in. */
export class MessageReader {
  readonly #maxBytes: number;
  readonly #prefix = Buffer.alloc(PREFIX_BYTES);
  #prefixSize = 0;
  #message: Buffer = EMPTY;
  #size = 0;
  #isStopped = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether a message has begun and is not whole. */
  get isWithin(): boolean {
    return this.#prefixSize > 0;
  }

  read(bytes: Buffer, start: number, end: number, sink: MessageSink): void {
    let at = start;
    while (at < end && !this.#isStopped) {
      if (this.#prefixSize < PREFIX_BYTES) at = this.#readPrefix(bytes, at, end, sink);
      if (this.#prefixSize === PREFIX_BYTES && !this.#isStopped) {
        at = this.#readMessage(bytes, at, end, sink);
      }
    }
  }

  #readPrefix(bytes: Buffer, at: number, end: number, sink: MessageSink): number {
    const size = Math.min(PREFIX_BYTES - this.#prefixSize, end - at);
    bytes.copy(this.#prefix, this.#prefixSize, at, at + size);
    this.#prefixSize += size;
    if (this.#prefixSize === PREFIX_BYTES) {
      const length = this.#prefix.readUInt32BE(1);
      if (length > this.#maxBytes) {
        this.#isStopped = true;
        sink.onTooLarge(length);
      } else {
        this.#message = Buffer.allocUnsafeSlow(Math.min(length, FIRST_BYTES));
        this.#size = 0;
      }
    }
    return at + size;
  }

  #readMessage(bytes: Buffer, at: number, end: number, sink: MessageSink): number {
    const length = this.#prefix.readUInt32BE(1);
    const size = Math.min(length - this.#size, end - at);
    if (this.#size + size > this.#message.length) this.#grow(length, this.#size + size);
    bytes.copy(this.#message, this.#size, at, at + size);
    this.#size += size;
    if (this.#size === length) {
      const message = this.#message;
      this.#message = EMPTY;
      this.#prefixSize = 0;
      sink.onMessage(this.#prefix[0] as number, message);
    }
    return at + size;
  }

  #grow(length: number, needed: number): void {
    const larger = Buffer.allocUnsafeSlow(
      Math.min(length, Math.max(needed, this.#message.length * 2)),
    );
    this.#message.copy(larger, 0, 0, this.#size);
    this.#message = larger;
  }
}

const EMPTY = Buffer.alloc(0);
