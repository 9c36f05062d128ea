import type { RemoteInfo } from "node:dgram";
import { decodeReply, encodeGet, encodeSet, MAX_PACKET_BYTES } from "./packet.ts";
import type { PacketSeal } from "./packet-seal.ts";
import type { PeerCounts } from "./peer-counts.ts";
import { RemoteBatch } from "./remote-batch.ts";
import { UdpSocket } from "./udp-socket.ts";

/** How long the owner of a key is waited for. */
export const REPLY_TIMEOUT_MS = 10;

const MAX_WAITING = 50_000;

/** Datagrams that wait to be sent on one socket. */
const MAX_QUEUED_PACKETS = 50_000;

/** Of those who wait for one key, each so manieth sends the request again. */
const RESEND_EVERY = 50;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export interface PeerClientOptions {
  /** Sockets that the keys are spread over. */
  readonly socketCount: number;
  /** Port of every owner. */
  readonly port: number;
  readonly seal: PacketSeal;
  readonly counts: PeerCounts;
  /** Monotonic milliseconds. */
  readonly monotonicNow: () => number;
  /** Default `REPLY_TIMEOUT_MS`. */
  readonly replyTimeoutMs?: number | undefined;
  /** Callers that wait for a key, over all keys. More do not wait: a miss. Default 50 000. */
  readonly maxWaiting?: number;
}

/** A key that the owner has been asked for. */
class PendingGet {
  readonly packet: Buffer;
  readonly address: string;
  readonly deadlineMs: number;
  readonly batches: RemoteBatch[] = [];
  /** Where in each batch the key is. */
  readonly indexes: number[] = [];

  constructor(packet: Buffer, address: string, deadlineMs: number) {
    this.packet = packet;
    this.address = address;
    this.deadlineMs = deadlineMs;
  }
}

export type SendOutcome = "sent" | "too_large" | "dropped";

/**
 * Asks the owners of keys and tells them of records. All requests wait equally long, so the order in which they were
 * made is that of their deadlines and one timer, for the oldest, does for all.
 */
