import { HpackDecoder, HpackError } from "../hpack/decoder.ts";
import type { HeaderField } from "../hpack/header-field.ts";
import { ConnectionError } from "./connection-error.ts";
import * as h2 from "./constants.ts";
import { EndedStreams } from "./ended-streams.ts";
import { FrameBudget } from "./frame-budget.ts";
import { assertConnectionFrame, checkPriority, paddingOf } from "./frame-parts.ts";
import type { FrameSink } from "./frame-reader.ts";
import { HeaderBlock } from "./header-block.ts";
import { areTrailers, RequestHead } from "./request-head.ts";
import type { Session } from "./session.ts";
import type { Http2Stream } from "./stream.ts";

/** A call reset sooner than this costs us more than the caller. */
const RAPID_MS = 100;

const PRIORITY_BYTES = 5;
const EMPTY = Buffer.alloc(0);

/**
 * What the peer sends, frame by frame: judged by the rules of HTTP/2 (RFC 9113, 5 and 6) and by our limits, and passed on
 * to the streams.
 */
export class IncomingFrames implements FrameSink {
  readonly #session: Session;
  readonly #hpack: HpackDecoder;
  readonly #head = new RequestHead();
  readonly #block: HeaderBlock;
  readonly #resets: FrameBudget;
  readonly #controls: FrameBudget;
  readonly #windowUpdates: FrameBudget;
  /** Netty sends RST_STREAM before DATA that it has in hand: a mistake of the stream only (RFC 9113, 5.1). */
  readonly #resetByPeer = new EndedStreams();
  #hasSettings = false;
  #receiveWindow: number;
  #takenBytes = 0;

