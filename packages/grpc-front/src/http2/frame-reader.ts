import { ConnectionError } from "./connection-error.ts";
import {
  FRAME_HEAD_BYTES,
  FRAME_SIZE_ERROR,
  MAX_FRAME_BYTES,
  PREFACE,
  PROTOCOL_ERROR,
} from "./constants.ts";

export interface FrameSink {
  /**
   * Takes a frame.
   *
   * @param bytes hold its payload from `start` to `end`; they are not written to any more
   */
  onFrame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void;
}

/** Cuts what arrives, in whatever pieces, into frames. A frame that lies within a piece is not copied. */
export class FrameReader {
  #prefaceLeft = PREFACE.length;
  /** Beginning of a frame that has not arrived whole; first its head alone, then its own size. */
  #partial: Buffer | undefined;
  #partialSize = 0;

  /** Bytes kept for a frame that has not arrived whole. */
  get heldBytes(): number {
    return this.#partial?.length ?? 0;
  }

  /** Whether the client's preface is complete. */
  get hasPreface(): boolean {
    return this.#prefaceLeft === 0;
  }

  /** @throws {ConnectionError} for a wrong preface or a frame that is too large */
  read(chunk: Buffer, sink: FrameSink): void {
    let at = this.#prefaceLeft > 0 ? this.#readPreface(chunk) : 0;
    if (this.#partial !== undefined) at = this.#readPartial(this.#partial, chunk, at, sink);
    while (chunk.length - at >= FRAME_HEAD_BYTES) {
      const end = at + FRAME_HEAD_BYTES + payloadSize(chunk, at);
      if (end > chunk.length) break;
      deliver(chunk, at, end, sink);
      at = end;
    }
    if (at < chunk.length) this.#keep(chunk, at);
  }

  #readPreface(chunk: Buffer): number {
    const expectedAt = PREFACE.length - this.#prefaceLeft;
    const size = Math.min(this.#prefaceLeft, chunk.length);
    if (PREFACE.compare(chunk, 0, size, expectedAt, expectedAt + size) !== 0) {
      throw new ConnectionError(PROTOCOL_ERROR, "the connection does not begin with the preface");
    }
    this.#prefaceLeft -= size;
    return size;
  }

  /** @returns where the chunk goes on */
  #readPartial(partial: Buffer, chunk: Buffer, from: number, sink: FrameSink): number {
    let at = from;
    let frame = partial;
    if (this.#partialSize < FRAME_HEAD_BYTES) {
      at += this.#fill(frame, FRAME_HEAD_BYTES, chunk, at);
      if (this.#partialSize < FRAME_HEAD_BYTES) return at;
      frame = frameFor(frame);
      this.#partial = frame;
    }
    at += this.#fill(frame, frame.length, chunk, at);
    if (this.#partialSize < frame.length) return at;
    this.#partial = undefined;
    this.#partialSize = 0;
    deliver(frame, 0, frame.length, sink);
    return at;
  }

  /** @returns bytes taken */
  #fill(frame: Buffer, wanted: number, chunk: Buffer, at: number): number {
    const size = Math.min(wanted - this.#partialSize, chunk.length - at);
    chunk.copy(frame, this.#partialSize, at, at + size);
    this.#partialSize += size;
    return size;
  }

  #keep(chunk: Buffer, at: number): void {
    const size = chunk.length - at;
    const isHeadWhole = size >= FRAME_HEAD_BYTES;
    const frameBytes = FRAME_HEAD_BYTES + (isHeadWhole ? payloadSize(chunk, at) : 0);
    const partial = Buffer.allocUnsafeSlow(frameBytes);
    chunk.copy(partial, 0, at);
    this.#partial = partial;
    this.#partialSize = size;
  }
}

/** @returns memory for a whole frame, its head filled in */
function frameFor(head: Buffer): Buffer {
  const frame = Buffer.allocUnsafeSlow(FRAME_HEAD_BYTES + payloadSize(head, 0));
  head.copy(frame, 0, 0, FRAME_HEAD_BYTES);
  return frame;
}

function payloadSize(bytes: Buffer, at: number): number {
  const size =
    ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
  if (size > MAX_FRAME_BYTES) {
    const text = `a frame of ${size} bytes is larger than ${MAX_FRAME_BYTES}`;
    throw new ConnectionError(FRAME_SIZE_ERROR, text);
  }
  return size;
}

function deliver(bytes: Buffer, at: number, end: number, sink: FrameSink): void {
  const streamId =
    (((bytes[at + 5] as number) & 0x7f) << 24) |
    ((bytes[at + 6] as number) << 16) |
    ((bytes[at + 7] as number) << 8) |
    (bytes[at + 8] as number);
  sink.onFrame(
    bytes[at + 3] as number,
    bytes[at + 4] as number,
    streamId,
    bytes,
    at + FRAME_HEAD_BYTES,
    end,
  );
}
