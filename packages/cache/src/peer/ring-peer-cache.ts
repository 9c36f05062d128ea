import type { Block } from "@ofs/codec";
import { FILL_MAX_AGE_MS, TOMBSTONE, TOMBSTONE_TTL_SECONDS } from "../distributed/tombstone.ts";
import type { PeerCache } from "../ports.ts";
import { InvalidationClock } from "../process/invalidation-clock.ts";
import { MacSeal, NO_SEAL, type PacketSeal } from "./packet-seal.ts";
import { Partition, type PartitionStats } from "./partition.ts";
import { PeerClient } from "./peer-client.ts";
import { createPeerCounts, type PeerCounts } from "./peer-counts.ts";
import type { PeerMember } from "./peer-member.ts";
import { encodeGroups, OpenRecord, recordKind } from "./peer-record.ts";
import { PeerServer } from "./peer-server.ts";
import { HashRing } from "./ring.ts";

/** How much longer than in the process cache an entry is kept. */
export const EXTRA_TTL_SECONDS = 1_800;

/** By up to how much the life of copies varies. */
const GLOBAL_TTL_SPREAD_SECONDS = 3_600;

/**
 * Slots of the invalidation clock. At 10 000 invalidations a second 9 % of the keys share a slot with one of the last
 * 10 s, and go without the cache for that long; memory is 8 MiB whatever happens.
 */
const CLOCK_SLOT_COUNT = 2 ** 20;

const TOMBSTONE_TTL_MS = TOMBSTONE_TTL_SECONDS * 1000;

/** `holder`: owns keys and answers for them. `client`: only asks, as the further processes of a host do. */
export type PeerRole = "holder" | "client";

export interface RingPeerCacheOptions {
  /** This process's node in the ring: `podIdOf(...)`. */
  readonly selfId: string;
  /** To begin with; see `hold`. */
  readonly role: PeerRole;
  /** Interface that a holder listens on, an IPv4 address. */
  readonly host: string;
  /** The same on all nodes. */
  readonly port: number;
  /** Memory for the keys that this node owns; a client has none. */
  readonly ownSizeBytes: number;
  /** Memory for copies of others'. */
  readonly globalSizeBytes: number;
  readonly globalTtlSeconds: number;
  /** Sockets to ask from. */
  readonly socketCount: number;
  /** How long an owner is waited for; default 10. */
  readonly replyTimeoutMs?: number;
  /** Shared by all nodes; undefined: datagrams are not authenticated. */
  readonly secret?: string | undefined;
  /** Unix milliseconds, for the expiry of blocks. */
  readonly now: () => number;
  /** Monotonic milliseconds, for everything else. Default: `performance.now`. */
  readonly monotonicNow?: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface RingPeerCacheStats {
  readonly own: PartitionStats;
  readonly global: PartitionStats;
  readonly counts: PeerCounts;
  readonly role: PeerRole;
  /** Nodes of the ring. */
  readonly nodeCount: number;
}

/** `PeerCache` over a consistent hash ring and UDP. */
export class RingPeerCache implements PeerCache {
  readonly #options: RingPeerCacheOptions;
  readonly #monotonicNow: () => number;
  readonly #clock: InvalidationClock;
  readonly #own: Partition;
  readonly #global: Partition;
  readonly #counts = createPeerCounts();
  #ring: HashRing;
  #members: ReadonlyMap<string, PeerMember> = new Map();
  readonly #seal: PacketSeal;
  #role: PeerRole = "client";
  #client: PeerClient | undefined;
  #server: PeerServer | undefined;

  private constructor(options: RingPeerCacheOptions) {
    this.#options = options;
    const monotonicNow = options.monotonicNow ?? (() => performance.now());
    this.#monotonicNow = monotonicNow;
    this.#clock = new InvalidationClock({ slotCount: CLOCK_SLOT_COUNT, now: monotonicNow });
    this.#own = new Partition({ maxSizeBytes: options.ownSizeBytes, monotonicNow });
    this.#global = new Partition({ maxSizeBytes: options.globalSizeBytes, monotonicNow });
    this.#seal = options.secret === undefined ? NO_SEAL : new MacSeal(options.secret);
    this.#ring = this.#ringOf([]);
  }

