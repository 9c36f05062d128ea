import { connect, type Socket } from "node:net";
import {
  DEFAULT_WINDOW_BYTES,
  dataFrame,
  ERROR,
  FLAG,
  FRAME_HEAD_BYTES,
  frame,
  MAX_WINDOW_BYTES,
  PREFACE,
  reset,
  SETTING,
  settingsFrame,
  TYPE,
  windowUpdate,
} from "./frames.ts";
import { type Header, readHeaders } from "./hpack.ts";
import { ServerChecks } from "./server-checks.ts";

/** What came of a stream. */
export interface StreamOutcome {
  /** In the order of arrival: the first block, then the trailers; one alone is "trailers only". */
  readonly blocks: readonly (readonly Header[])[];
  readonly body: Buffer;
  /** Code of the RST_STREAM that came. */
  readonly resetCode: number | undefined;
  /** END_STREAM came. */
  readonly isEnded: boolean;
}

interface Part {
  readonly bytes: Buffer;
  readonly isLast: boolean;
  readonly padding: number | undefined;
}

interface PeerStream {
  readonly blocks: Header[][];
  readonly body: Buffer[];
  resetCode: number | undefined;
  isEnded: boolean;
  sendWindow: number;
  unsent: Part[];
  settle: () => void;
}

export interface RawPeerOptions {
  /** Of each stream; default the largest there is. */
  readonly windowBytes?: number;
  /** Gives back what it has received of windows at once; default true. */
  readonly givesBack?: boolean;
  /** Further settings. */
  readonly settings?: readonly (readonly [number, number])[];
}

/**
 * The client half of one HTTP/2 connection, bare: it sends the frames it is given, and notes what comes. It heeds the
 * server's windows, and answers its settings and pings.
 */
export class RawPeer {
  readonly #socket: Socket;
  readonly #streams = new Map<number, PeerStream>();
  readonly #givesBack: boolean;
  readonly #closed: Promise<void>;
  readonly #checks: ServerChecks;
  #unread: Buffer = Buffer.alloc(0);
  #block: Buffer[] = [];
  #blockEnds = false;
  #sendWindow = DEFAULT_WINDOW_BYTES;
  #initialSendWindow = DEFAULT_WINDOW_BYTES;
  /** Code of the last GOAWAY; undefined = none came. */
  goAwayCode: number | undefined;
  goAwayCount = 0;
  #onPinged: () => void = () => undefined;
  isClosed = false;
  pingAnswerCount = 0;

