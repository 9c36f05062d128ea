import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createLogger, type UnaryHandler } from "@ofs/platform";
import { createFront } from "../../src/front.ts";
import type { Front, FrontFault, FrontLimits, FrontOptions } from "../../src/front-options.ts";
import { HpackDecoder } from "../../src/hpack/decoder.ts";
import { ECHO, OPENING } from "./frames.ts";

export interface SeenFrame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
  /** Of HEADERS. */
  readonly fields: Readonly<Record<string, string>>;
}

const LIMITS = { maxListBytes: 1e6, maxCount: 1e3, maxBlockBytes: 1e6 };
/** Large, and of use only during one decode: all peers share it. */
const SCRATCH = HpackDecoder.scratchFor(LIMITS.maxBlockBytes);

/** The client's side of a connection: sends any bytes, and keeps the frames that come. */
export class RawPeer {
  readonly socket: Socket;
  readonly frames: SeenFrame[] = [];
  isClosed = false;
  readonly #hpack: HpackDecoder;
  #bytes: Buffer = Buffer.alloc(0);
  #onChange: (() => void)[] = [];

  constructor(port: number) {
    this.#hpack = new HpackDecoder(LIMITS, SCRATCH);
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.socket.on("error", () => this.socket.destroy());
    this.socket.on("close", () => {
      this.isClosed = true;
      this.#changed();
    });
  }

  send(...parts: readonly Uint8Array[]): this {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(parts));
    return this;
  }

  /** Resolves when what is seen satisfies a condition, and with what it found. */
  async until<T>(find: (frames: readonly SeenFrame[]) => T | undefined | false): Promise<T> {
    for (;;) {
      const found = find(this.frames);
      if (found !== undefined && found !== false) return found;
      if (this.isClosed) {
        throw new Error(
          `closed after ${JSON.stringify(this.frames.map(({ type, id }) => [type, id]))}`,
        );
      }
      await new Promise<void>((resolve) => this.#onChange.push(resolve));
    }
  }

  /** Trailers of an answered stream, with the headers that came before. */
  async answer(id: number): Promise<Readonly<Record<string, string>>> {
    await this.until((frames) => frames.some((f) => f.id === id && (f.type === 3 || isEnd(f))));
    return Object.assign({}, ...this.frames.filter((f) => f.id === id).map((f) => f.fields));
  }

  /** DATA of a stream, put together. */
  body(id: number): Buffer {
    return Buffer.concat(
      this.frames.filter((f) => f.id === id && f.type === 0).map((f) => f.payload),
    );
  }

  /** Error code of the GOAWAY that ends the connection, and its text. */
  async goAway(): Promise<readonly [code: number, text: string]> {
    const { payload } = await this.until((frames) =>
      frames.find((f) => f.type === 7 && f.payload.readUInt32BE(4) !== 0),
    );
    return [payload.readUInt32BE(4), payload.toString("latin1", 8)];
  }

  async reset(id: number): Promise<number> {
    const { payload } = await this.until((frames) =>
      frames.find((f) => f.type === 3 && f.id === id),
    );
    return payload.readUInt32BE(0);
  }

  async closed(): Promise<void> {
    if (!this.isClosed) await once(this.socket, "close");
  }

  #read(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 9) {
      const end = 9 + this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.length < end) break;
      const [type, flags] = [this.#bytes[3] as number, this.#bytes[4] as number];
      const payload = this.#bytes.subarray(9, end);
      this.frames.push({
        type,
        flags,
        id: this.#bytes.readUInt32BE(5),
        payload,
        fields: type === 1 ? this.#fields(payload) : {},
      });
      this.#bytes = this.#bytes.subarray(end);
    }
    this.#changed();
  }

  #fields(payload: Buffer): Record<string, string> {
    const fields = this.#hpack.decode(payload, 0, payload.length) ?? [];
    return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  }

  #changed(): void {
    for (const wake of this.#onChange.splice(0)) wake();
  }
}

function isEnd({ type, flags }: SeenFrame): boolean {
  return (type === 0 || type === 1) && (flags & 1) !== 0;
}

export interface Rig {
  readonly front: Front;
  readonly faults: FrontFault[];
  /** Log lines. */
  readonly lines: string[];
  readonly port: number;
  /** A connection whose opening is sent. */
  open(): RawPeer;
  /** A connection that has said nothing. */
  connect(): RawPeer;
  close(): Promise<void>;
}

/** A front on a free port of the loopback, with an echo method besides those given. */
export async function openRig(
  limits: Partial<FrontLimits> = {},
  handlers: Readonly<Record<string, UnaryHandler>> = {},
  more: Partial<FrontOptions> = {},
): Promise<Rig> {
  const faults: FrontFault[] = [];
  const lines: string[] = [];
  const peers = new Set<RawPeer>();
  const front = createFront({
    routes: new Map<string, UnaryHandler>([
      [ECHO, (call) => ({ response: call.request })],
      ...Object.entries(handlers),
    ]),
    limits,
    log: createLogger({
      service: "t",
      level: "DEBUG",
      destination: { write: (line) => void lines.push(line) },
    }),
    onFault: (fault) => void faults.push(fault),
    ...more,
  });
  const server: Server = createServer({ noDelay: true }, (socket) => front.accept(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const start = (): RawPeer => {
    const peer = new RawPeer(port);
    peers.add(peer);
    peer.socket.once("close", () => peers.delete(peer));
    return peer;
  };
  return {
    front,
    faults,
    lines,
    port,
    connect: start,
    open: () => start().send(OPENING),
    async close() {
      for (const peer of peers) peer.socket.destroy();
      front.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
