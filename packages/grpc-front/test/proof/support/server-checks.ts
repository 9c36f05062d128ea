import { DEFAULT_MAX_FRAME_BYTES, FLAG, MAX_WINDOW_BYTES, TYPE } from "./frames.ts";

interface CheckedStream {
  receiveWindow: number;
  hasHeaders: boolean;
  /** By END_STREAM or RST_STREAM of the server. */
  isEnded: boolean;
}

/** Judges what a server sends by the rules of HTTP/2 (RFC 9113): order, states of streams, our windows. */
export class ServerChecks {
  /** What it did wrong. */
  readonly violations: string[] = [];
  readonly #streams = new Map<number, CheckedStream>();
  readonly #streamWindow: number;
  #receiveWindow: number;

  /** Windows that the server has been granted, of each stream and of the connection. */
  constructor(streamWindow: number, connectionWindow: number) {
    this.#streamWindow = streamWindow;
    this.#receiveWindow = connectionWindow;
  }

  /** A request has been sent. */
  begin(streamId: number): void {
    const stream = { receiveWindow: this.#streamWindow, hasHeaders: false, isEnded: false };
    if (!this.#streams.has(streamId)) this.#streams.set(streamId, stream);
  }

  /** So many bytes have been given back, to the stream and to the connection. */
  grant(streamId: number, bytes: number): void {
    this.#receiveWindow += bytes;
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) stream.receiveWindow += bytes;
  }

  /** A frame has come. */
  take(type: number, flags: number, streamId: number, payload: Buffer): void {
    if (payload.length > DEFAULT_MAX_FRAME_BYTES) this.#note(`a frame of ${payload.length} bytes`);
    const isOfConnection = type === TYPE.settings || type === TYPE.ping || type === TYPE.goAway;
    if (isOfConnection) {
      if (streamId !== 0) this.#note(`a frame of type ${type} on stream ${streamId}`);
      return;
    }
    if (type === TYPE.windowUpdate && streamId === 0) return;
    const stream = this.#streams.get(streamId);
    if (stream === undefined) {
      this.#note(`a frame of type ${type} on stream ${streamId}, which is idle`);
    } else {
      this.#takeOfStream(stream, type, flags, streamId, payload.length);
    }
  }

  /** Our window for sending has become this. */
  sendWindow(bytes: number): void {
    if (bytes > MAX_WINDOW_BYTES) this.#note(`a window of ${bytes} bytes`);
  }

  #takeOfStream(
    stream: CheckedStream,
    type: number,
    flags: number,
    id: number,
    size: number,
  ): void {
    const isAnswer = type === TYPE.data || type === TYPE.headers;
    if (isAnswer && stream.isEnded) {
      this.#note(`a frame of type ${type} on stream ${id}, which the server has ended`);
    }
    if (type === TYPE.headers) {
      if (stream.hasHeaders && (flags & FLAG.endStream) === 0) {
        this.#note(`trailers that do not end stream ${id}`);
      }
      stream.hasHeaders = true;
    } else if (type === TYPE.data) {
      this.#takeData(stream, id, size);
    } else if (type === TYPE.pushPromise || type === TYPE.priority) {
      this.#note(`a frame of type ${type}`);
    }
    if (type === TYPE.reset || (isAnswer && (flags & FLAG.endStream) !== 0)) stream.isEnded = true;
  }

  #takeData(stream: CheckedStream, id: number, size: number): void {
    if (!stream.hasHeaders) this.#note(`DATA before HEADERS on stream ${id}`);
    stream.receiveWindow -= size;
    this.#receiveWindow -= size;
    if (stream.receiveWindow < 0) this.#note(`DATA beyond the window of stream ${id}`);
    if (this.#receiveWindow < 0) this.#note("DATA beyond the connection's window");
  }

  #note(text: string): void {
    this.violations.push(text);
  }
}
