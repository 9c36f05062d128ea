import { connect, type Socket } from "node:net";
import { decodeHeaders } from "./hpack-decoder.ts";
import { frameOf, headerBlock, PREFACE } from "./http2-bytes.ts";

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;
const ACK = 1;
const END_STREAM = 1;
const END_HEADERS = 4;

const MAX_FRAME_BYTES = 16_384;
const DEFAULT_WINDOW = 65_535;
const MAX_WINDOW = 0x7fffffff;

/** What came of one call. */
export interface StreamAnswer {
  readonly headers: Map<string, string>;
  readonly body: Buffer;
}

interface OpenStream {
  readonly headers: Map<string, string>;
  readonly body: Buffer[];
  windowBytes: number;
  queue: { readonly bytes: Buffer; readonly isLast: boolean }[];
  settle(): void;
}

/**
 * The client half of one HTTP/2 connection, bare: sends whatever headers it is given, as literals. (Node's own client
 * refuses odd headers, and does not live through what comes back.)
 */
export class HostileConnection {
  readonly #socket: Socket;
  readonly #streams = new Map<number, OpenStream>();
  #unread: Buffer = Buffer.alloc(0);
  #block: Buffer = Buffer.alloc(0);
  #nextId = 1;
  #windowBytes = DEFAULT_WINDOW;
  #streamWindowBytes = DEFAULT_WINDOW;
  isClosed = false;

  constructor(port: number) {
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#socket.on("error", () => this.#socket.destroy());
    this.#socket.on("close", () => {
      this.isClosed = true;
      for (const stream of this.#streams.values()) stream.settle();
    });
    // No header table, and windows that are never in the way of an answer.
    const settings = Buffer.from([0, 1, 0, 0, 0, 0, 0, 4, 0x7f, 0xff, 0xff, 0xff]);
    this.#send(PREFACE, frameOf(SETTINGS, 0, 0, settings));
    this.#send(frameOf(WINDOW_UPDATE, 0, 0, u32(MAX_WINDOW - DEFAULT_WINDOW)));
  }

  get callCount(): number {
    return (this.#nextId - 1) / 2;
  }

  /** @returns what has been answered when the stream, or the connection, is over */
  open(
    headers: readonly (readonly [string, string])[],
    chunks: readonly Buffer[],
    isEnded: boolean,
  ): { readonly id: number; readonly answer: Promise<StreamAnswer> } {
    const id = this.#nextId;
    this.#nextId += 2;
    const answer = new Promise<StreamAnswer>((resolve) => {
      const stream: OpenStream = {
        headers: new Map(),
        body: [],
        windowBytes: this.#streamWindowBytes,
        queue: chunks.map((bytes, i) => ({ bytes, isLast: isEnded && i === chunks.length - 1 })),
        settle: () => {
          this.#streams.delete(id);
          resolve({ headers: stream.headers, body: Buffer.concat(stream.body) });
        },
      };
      if (isEnded && chunks.length === 0)
        stream.queue.push({ bytes: Buffer.alloc(0), isLast: true });
      this.#streams.set(id, stream);
      if (this.isClosed) stream.settle();
      this.#sendHeaders(id, headerBlock(headers));
      this.#flush(id, stream);
    });
    return { id, answer };
  }

  reset(id: number): void {
    this.#send(frameOf(RST_STREAM, 0, id, u32(8)));
    this.#streams.get(id)?.settle();
  }

  close(): void {
    this.#socket.destroy();
  }

  #sendHeaders(id: number, block: Buffer): void {
    const frames: Buffer[] = [];
    for (let at = 0; at === 0 || at < block.length; at += MAX_FRAME_BYTES) {
      const flags = at + MAX_FRAME_BYTES >= block.length ? END_HEADERS : 0;
      const part = block.subarray(at, at + MAX_FRAME_BYTES);
      frames.push(frameOf(at === 0 ? HEADERS : CONTINUATION, flags, id, part));
    }
    this.#send(...frames);
  }

  /** Sends what the windows allow. */
  #flush(id: number, stream: OpenStream): void {
    for (let next = stream.queue[0]; next !== undefined; next = stream.queue[0]) {
      const size = Math.min(
        next.bytes.length,
        MAX_FRAME_BYTES,
        stream.windowBytes,
        this.#windowBytes,
      );
      if (size <= 0 && next.bytes.length > 0) return;
      const isWhole = size === next.bytes.length;
      const flags = isWhole && next.isLast ? END_STREAM : 0;
      this.#send(frameOf(DATA, flags, id, next.bytes.subarray(0, size)));
      stream.windowBytes -= size;
      this.#windowBytes -= size;
      if (isWhole) stream.queue.shift();
      else stream.queue[0] = { bytes: next.bytes.subarray(size), isLast: next.isLast };
    }
  }

  #read(chunk: Buffer): void {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    let at = 0;
    while (this.#unread.length - at >= 9) {
      const size = this.#unread.readUIntBE(at, 3);
      if (this.#unread.length - at < 9 + size) break;
      const id = this.#unread.readUInt32BE(at + 5);
      const payload = this.#unread.subarray(at + 9, at + 9 + size);
      this.#take(this.#unread[at + 3] as number, this.#unread[at + 4] as number, id, payload);
      at += 9 + size;
    }
    this.#unread = this.#unread.subarray(at);
  }

  #take(type: number, flags: number, id: number, payload: Buffer): void {
    const stream = this.#streams.get(id);
    if (type === SETTINGS && flags === 0) this.#takeSettings(payload);
    else if (type === PING && flags === 0) this.#send(frameOf(PING, ACK, 0, payload));
    else if (type === WINDOW_UPDATE) this.#takeWindow(id, payload.readUInt32BE(0));
    else if (type === RST_STREAM) stream?.settle();
    else if (type === DATA) stream?.body.push(Buffer.from(payload));
    else if (type === HEADERS || type === CONTINUATION) this.#takeHeaders(flags, stream, payload);
    if ((type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0) {
      if (stream !== undefined && stream.queue.length > 0)
        this.#send(frameOf(RST_STREAM, 0, id, u32(8)));
      stream?.settle();
    }
  }

  #takeHeaders(flags: number, stream: OpenStream | undefined, payload: Buffer): void {
    this.#block = Buffer.concat([this.#block, payload]);
    if ((flags & END_HEADERS) === 0) return;
    for (const [name, value] of decodeHeaders(this.#block)) stream?.headers.set(name, value);
    this.#block = Buffer.alloc(0);
  }

  #takeSettings(payload: Buffer): void {
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (payload.readUInt16BE(at) !== 4) continue;
      const size = payload.readUInt32BE(at + 2);
      const change = size - this.#streamWindowBytes;
      this.#streamWindowBytes = size;
      for (const [id, stream] of this.#streams) {
        stream.windowBytes += change;
        this.#flush(id, stream);
      }
    }
    this.#send(frameOf(SETTINGS, ACK, 0, Buffer.alloc(0)));
  }

  #takeWindow(id: number, size: number): void {
    if (id === 0) this.#windowBytes += size;
    else {
      const stream = this.#streams.get(id);
      if (stream !== undefined) stream.windowBytes += size;
    }
    for (const [streamId, stream] of this.#streams) this.#flush(streamId, stream);
  }

  #send(...frames: readonly Buffer[]): void {
    if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(frames));
  }
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