  constructor(port: number, options: RawPeerOptions = {}) {
    this.#givesBack = options.givesBack ?? true;
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#socket.on("error", () => this.#socket.destroy());
    this.#closed = new Promise((resolve) => {
      this.#socket.once("close", () => {
        this.isClosed = true;
        this.#onPinged();
        for (const stream of this.#streams.values()) stream.settle();
        resolve();
      });
    });
    const window = options.windowBytes ?? MAX_WINDOW_BYTES;
    const connectionWindow =
      window > DEFAULT_WINDOW_BYTES ? MAX_WINDOW_BYTES : DEFAULT_WINDOW_BYTES;
    this.#checks = new ServerChecks(window, connectionWindow);
    const settings = settingsFrame(
      [SETTING.headerTableSize, 0],
      [SETTING.initialWindowSize, window],
      ...(options.settings ?? []),
    );
    this.send(PREFACE, settings);
    if (window > DEFAULT_WINDOW_BYTES)
      this.send(windowUpdate(0, MAX_WINDOW_BYTES - DEFAULT_WINDOW_BYTES));
  }

  /** What the server did against the rules, as far as this peer's own frames were good. */
  get violations(): readonly string[] {
    return this.#checks.violations;
  }

  get whenClosed(): Promise<void> {
    return this.#closed;
  }

  /** Resolves when more pings than so many are answered, or the connection is over. */
  whenPinged(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onPinged = () => {
        if (this.pingAnswerCount > count || this.isClosed) resolve();
      };
      this.#onPinged();
    });
  }

  send(...frames: readonly Buffer[]): void {
    if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(frames));
  }

  /** Waits for what comes of a stream; call it before the stream's first frame is sent. */
  expect(streamId: number): Promise<StreamOutcome> {
    return new Promise((resolve) => {
      const stream: PeerStream = {
        blocks: [],
        body: [],
        resetCode: undefined,
        isEnded: false,
        sendWindow: this.#initialSendWindow,
        unsent: [],
        settle: () => {
          this.#streams.delete(streamId);
          const { blocks, body, resetCode, isEnded } = stream;
          resolve({ blocks, body: Buffer.concat(body), resetCode, isEnded });
        },
      };
      this.#checks.begin(streamId);
      this.#streams.set(streamId, stream);
      if (this.isClosed) stream.settle();
    });
  }

  /** Sends DATA as the server's windows allow; a stream that is over sends no more. */
  data(streamId: number, bytes: Buffer, isLast: boolean, padding?: number): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    stream.unsent.push({ bytes, isLast, padding });
    this.#flush(streamId, stream);
  }

  reset(streamId: number, code: number = ERROR.cancel): void {
    this.send(reset(streamId, code));
    this.#streams.get(streamId)?.settle();
  }

  /** Stops reading from the socket: a reader that is stuck. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Half-closes. */
  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }

  #flush(streamId: number, stream: PeerStream): void {
    for (let next = stream.unsent[0]; next !== undefined; next = stream.unsent[0]) {
      const cost = next.bytes.length + (next.padding === undefined ? 0 : next.padding + 1);
      if (cost > 0 && cost > Math.min(stream.sendWindow, this.#sendWindow)) return;
      stream.sendWindow -= cost;
      this.#sendWindow -= cost;
      stream.unsent.shift();
      this.send(dataFrame(streamId, next.bytes, next.isLast, next.padding));
    }
  }

  #read(chunk: Buffer): void {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    let at = 0;
    while (this.#unread.length - at >= FRAME_HEAD_BYTES) {
      const end = at + FRAME_HEAD_BYTES + this.#unread.readUIntBE(at, 3);
      if (this.#unread.length < end) break;
      const [type, flags] = [this.#unread[at + 3] as number, this.#unread[at + 4] as number];
      const id = this.#unread.readUInt32BE(at + 5);
      this.#take(type, flags, id, this.#unread.subarray(at + FRAME_HEAD_BYTES, end));
      at = end;
    }
    this.#unread = this.#unread.subarray(at);
  }

  #take(type: number, flags: number, id: number, payload: Buffer): void {
    this.#checks.take(type, flags, id, payload);
    switch (type) {
      case TYPE.settings:
        if ((flags & FLAG.ack) === 0) this.#takeSettings(payload);
        return;
      case TYPE.ping:
        if ((flags & FLAG.ack) !== 0) {
          this.pingAnswerCount += 1;
          this.#onPinged();
        } else this.send(frame(TYPE.ping, FLAG.ack, 0, payload));
        return;
      case TYPE.goAway:
        this.goAwayCode = payload.readUInt32BE(4);
        this.goAwayCount += 1;
        return;
      case TYPE.windowUpdate:
        this.#takeWindow(id, payload.readUInt32BE(0));
        return;
      default:
        this.#takeOfStream(type, flags, id, payload);
    }
  }

  #takeOfStream(type: number, flags: number, id: number, payload: Buffer): void {
    const stream = this.#streams.get(id);
    if (type === TYPE.reset) {
      if (stream !== undefined) stream.resetCode = payload.readUInt32BE(0);
      stream?.settle();
    } else if (type === TYPE.data) {
      stream?.body.push(Buffer.from(payload));
      if (this.#givesBack && payload.length > 0) this.#giveBack(id, payload.length);
      if ((flags & FLAG.endStream) !== 0) this.#finish(id);
    } else if (type === TYPE.headers || type === TYPE.continuation) {
      this.#takeHeaders(type, flags, id, payload);
    }
  }

  #giveBack(id: number, bytes: number): void {
    this.#checks.grant(id, bytes);
    this.send(windowUpdate(0, bytes), windowUpdate(id, bytes));
  }

  #takeHeaders(type: number, flags: number, id: number, payload: Buffer): void {
    if (type === TYPE.headers) this.#blockEnds = (flags & FLAG.endStream) !== 0;
    this.#block.push(Buffer.from(payload));
    if ((flags & FLAG.endHeaders) === 0) return;
    const headers = readHeaders(Buffer.concat(this.#block));
    this.#block = [];
    this.#streams.get(id)?.blocks.push(headers);
    if (this.#blockEnds) this.#finish(id);
  }

  /** The answer is whole. What the request still has to say is of no use then. */
  #finish(id: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    stream.isEnded = true;
    if (stream.unsent.length > 0) this.send(reset(id, ERROR.none));
    stream.settle();
  }

  #takeSettings(payload: Buffer): void {
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (payload.readUInt16BE(at) !== SETTING.initialWindowSize) continue;
      const size = payload.readUInt32BE(at + 2);
      const change = size - this.#initialSendWindow;
      this.#initialSendWindow = size;
      for (const stream of this.#streams.values()) stream.sendWindow += change;
    }
    this.send(frame(TYPE.settings, FLAG.ack, 0));
    this.#flushAll();
  }

  #takeWindow(id: number, bytes: number): void {
    const stream = this.#streams.get(id);
    if (id === 0) this.#sendWindow += bytes;
    else if (stream !== undefined) stream.sendWindow += bytes;
    this.#checks.sendWindow(id === 0 ? this.#sendWindow : (stream?.sendWindow ?? 0));
    this.#flushAll();
  }

  #flushAll(): void {
    for (const [id, stream] of this.#streams) this.#flush(id, stream);
  }
}
