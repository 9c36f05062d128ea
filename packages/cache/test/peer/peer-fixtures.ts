import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { type PeerMember, podIdOf, RingPeerCache, type RingPeerCacheOptions } from "@ofs/cache";
import { Block } from "@ofs/codec";
import { freePort } from "@ofs/testkit";

const FP32_CODE = 4;

export function block(value: number, expiryAtSeconds = 0, sizeBytes = 4): Block {
  return new Block(1, expiryAtSeconds, FP32_CODE, new Uint8Array(sizeBytes).fill(value));
}

/** The first byte of the block's payload. */
export function firstByte(found: Block | undefined): number | undefined {
  return found?.payload[0];
}

/** Nodes of one cluster on one host: each on an address of its own in the loopback's network, all with one port. */
export class TestCluster {
  readonly port: number;
  readonly clock = { monotonicMs: 1_000_000, nowMs: 1_700_000_000_000 };
  readonly #closables: (() => Promise<unknown>)[] = [];

  private constructor(port: number) {
    this.port = port;
  }

  static async create(): Promise<TestCluster> {
    return new TestCluster(await freePort());
  }

  member(index: number): PeerMember {
    const address = `127.0.0.${index + 1}`;
    return { id: podIdOf("node", address), nodeIp: "node", podIp: address, address };
  }

  /** Opens a node. Nodes learn of each other by `connect`. */
  async open(index: number, options: Partial<RingPeerCacheOptions> = {}): Promise<RingPeerCache> {
    const member = this.member(index);
    const cache = await RingPeerCache.open({
      selfId: member.id,
      role: "holder",
      host: member.address as string,
      port: this.port,
      ownSizeBytes: 1_000_000,
      globalSizeBytes: 1_000_000,
      globalTtlSeconds: 60,
      socketCount: 2,
      // All nodes of a test share a thread, on a machine that may be busy.
      replyTimeoutMs: 2_000,
      now: () => this.clock.nowMs,
      // What happens between two readings of it happens at one time, but deadlines must pass.
      monotonicNow: () => this.clock.monotonicMs + performance.now(),
      random: () => 0,
      ...options,
    });
    this.#closables.push(() => cache.close());
    return cache;
  }

  /** A peer that is not ours: bytes in, bytes out. */
  async openRaw(
    index: number,
    onPacket: (bytes: Buffer, from: RemoteInfo, socket: Socket) => void,
    port: number = this.port,
  ): Promise<Socket> {
    const socket = createSocket("udp4");
    socket.on("message", (bytes, from) => onPacket(bytes, from, socket));
    socket.bind(port, this.member(index).address);
    await once(socket, "listening");
    this.#closables.push(async () => {
      socket.close();
      await once(socket, "close");
    });
    return socket;
  }

  connect(caches: readonly RingPeerCache[], indexes: readonly number[]): void {
    const members = indexes.map((index) => this.member(index));
    for (const cache of caches) cache.setMembers(members);
  }

  /** A key that the node owns, among these nodes. */
  keyOf(cache: RingPeerCache, index: number, from = 0): string {
    const { id } = this.member(index);
    for (let i = from; i < from + 100_000; i++) {
      if (cache.ownerOf(`user:${i}`) === id) return `user:${i}`;
    }
    throw new Error(`node ${index} owns no key`);
  }

  async close(): Promise<void> {
    for (const close of this.#closables.splice(0).reverse()) await close();
  }
}

export function readLocal(cache: RingPeerCache, key: string, nowMs: number, ...ids: number[]) {
  const cells = new Array<Block | undefined>(ids.length).fill(undefined);
  cache.read(key, ids, cells, 0, nowMs);
  return cells.map(firstByte);
}

/** As the engine reads: here, then at the owner. */
export async function readThrough(
  cache: RingPeerCache,
  key: string,
  nowMs: number,
  ...ids: number[]
): Promise<readonly (number | undefined)[]> {
  const position = cache.position();
  const local = readLocal(cache, key, nowMs, ...ids);
  if (local.every((value) => value !== undefined)) return local;
  const [blocks] = await cache.readRemote([key], ids, nowMs, position);
  return ids.map((_, i) => firstByte(blocks?.[i]));
}
