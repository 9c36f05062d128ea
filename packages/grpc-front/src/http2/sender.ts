import { DEFAULT_WINDOW_BYTES, MAX_FRAME_BYTES } from "./constants.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Output } from "./output.ts";
import type { Http2Stream } from "./stream.ts";

/** Places before the line's head that are kept, at most. */
const MAX_EMPTY_PLACES = 256;

/** So much of an answer goes before all that came after it; of what is longer, each stream sends a frame in turn. */
const UNDIVIDED_BYTES = 256 * 1024;

/**
 * Sends the bodies that had to wait, as far as both windows and the link allow: one after the other, since bodies that
 * share a window are all done late.
 */
export class Sender {
  /** What the peer takes over all streams. */
  window = DEFAULT_WINDOW_BYTES;
  readonly #output: Output;
  /** Streams that can send as far as their own windows go. */
  #line: Http2Stream[] = [];
  #head = 0;
  /** DATA frames sent since `takeFrameCount`. */
  #frameCount = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  get isIdle(): boolean {
    return this.#head === this.#line.length;
  }

  /** @returns DATA frames sent since the last call */
  takeFrameCount(): number {
    const count = this.#frameCount;
    this.#frameCount = 0;
    return count;
  }

  /** A body has been sent past the line, in one frame. */
  countSent(sizeBytes: number): void {
    this.window -= sizeBytes;
    this.#frameCount += 1;
  }

  /** Puts the stream into the line if it has something to send. */
  wake(stream: Http2Stream): void {
    const { outgoing } = stream;
    if (outgoing === undefined || outgoing.isQueued || stream.isClosed) return;
    if (outgoing.leftBytes > 0 ? stream.sendWindow <= 0 : !outgoing.isEnding) return;
    outgoing.isQueued = true;
    if (isUndivided(outgoing)) this.#putFirst(stream);
    else this.#line.push(stream);
  }

  /**
   * @param hasRoom whether the link takes more
   * @param onEnd is told of streams that have been ended
   */
  pump(hasRoom: () => boolean, onEnd: (stream: Http2Stream) => void): void {
    while (this.#head < this.#line.length && hasRoom()) {
      const stream = this.#line[this.#head] as Http2Stream;
      const { outgoing } = stream;
      const mustWait = !stream.isClosed && (outgoing?.leftBytes ?? 0) > 0 && this.window <= 0;
      if (mustWait) return;
      this.#shift();
      if (outgoing === undefined) continue;
      outgoing.isQueued = false;
      if (stream.isClosed) continue;
      if (this.#sendFrame(stream)) onEnd(stream);
      else this.wake(stream);
    }
  }

  /** @returns whether the stream is ended */
  #sendFrame(stream: Http2Stream): boolean {
    const outgoing = stream.outgoing as NonNullable<Http2Stream["outgoing"]>;
    const output = this.#output;
    if (outgoing.leftBytes === 0) {
      if (outgoing.trailers !== undefined) output.madeFrame(outgoing.trailers, stream.id);
      else output.data(stream.id, true, NOTHING, 0, 0);
      return true;
    }
    const room = Math.min(this.window, stream.sendWindow, MAX_FRAME_BYTES);
    if (room <= 0) return false;
    let isEnd = false;
    const size = outgoing.next(room, (part, start, end) => {
      isEnd = outgoing.leftBytes === 0 && outgoing.isEnding && outgoing.trailers === undefined;
      output.data(stream.id, isEnd, part, start, end);
    });
    this.window -= size;
    stream.sendWindow -= size;
    this.#frameCount += 1;
    return isEnd;
  }

  #putFirst(stream: Http2Stream): void {
    if (this.#head === 0) {
      this.#line.unshift(stream);
      return;
    }
    this.#head -= 1;
    this.#line[this.#head] = stream;
  }

  #shift(): void {
    this.#head += 1;
    if (this.#head === this.#line.length) {
      this.#line.length = 0;
      this.#head = 0;
    } else if (this.#head > MAX_EMPTY_PLACES) {
      this.#line = this.#line.slice(this.#head);
      this.#head = 0;
    }
  }
}

/** Whether it has been begun and is to be gone on with. */
function isUndivided({ sentBytes }: Outgoing): boolean {
  return sentBytes > 0 && sentBytes < UNDIVIDED_BYTES;
}

const NOTHING = new Uint8Array(0);