  constructor(session: Session) {
    const { limits, scratch } = session.host;
    this.#session = session;
    this.#receiveWindow = session.connectionWindowBytes;
    this.#hpack = new HpackDecoder(
      {
        maxListBytes: limits.maxHeaderListBytes,
        maxCount: limits.maxHeaderCount,
        maxBlockBytes: limits.maxHeaderBlockBytes,
      },
      scratch,
    );
    const { nowMs } = session;
    this.#block = new HeaderBlock(limits.maxHeaderBlockBytes, limits.maxContinuationFrames);
    this.#resets = new FrameBudget(limits.resetBurst, limits.resetsPerSecond, nowMs);
    this.#controls = new FrameBudget(limits.controlBurst, limits.controlsPerSecond, nowMs);
    this.#windowUpdates = new FrameBudget(
      limits.windowUpdateBurst,
      limits.windowUpdatesPerSecond,
      nowMs,
    );
  }

  /** Whether the peer's first SETTINGS are there. */
  get hasSettings(): boolean {
    return this.#hasSettings;
  }

  /** Size of the header list that was decoded last. */
  get listBytes(): number {
    return this.#hpack.listBytes;
  }

  /** The peer has got an answer: a reset is not all that it does. */
  creditAnswer(): void {
    this.#resets.add(1);
  }

  /**
   * The peer answers DATA frames with WINDOW_UPDATE, for the stream and the connection, and clients that size their
   * windows by what is on its way (grpc-go, gRPC's C core, grpc-java) send a PING with them.
   */
  creditDataFrames(count: number): void {
    this.#windowUpdates.add(2 * count);
    this.#controls.add(count);
  }

  onFrame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    if (this.#session.isOver) return;
    if (
      this.#block.streamId !== 0 &&
      (type !== h2.CONTINUATION || streamId !== this.#block.streamId)
    ) {
      const text = `a frame of type ${type} within the header block of stream ${this.#block.streamId}`;
      throw new ConnectionError(h2.PROTOCOL_ERROR, text);
    }
    if (!this.#hasSettings && type !== h2.SETTINGS) {
      throw new ConnectionError(h2.PROTOCOL_ERROR, `a frame of type ${type} before SETTINGS`);
    }
    switch (type) {
      case h2.DATA:
        this.#onData(flags, streamId, bytes, start, end);
        break;
      case h2.HEADERS:
        this.#onHeaders(flags, streamId, bytes, start, end);
        break;
      case h2.CONTINUATION:
        this.#onContinuation(flags, streamId, bytes.subarray(start, end));
        break;
      case h2.RST_STREAM:
        this.#onReset(streamId, end - start);
        break;
      case h2.WINDOW_UPDATE:
        this.#onWindowUpdate(streamId, bytes, start, end);
        break;
      default:
        this.#onControl(type, flags, streamId, bytes, start, end);
    }
  }

  #onData(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const isEnd = (flags & h2.END_STREAM) !== 0;
    const size = to - from;
    this.#takeFromWindow(size);
    const isPadded = (flags & h2.PADDED) !== 0;
    const start = isPadded ? from + 1 : from;
    const end = isPadded ? to - paddingOf(id, bytes, from, to) : to;
    if (size === 0 && !isEnd) this.#spend(this.#controls, "empty DATA frames");
    const stream = this.#session.streams.get(id);
    if (stream === undefined) {
      this.#onLateData(id, isEnd);
      return;
    }
    if (stream.isRemoteClosed) {
      this.#resetFaulty(stream, h2.STREAM_CLOSED);
      return;
    }
    stream.receiveWindow -= size;
    if (stream.receiveWindow < 0) {
      this.#resetFaulty(stream, h2.FLOW_CONTROL_ERROR);
      return;
    }
    stream.takenBytes += size;
    if (stream.expectedBytes >= 0) {
      stream.expectedBytes -= end - start;
      if (stream.expectedBytes < 0 || (isEnd && stream.expectedBytes > 0)) {
        this.#resetFaulty(stream, h2.PROTOCOL_ERROR);
        return;
      }
    }
    stream.isRemoteClosed = isEnd;
    stream.onData(bytes, start, end, isEnd);
    if (!isEnd && stream.takesMore) this.#session.giveWindow(stream);
  }

  #onLateData(id: number, isEnd: boolean): void {
    if (id > this.#session.lastStreamId || (id & 1) === 0) {
      throw new ConnectionError(h2.PROTOCOL_ERROR, `DATA on stream ${id}, which is not open`);
    }
    if (this.#session.ended.has(id)) {
      if (isEnd) this.#session.ended.delete(id);
      return;
    }
    if (!this.#resetByPeer.has(id)) {
      throw new ConnectionError(h2.STREAM_CLOSED, `DATA on stream ${id}, which is closed`);
    }
    this.#spend(this.#resets, "DATA frames after RST_STREAM");
    this.#session.resetId(id, h2.STREAM_CLOSED, true);
  }

  #takeFromWindow(size: number): void {
    this.#receiveWindow -= size;
    if (this.#receiveWindow < 0) {
      throw new ConnectionError(h2.FLOW_CONTROL_ERROR, "more DATA than the connection's window");
    }
    // What is received counts against other limits: this window must not stop streams that wait for others.
    this.#takenBytes += size;
    if (this.#takenBytes < this.#session.connectionWindowBytes / 2) return;
    this.#session.output.numberFrame(h2.WINDOW_UPDATE, 0, this.#takenBytes);
    this.#receiveWindow += this.#takenBytes;
    this.#takenBytes = 0;
  }

  #onHeaders(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    if (id === 0) throw new ConnectionError(h2.PROTOCOL_ERROR, "HEADERS on stream 0");
    const isPadded = (flags & h2.PADDED) !== 0;
    const end = isPadded ? to - paddingOf(id, bytes, from, to) : to;
    let start = isPadded ? from + 1 : from;
    if ((flags & h2.HAS_PRIORITY) !== 0) {
      checkPriority(id, bytes, start, end);
      start += PRIORITY_BYTES;
    }
    const isEnd = (flags & h2.END_STREAM) !== 0;
    if ((flags & h2.END_HEADERS) === 0) {
      this.#block.open(id, isEnd, bytes.subarray(start, end));
    } else {
      this.#onFields(id, this.#decode(bytes, start, end), isEnd);
    }
  }

  #onContinuation(flags: number, id: number, part: Buffer): void {
    if (this.#block.streamId === 0) {
      throw new ConnectionError(h2.PROTOCOL_ERROR, `CONTINUATION on stream ${id} without HEADERS`);
    }
    if (part.length === 0) this.#spend(this.#controls, "empty CONTINUATION frames");
    this.#block.continue(part);
    if ((flags & h2.END_HEADERS) === 0) return;
    const { isEnd } = this.#block;
    const block = this.#block.take();
    this.#onFields(id, this.#decode(block, 0, block.length), isEnd);
  }

  #decode(bytes: Buffer, start: number, end: number): HeaderField[] | undefined {
    try {
      return this.#hpack.decode(bytes, start, end);
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
      throw new ConnectionError(h2.COMPRESSION_ERROR, error.message, { cause: error });
    }
  }

  #onFields(id: number, fields: HeaderField[] | undefined, isEnd: boolean): void {
    const stream = this.#session.streams.get(id);
    if (stream !== undefined) {
      this.#onTrailers(stream, fields, isEnd);
      return;
    }
    if (id <= this.#session.lastStreamId || (id & 1) === 0) {
      this.#onLateHeaders(id, isEnd);
      return;
    }
    this.#session.lastStreamId = id;
    if (
      this.#session.isLeaving ||
      this.#session.streams.size >= this.#session.host.limits.maxConcurrentStreams
    ) {
      if (!this.#session.isLeaving)
        this.#spend(this.#resets, "streams beyond MAX_CONCURRENT_STREAMS");
      this.#session.resetId(id, h2.REFUSED_STREAM, isEnd);
    } else if (fields === undefined) {
      this.#session.host.onTooManyHeaders(this.#session, isEnd);
    } else if (!this.#head.read(fields) || (isEnd && this.#head.contentLength > 0)) {
      this.#session.resetId(id, h2.PROTOCOL_ERROR, isEnd);
    } else {
      this.#session.host.onRequest(this.#session, this.#head, isEnd);
    }
  }

  #onLateHeaders(id: number, isEnd: boolean): void {
    if ((id & 1) === 1 && this.#session.ended.has(id)) {
      if (isEnd) this.#session.ended.delete(id);
      return;
    }
    const code = id === this.#session.lastStreamId ? h2.STREAM_CLOSED : h2.PROTOCOL_ERROR;
    throw new ConnectionError(code, `HEADERS on stream ${id} after ${this.#session.lastStreamId}`);
  }

  #onTrailers(stream: Http2Stream, fields: HeaderField[] | undefined, isEnd: boolean): void {
    if (stream.isRemoteClosed) {
      this.#resetFaulty(stream, h2.STREAM_CLOSED);
    } else if (!isEnd || fields === undefined || !areTrailers(fields) || stream.expectedBytes > 0) {
      this.#resetFaulty(stream, h2.PROTOCOL_ERROR);
    } else {
      this.#session.endRemote(stream);
    }
  }

  #onReset(id: number, size: number): void {
    if (size !== 4) throw new ConnectionError(h2.FRAME_SIZE_ERROR, `RST_STREAM of ${size} bytes`);
    if (id === 0 || id > this.#session.lastStreamId) {
      throw new ConnectionError(h2.PROTOCOL_ERROR, `RST_STREAM on stream ${id}, which is not open`);
    }
    const stream = this.#session.streams.get(id);
    if (stream === undefined) {
      if (this.#session.ended.has(id)) this.#resetByPeer.add(id);
      this.#session.ended.delete(id);
      return;
    }
    if (!stream.isRemoteClosed) this.#resetByPeer.add(id);
    if (this.#session.nowMs - stream.openedAtMs < RAPID_MS) this.#spend(this.#resets, "resets");
    stream.isRemoteClosed = true;
    this.#session.remove(stream, true);
  }

  #onWindowUpdate(id: number, bytes: Buffer, start: number, end: number): void {
    if (end - start !== 4) {
      throw new ConnectionError(h2.FRAME_SIZE_ERROR, `WINDOW_UPDATE of ${end - start} bytes`);
    }
    this.#spend(this.#windowUpdates, "WINDOW_UPDATE frames");
    const increment = bytes.readUInt32BE(start) & 0x7fff_ffff;
    if (id === 0) {
      this.#session.sender.window += increment;
      if (increment === 0 || this.#session.sender.window > h2.MAX_WINDOW_BYTES) {
        const code = increment === 0 ? h2.PROTOCOL_ERROR : h2.FLOW_CONTROL_ERROR;
        throw new ConnectionError(code, `the connection's window grows by ${increment}`);
      }
      return;
    }
    if (id > this.#session.lastStreamId) {
      throw new ConnectionError(h2.PROTOCOL_ERROR, `WINDOW_UPDATE on stream ${id}, which is idle`);
    }
    const stream = this.#session.streams.get(id);
    if (stream === undefined) return;
    stream.sendWindow += increment;
    if (increment === 0) this.#resetFaulty(stream, h2.PROTOCOL_ERROR);
    else if (stream.sendWindow > h2.MAX_WINDOW_BYTES)
      this.#resetFaulty(stream, h2.FLOW_CONTROL_ERROR);
    else this.#session.sender.wake(stream);
  }

  #onControl(
    type: number,
    flags: number,
    id: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const isOurs = type === h2.SETTINGS && (flags & h2.ACK) !== 0;
    if (!isOurs) this.#spend(this.#controls, `frames of type ${type}`);
    switch (type) {
      case h2.SETTINGS:
        assertConnectionFrame(type, id);
        this.#onSettings(flags, bytes, start, end);
        break;
      case h2.PING:
        assertConnectionFrame(type, id);
        this.#onPing(flags, bytes.subarray(start, end));
        break;
      case h2.GOAWAY:
        assertConnectionFrame(type, id);
        break;
      case h2.PRIORITY:
        if (id === 0) throw new ConnectionError(h2.PROTOCOL_ERROR, "PRIORITY on stream 0");
        if (end - start !== PRIORITY_BYTES) {
          throw new ConnectionError(h2.FRAME_SIZE_ERROR, `PRIORITY of ${end - start} bytes`);
        }
        checkPriority(id, bytes, start, end);
        break;
      case h2.PUSH_PROMISE:
        throw new ConnectionError(h2.PROTOCOL_ERROR, "PUSH_PROMISE from a client");
      default:
      // Extensions are not ours to judge.
    }
  }

  #onSettings(flags: number, bytes: Buffer, start: number, end: number): void {
    if ((flags & h2.ACK) !== 0) {
      if (end > start)
        throw new ConnectionError(h2.FRAME_SIZE_ERROR, "an answer to SETTINGS with a payload");
      return;
    }
    const { peer } = this.#session;
    const before = peer.initialWindowBytes;
    peer.apply(bytes, start, end);
    this.#hasSettings = true;
    this.#session.output.frame(h2.SETTINGS, h2.ACK, 0, EMPTY);
    const change = peer.initialWindowBytes - before;
    if (change === 0) return;
    for (const stream of this.#session.streams.values()) {
      stream.sendWindow += change;
      if (stream.sendWindow > h2.MAX_WINDOW_BYTES) {
        throw new ConnectionError(
          h2.FLOW_CONTROL_ERROR,
          `the window of stream ${stream.id} overflows`,
        );
      }
      this.#session.sender.wake(stream);
    }
  }

  #onPing(flags: number, payload: Buffer): void {
    if (payload.length !== 8) {
      throw new ConnectionError(h2.FRAME_SIZE_ERROR, `PING of ${payload.length} bytes`);
    }
    if ((flags & h2.ACK) === 0) this.#session.output.frame(h2.PING, h2.ACK, 0, payload);
    else this.#session.onPingAnswer(payload);
  }

  /** A mistake that makes us reset the call costs the peer what its own reset would. */
  #resetFaulty(stream: Http2Stream, code: number): void {
    if (this.#session.nowMs - stream.openedAtMs < RAPID_MS) {
      this.#spend(this.#resets, "calls that had to be reset");
    }
    this.#session.resetStream(stream, code);
  }

  #spend(budget: FrameBudget, what: string): void {
    if (!budget.take(this.#session.nowMs))
      throw new ConnectionError(h2.ENHANCE_YOUR_CALM, `too many ${what}`);
  }
}
