import { DATA, END_STREAM, FRAME_HEAD_BYTES } from "./constants.ts";

/** Where frames go in the end. */
export interface OutputTarget {
  /**
   * Sends bytes.
   *
   * @returns whether they may be overwritten now; if not, they are the target's
   */
  write(bytes: Buffer): boolean;
}

/** Holds many frames of the largest size; one that does not fit sends those before it first. */
const CAPACITY_BYTES = 128 * 1024;

const PREFIX_BYTES = 5;

/**
 * Gathers the frames of one connection during one turn, to be sent by one write. The same memory serves all
 * connections, one at a time.
 */
export class Output {
  #buffer = Buffer.allocUnsafeSlow(CAPACITY_BYTES);
  #size = 0;
  #target: OutputTarget | undefined;

  /** Bytes that have not been given to the target. */
  get size(): number {
    return this.#size;
  }

  /** From here on frames are this target's. @returns the one before, to be given to `end` */
  begin(target: OutputTarget): OutputTarget | undefined {
    const outer = this.#target;
    this.#flush();
    this.#target = target;
    return outer;
  }

  /** Sends what is there. Frames are those of the outer target again. */
  end(outer: OutputTarget | undefined): void {
    this.#flush();
    this.#target = outer;
  }

  frame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    const at = this.#reserve(FRAME_HEAD_BYTES + payload.length);
    this.#head(at, payload.length, type, flags, streamId);
    this.#buffer.set(payload, at + FRAME_HEAD_BYTES);
  }

  /** A frame with a payload of one number. */
  numberFrame(type: number, streamId: number, value: number): void {
    const at = this.#reserve(FRAME_HEAD_BYTES + 4);
    this.#head(at, 4, type, 0, streamId);
    this.#u32(at + FRAME_HEAD_BYTES, value);
  }

  /** A DATA frame with a part of something larger. */
  data(streamId: number, isEnd: boolean, bytes: Uint8Array, start: number, end: number): void {
    const size = end - start;
    const at = this.#reserve(FRAME_HEAD_BYTES + size);
    this.#head(at, size, DATA, isEnd ? END_STREAM : 0, streamId);
    const part = size === bytes.length ? bytes : bytes.subarray(start, end);
    this.#buffer.set(part, at + FRAME_HEAD_BYTES);
  }

  /** A frame made before, with its stream's number put in. */
  madeFrame(frame: Uint8Array, streamId: number): void {
    const at = this.#reserve(frame.length);
    this.#buffer.set(frame, at);
    this.#u32(at + 5, streamId);
  }

  /**
   * The whole answer of a unary call.
   *
   * @param head,trailers frames made before
   * @param message fits one DATA frame
   */
  answer(streamId: number, head: Uint8Array, message: Uint8Array, trailers: Uint8Array): void {
    const dataSize = PREFIX_BYTES + message.length;
    let at = this.#reserve(head.length + FRAME_HEAD_BYTES + dataSize + trailers.length);
    const buffer = this.#buffer;
    buffer.set(head, at);
    this.#u32(at + 5, streamId);
    at += head.length;
    this.#head(at, dataSize, DATA, 0, streamId);
    at += FRAME_HEAD_BYTES;
    buffer[at] = 0;
    this.#u32(at + 1, message.length);
    buffer.set(message, at + PREFIX_BYTES);
    at += dataSize;
    buffer.set(trailers, at);
    this.#u32(at + 5, streamId);
  }

  #reserve(size: number): number {
    if (this.#size + size > CAPACITY_BYTES) this.#flush();
    const at = this.#size;
    this.#size = at + size;
    return at;
  }

  #flush(): void {
    const size = this.#size;
    if (size === 0) return;
    this.#size = 0;
    const buffer = this.#buffer;
    if (this.#target?.write(buffer.subarray(0, size)) === false && this.#buffer === buffer) {
      this.#buffer = Buffer.allocUnsafeSlow(CAPACITY_BYTES);
    }
  }

  #head(at: number, size: number, type: number, flags: number, streamId: number): void {
    const buffer = this.#buffer;
    buffer[at] = size >> 16;
    buffer[at + 1] = size >> 8;
    buffer[at + 2] = size;
    buffer[at + 3] = type;
    buffer[at + 4] = flags;
    this.#u32(at + 5, streamId);
  }

  #u32(at: number, value: number): void {
    const buffer = this.#buffer;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
  }
}
