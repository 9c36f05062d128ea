import type { RemoteInfo } from "node:dgram";
import { decodeRequest, encodeReply, MAX_PACKET_BYTES, replyFits } from "./packet.ts";
import type { PacketSeal } from "./packet-seal.ts";
import type { PeerCounts } from "./peer-counts.ts";
import { UdpSocket } from "./udp-socket.ts";

/** Replies that wait to be sent; more are dropped, and the peer takes them for a miss. */
const MAX_QUEUED_REPLIES = 10_000;

/** The part of a cache that others reach. */
export interface PeerRequestHandler {
  find(key: string): Uint8Array | undefined;
  /** @param value a view that is valid only during the call */
  accept(key: string, value: Uint8Array, ttlSeconds: number): void;
}

export interface PeerServerOptions {
  /** Interface, an IPv4 address. */
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly seal: PacketSeal;
  readonly counts: PeerCounts;
  readonly handler: PeerRequestHandler;
}

/** Answers other processes' datagrams. What says nothing is counted and dropped. */
export class PeerServer {
  readonly #options: PeerServerOptions;
  readonly #maxBytes: number;
  #socket: UdpSocket | undefined;

  private constructor(options: PeerServerOptions) {
    this.#options = options;
    this.#maxBytes = MAX_PACKET_BYTES - options.seal.sizeBytes;
  }

  /** @throws the system's error if the address cannot be had */
  static async open(options: PeerServerOptions): Promise<PeerServer> {
    const server = new PeerServer(options);
    server.#socket = await UdpSocket.open({
      host: options.host,
      port: options.port,
      maxQueuedPackets: MAX_QUEUED_REPLIES,
      onPacket: (bytes, from) => server.#take(bytes, from),
      onError: () => {
        options.counts.socket.error += 1;
      },
    });
    return server;
  }

  get port(): number {
    return this.#socket?.port ?? 0;
  }

  async close(): Promise<void> {
    await this.#socket?.close();
  }

  #take(bytes: Buffer, from: RemoteInfo): void {
    const { seal, counts, handler } = this.#options;
    const packet = bytes.length > MAX_PACKET_BYTES ? bytes : seal.open(bytes);
    if (packet === undefined) {
      counts.refused.bad_mac += 1;
      return;
    }
    const request = decodeRequest(packet);
    if (request.kind === "malformed") counts.refused[request.reason] += 1;
    else if (request.kind === "set") {
      handler.accept(request.key, request.value, request.ttlSeconds);
    } else this.#answer(request.key, request.keyBytes, from);
  }

  #answer(key: string, keyBytes: Uint8Array, from: RemoteInfo): void {
    const { seal, counts, handler } = this.#options;
    const value = handler.find(key);
    const reply = seal.seal(encodeReply(keyBytes, value, this.#maxBytes));
    if (this.#socket?.send(reply, from.address, from.port) !== true) counts.served.queue_full += 1;
    else if (value === undefined) counts.served.miss += 1;
    else if (replyFits(keyBytes, value, this.#maxBytes)) counts.served.hit += 1;
    else counts.served.too_large += 1;
  }
}