export class PeerClient {
  readonly #options: PeerClientOptions;
  readonly #maxBytes: number;
  readonly #sockets: UdpSocket[] = [];
  /** By key, the oldest first. */
  readonly #pending = new Map<string, PendingGet>();
  #waitingCount = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(options: PeerClientOptions) {
    this.#options = options;
    this.#maxBytes = MAX_PACKET_BYTES - options.seal.sizeBytes;
  }

  static async open(options: PeerClientOptions): Promise<PeerClient> {
    const client = new PeerClient(options);
    for (let i = 0; i < options.socketCount; i++) {
      client.#sockets.push(
        await UdpSocket.open({
          maxQueuedPackets: MAX_QUEUED_PACKETS,
          onPacket: (bytes, from) => client.#take(bytes, from),
          onError: () => {
            options.counts.socket.error += 1;
          },
        }),
      );
    }
    return client;
  }

  /**
   * Never rejects; takes at most a little longer than `REPLY_TIMEOUT_MS`.
   *
   * @param addresses of the owners, one a key
   * @returns what the owners answered; undefined for a miss
   */
  get(
    keys: readonly string[],
    addresses: readonly string[],
  ): Promise<readonly (Uint8Array | undefined)[]> {
    const batch = new RemoteBatch(keys.length);
    const deadlineMs =
      this.#options.monotonicNow() + (this.#options.replyTimeoutMs ?? REPLY_TIMEOUT_MS);
    for (let i = 0; i < keys.length; i++) {
      this.#ask(keys[i] as string, addresses[i] as string, deadlineMs, batch, i);
    }
    this.#arm();
    return batch.done;
  }

  /** @param ttlSeconds 0 = none */
  set(key: string, value: Uint8Array, ttlSeconds: number, address: string): SendOutcome {
    const packet = encodeSet(key, ttlSeconds, value, this.#maxBytes);
    if (packet === undefined) return "too_large";
    return this.#send(key, this.#options.seal.seal(packet), address) ? "sent" : "dropped";
  }

  /** What is waited for is a miss. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const pending of this.#pending.values()) this.#settle(pending, undefined);
    this.#pending.clear();
    await Promise.all(this.#sockets.map((socket) => socket.close()));
  }

  #ask(key: string, address: string, deadlineMs: number, batch: RemoteBatch, index: number): void {
    const { remote } = this.#options.counts;
    remote.keys += 1;
    if (this.#isClosed || this.#waitingCount >= (this.#options.maxWaiting ?? MAX_WAITING)) {
      remote.queue_full += 1;
      batch.settle(index, undefined);
      return;
    }
    const pending = this.#pending.get(key) ?? this.#begin(key, address, deadlineMs);
    if (pending === undefined) {
      batch.settle(index, undefined);
      return;
    }
    pending.batches.push(batch);
    pending.indexes.push(index);
    this.#waitingCount += 1;
    if (pending.batches.length % RESEND_EVERY !== 0) return;
    if (this.#send(key, pending.packet, pending.address)) remote.sent += 1;
  }

  #begin(key: string, address: string, deadlineMs: number): PendingGet | undefined {
    const { seal, counts } = this.#options;
    const packet = encodeGet(key, this.#maxBytes);
    if (packet === undefined) {
      counts.remote.unreachable += 1;
      return undefined;
    }
    const sealed = seal.seal(packet);
    if (!this.#send(key, sealed, address)) {
      counts.remote.queue_full += 1;
      return undefined;
    }
    counts.remote.sent += 1;
    const pending = new PendingGet(sealed, address, deadlineMs);
    this.#pending.set(key, pending);
    return pending;
  }

  #send(key: string, packet: Uint8Array, address: string): boolean {
    const { port } = this.#options;
    const socket = this.#sockets[fnv1(key) % this.#sockets.length];
    return socket?.send(packet, address, port) === true;
  }

  #take(bytes: Buffer, from: RemoteInfo): void {
    const { seal, counts, port } = this.#options;
    counts.replies.received += 1;
    const packet = bytes.length > MAX_PACKET_BYTES ? bytes : seal.open(bytes);
    if (packet === undefined) {
      counts.replies.bad_mac += 1;
      return;
    }
    const reply = decodeReply(packet);
    if (reply.kind === "malformed") {
      counts.replies[reply.reason] += 1;
      return;
    }
    const pending = this.#pending.get(reply.key);
    if (pending === undefined || from.address !== pending.address || from.port !== port) {
      counts.replies.unexpected += 1;
      return;
    }
    this.#pending.delete(reply.key);
    const { length } = pending.batches;
    if (reply.value === undefined) counts.remote.miss += length;
    else counts.remote.hit += length;
    this.#settle(pending, reply.value);
  }

  #settle(pending: PendingGet, value: Uint8Array | undefined): void {
    this.#waitingCount -= pending.batches.length;
    for (const [i, batch] of pending.batches.entries()) {
      batch.settle(pending.indexes[i] as number, value);
    }
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    for (const { deadlineMs } of this.#pending.values()) {
      // Not at the timer itself: replies that arrived while the event loop was busy are read first.
      this.#timer = setTimeout(
        () => setImmediate(() => this.#expire()),
        Math.max(1, deadlineMs - this.#options.monotonicNow()),
      );
      return;
    }
  }

  #expire(): void {
    this.#timer = undefined;
    const nowMs = this.#options.monotonicNow();
    for (const [key, pending] of this.#pending) {
      if (pending.deadlineMs > nowMs) break;
      this.#pending.delete(key);
      this.#options.counts.remote.timeout += pending.batches.length;
      this.#settle(pending, undefined);
    }
    this.#arm();
  }
}

/** FNV-1, 32 bits, over the key's UTF-8 bytes. */
export function fnv1(key: string): number {
  const bytes = Buffer.from(key);
  let hash = FNV_OFFSET;
  for (let i = 0; i < bytes.length; i++) {
    hash = Math.imul(hash, FNV_PRIME) ^ (bytes[i] as number);
  }
  return hash >>> 0;
}