  /** The ring is this node alone until `setMembers`. @throws the system's error if the port cannot be had */
  static async open(options: RingPeerCacheOptions): Promise<RingPeerCache> {
    const cache = new RingPeerCache(options);
    if (options.role === "holder") await cache.hold();
    cache.#client = await PeerClient.open({
      socketCount: options.socketCount,
      port: options.port,
      seal: cache.#seal,
      counts: cache.#counts,
      monotonicNow: cache.#monotonicNow,
      replyTimeoutMs: options.replyTimeoutMs,
    });
    return cache;
  }

  /** Makes a client the holder of its node's keys. @throws the system's error if the port cannot be had */
  async hold(): Promise<void> {
    if (this.#role === "holder") return;
    const { host, port, now } = this.#options;
    this.#server = await PeerServer.open({
      host,
      port,
      seal: this.#seal,
      counts: this.#counts,
      handler: {
        find: (key) => this.#own.get(key, now()),
        accept: (key, value, ttlSeconds) => this.#accept(key, value, ttlSeconds),
      },
    });
    this.#role = "holder";
    this.setMembers([...this.#members.values()]);
  }

  /** Who divides the keys from now on, beside this node itself if it is a holder. */
  setMembers(members: readonly PeerMember[]): void {
    this.#members = new Map(members.map((member) => [member.id, member]));
    const ids = members.map(({ id }) => id);
    const known = this.#ring.nodeIds;
    const ring = [...new Set(this.#nodeIds(ids))].sort();
    const isSame = ring.length === known.length && ring.every((id, i) => id === known[i]);
    if (!isSame) this.#ring = this.#ringOf(ids);
  }

  position(): number {
    return this.#clock.position();
  }

  read(
    key: string,
    groupIds: readonly number[],
    cells: (Block | undefined)[],
    base: number,
    nowMs: number,
  ): number {
    const hits = this.#own.read(key, groupIds, cells, base, nowMs);
    if (hits === groupIds.length) return hits;
    return hits + this.#global.read(key, groupIds, cells, base, nowMs);
  }

  async readRemote(
    keys: readonly string[],
    groupIds: readonly number[],
    nowMs: number,
    position: number,
  ): Promise<(readonly Block[] | undefined)[]> {
    const found = new Array<readonly Block[] | undefined>(keys.length).fill(undefined);
    const asked: number[] = [];
    const askedKeys: string[] = [];
    const addresses: string[] = [];
    for (const [index, key] of keys.entries()) {
      const address = this.#addressToAsk(key);
      if (address === undefined) continue;
      asked.push(index);
      askedKeys.push(key);
      addresses.push(address);
    }
    if (asked.length === 0 || this.#client === undefined) return found;
    const values = await this.#client.get(askedKeys, addresses);
    for (const [i, value] of values.entries()) {
      if (value === undefined) continue;
      const key = askedKeys[i] as string;
      found[asked[i] as number] = this.#takeRemote(key, value, groupIds, nowMs, position);
    }
    return found;
  }

  /** Entries live 1800 s longer than they are told to, as others keep them. */
  fill(
    key: string,
    groupIds: readonly number[],
    blocks: readonly Block[],
    ttlSeconds: number,
    position: number,
  ): void {
    const { fills } = this.#counts;
    const isOld = this.#clock.position() - position > FILL_MAX_AGE_MS;
    if (isOld || !this.#clock.isCurrent(key, position)) {
      fills.outdated += 1;
      return;
    }
    const record = encodeGroups(groupIds, blocks);
    if (record === undefined) return;
    fills.kept += 1;
    this.#keep(key, record, ttlSeconds > 0 ? ttlSeconds + EXTRA_TTL_SECONDS : 0);
  }

  invalidate(key: string): void {
    this.#clock.invalidate(key);
    this.#own.delete(key);
    this.#global.delete(key);
  }

  clear(): void {
    this.#clock.invalidateAll();
    this.#own.clear();
    this.#global.clear();
  }

  invalidateOwners(keys: readonly string[]): void {
    const { invalidations } = this.#counts;
    for (const key of keys) {
      this.invalidate(key);
      const owner = this.#otherOwnerOf(key);
      if (owner === undefined) continue;
      const outcome = this.#send(key, TOMBSTONE, TOMBSTONE_TTL_SECONDS, owner);
      invalidations[outcome === "sent" ? "sent" : "dropped"] += 1;
    }
  }

  /** @returns the node that owns the key; undefined if there is none */
  ownerOf(key: string): string | undefined {
    return this.#ring.ownerOf(key);
  }

  /** For inspection: what the cache holds of the keys here, or else at their owners. */
  async inspect(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    const nowMs = this.#options.now();
    const records: (Uint8Array | undefined)[] = keys.map(
      (key) => this.#own.get(key, nowMs) ?? this.#global.get(key, nowMs),
    );
    const missing = [...keys.keys()].filter((index) => {
      const key = keys[index] as string;
      return records[index] === undefined && this.#otherOwnerOf(key)?.address !== undefined;
    });
    const addresses = missing.map((index) => this.#otherOwnerOf(keys[index] as string)?.address);
    const values = await this.#client?.get(
      missing.map((index) => keys[index] as string),
      addresses as string[],
    );
    for (const [i, index] of missing.entries()) records[index] = values?.[i];
    return records;
  }

  /**
   * For tests and repairs: keeps a record as if it had been read from the store.
   *
   * @returns false if it is not a record with at least one entry, or cannot be decoded
   */
  put(key: string, record: Uint8Array): boolean {
    if (recordKind(record) !== "record") return false;
    // Never for good, whatever the TTL of copies is: nobody may remember what was put.
    this.#keep(key, asBuffer(record), Math.max(1, this.#options.globalTtlSeconds));
    return true;
  }

  /** The ring's points and the nodes that are known. */
  topology(): {
    readonly points: ReadonlyMap<number, string>;
    readonly members: readonly PeerMember[];
  } {
    return { points: this.#ring.topology(), members: [...this.#members.values()] };
  }

  stats(): RingPeerCacheStats {
    return {
      own: this.#own.stats(),
      global: this.#global.stats(),
      counts: this.#counts,
      role: this.#role,
      nodeCount: this.#ring.nodeIds.length,
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#client?.close(), this.#server?.close()]);
  }

  #nodeIds(ids: readonly string[]): readonly string[] {
    return this.#role === "holder" ? [this.#options.selfId, ...ids] : ids;
  }

  #ringOf(ids: readonly string[]): HashRing {
    return new HashRing(this.#nodeIds(ids));
  }

  /** @returns undefined if this process owns the key, or nobody does */
  #otherOwnerOf(key: string): PeerMember | undefined {
    const owner = this.#ring.ownerOf(key);
    if (owner === undefined || this.#isSelf(owner)) return undefined;
    return this.#members.get(owner);
  }

  #isSelf(nodeId: string): boolean {
    return this.#role === "holder" && nodeId === this.#options.selfId;
  }

  /**
   * A key that was invalidated here moments ago is not asked for: its owner may not have heard of it yet, and what it
   * answered would be kept here beyond the invalidation.
   */
  #addressToAsk(key: string): string | undefined {
    const owner = this.#otherOwnerOf(key);
    if (owner === undefined) return undefined;
    const { remote } = this.#counts;
    if (this.#clock.isRecent(key, TOMBSTONE_TTL_MS)) {
      remote.invalidated += 1;
      return undefined;
    }
    if (owner.address === undefined) remote.unreachable += 1;
    return owner.address;
  }

  #takeRemote(
    key: string,
    value: Uint8Array,
    groupIds: readonly number[],
    nowMs: number,
    position: number,
  ): readonly Block[] | undefined {
    const kind = recordKind(value);
    if (kind === "undecodable") this.#counts.replies.undecodable += 1;
    if (kind !== "record") return undefined;
    if (!this.#clock.isCurrent(key, position)) {
      this.#counts.remote.invalidated += 1;
      return undefined;
    }
    this.#global.merge(key, asBuffer(value), this.#globalTtlMs());
    const cells = new Array<Block | undefined>(groupIds.length).fill(undefined);
    new OpenRecord(value).read(groupIds, cells, 0, nowMs);
    return cells.every((cell) => cell !== undefined) ? (cells as readonly Block[]) : undefined;
  }

  #keep(key: string, record: Buffer, ttlSeconds: number): void {
    const ownerId = this.#ring.ownerOf(key);
    const ttlMs = ttlSeconds > 0 ? ttlSeconds * 1000 : Number.POSITIVE_INFINITY;
    if (ownerId !== undefined && this.#isSelf(ownerId)) {
      this.#own.merge(key, record, ttlMs);
      return;
    }
    this.#global.merge(key, record, Math.min(ttlMs, this.#globalTtlMs()));
    const owner = this.#otherOwnerOf(key);
    if (owner !== undefined) this.#counts.fills[this.#send(key, record, ttlSeconds, owner)] += 1;
  }

  #send(key: string, record: Uint8Array, ttlSeconds: number, { address }: PeerMember) {
    if (address === undefined || this.#client === undefined) return "dropped";
    return this.#client.set(key, record, ttlSeconds, address);
  }

  /** What another process sent for this one to keep. */
  #accept(key: string, value: Uint8Array, ttlSeconds: number): void {
    const { accepted } = this.#counts;
    const kind = recordKind(value);
    if (kind === "tombstone") {
      accepted.tombstone += 1;
      this.invalidate(key);
    } else if (kind === "undecodable") {
      accepted.undecodable += 1;
    } else if (this.#clock.isRecent(key, TOMBSTONE_TTL_MS)) {
      accepted.outdated += 1;
    } else {
      accepted.stored += 1;
      const ttlMs = ttlSeconds > 0 ? ttlSeconds * 1000 : Number.POSITIVE_INFINITY;
      this.#own.merge(key, asBuffer(value), ttlMs);
    }
  }

  #globalTtlMs(): number {
    const { globalTtlSeconds, random } = this.#options;
    return (globalTtlSeconds + Math.floor(random() * GLOBAL_TTL_SPREAD_SECONDS)) * 1000;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
