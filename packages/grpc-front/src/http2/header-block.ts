import { ConnectionError } from "./connection-error.ts";
import { ENHANCE_YOUR_CALM } from "./constants.ts";

/** A header block that comes in several frames (HEADERS, then CONTINUATION). */
export class HeaderBlock {
  readonly #maxBytes: number;
  readonly #maxContinuations: number;
  #parts: Buffer[] = [];
  #sizeBytes = 0;
  /** 0 = no block is open. */
  streamId = 0;
  isEnd = false;

  constructor(maxBytes: number, maxContinuations: number) {
    this.#maxBytes = maxBytes;
    this.#maxContinuations = maxContinuations;
  }

  /** @throws {ConnectionError} if the part alone is too large */
  open(streamId: number, isEnd: boolean, part: Buffer): void {
    this.streamId = streamId;
    this.isEnd = isEnd;
    this.#add(part);
  }

  /** @throws {ConnectionError} for more bytes or frames than allowed */
  continue(part: Buffer): void {
    if (this.#parts.length > this.#maxContinuations) {
      const text = `more than ${this.#maxContinuations} CONTINUATION frames`;
      throw new ConnectionError(ENHANCE_YOUR_CALM, text);
    }
    this.#add(part);
  }

  /** Closes the block. @returns all of it */
  take(): Buffer {
    const block = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#sizeBytes = 0;
    this.streamId = 0;
    return block;
  }

  #add(part: Buffer): void {
    this.#sizeBytes += part.length;
    if (this.#sizeBytes > this.#maxBytes) {
      const text = `a header block larger than ${this.#maxBytes} bytes`;
      throw new ConnectionError(ENHANCE_YOUR_CALM, text);
    }
    this.#parts.push(part);
  }
}
