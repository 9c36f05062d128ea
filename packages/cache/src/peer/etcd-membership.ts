import type { Logger } from "@ofs/platform";
import {
  EtcdLeaseKey,
  EtcdRegistrySource,
  type EtcdSourceOptions,
  type Revision,
  SourceFollower,
} from "@ofs/registry";
import { type HostLookup, MemberAddresses } from "./member-addresses.ts";
import { parseMember } from "./member-value.ts";
import { type PeerMember, podIdOf } from "./peer-member.ts";

/** How long a process that was killed stays in the ring. */
const LEASE_TTL_SECONDS = 5;

/** Members beyond are ignored: each costs 500 points, and the ring is sorted anew at each change. */
const MAX_MEMBERS = 1_000;

export interface EtcdMembershipOptions {
  /** Without the root. */
  readonly etcd: Omit<EtcdSourceOptions, "root" | "isWatchEnabled">;
  readonly clusterName: string;
  readonly name: string;
  readonly self: { readonly nodeIp: string; readonly podIp: string };
  /** Whether this process joins, or only looks on. */
  readonly isMember: boolean;
  readonly log: Logger;
  /** All members, each time that something about them changes. */
  readonly onMembers: (members: readonly PeerMember[]) => void;
  /** Default: the system's, IPv4 only. */
  readonly lookup?: HostLookup;
}

export interface EtcdMembershipStats {
  /** Whether changes arrive. While they do not, the last members stay. */
  readonly isLive: boolean;
  readonly memberCount: number;
  /** Members' values that say nothing, and members beyond 1000, now. */
  readonly ignoredCount: number;
  /** Host names without an address, now. */
  readonly unresolvedCount: number;
  /** Whether this process is a member, as far as it knows. */
  readonly isJoined: boolean;
  /** How often this process has joined: more than once where its lease was lost. */
  readonly joinCount: number;
}

/**
 * Members of a peer cache in etcd: `/config/<cluster>-cluster-manager/<name>/<pod id>` = `{"NodeIP":"..","PodIP":".."}`,
 * each bound to a lease of 5 s that its process renews.
 */
export class EtcdMembership {
  readonly #options: EtcdMembershipOptions;
  readonly #selfId: string;
  readonly #source: EtcdRegistrySource;
  readonly #follower: SourceFollower;
  readonly #key: EtcdLeaseKey;
  readonly #addresses: MemberAddresses;
  #entries: ReadonlyMap<string, Uint8Array> = new Map();
  #members: readonly PeerMember[] = [];
  #ignoredCount = 0;

  /** Opens nothing yet. @throws {FeatureStoreError} INVALID_ARGUMENT, naming the option */
  constructor(options: EtcdMembershipOptions) {
    const { clusterName, name, self, log } = options;
    this.#options = options;
    this.#selfId = podIdOf(self.nodeIp, self.podIp);
    const etcd = { ...options.etcd, root: `/config/${clusterName}-cluster-manager/${name}` };
    this.#source = new EtcdRegistrySource(etcd);
    this.#follower = new SourceFollower(this.#source, log, {
      onTree: async ({ entries, revision }) => this.#apply(entries, revision),
      onChanges: (batches) => {
        const entries = new Map(this.#entries);
        for (const { path, value } of batches.flatMap(({ changes }) => changes)) {
          if (value === undefined) entries.delete(path);
          else entries.set(path, value);
        }
        this.#apply(entries, batches.at(-1)?.revision ?? 0);
      },
    });
    this.#key = new EtcdLeaseKey({
      etcd,
      path: this.#selfId,
      value: Buffer.from(JSON.stringify({ NodeIP: self.nodeIp, PodIP: self.podIp })),
      ttlSeconds: LEASE_TTL_SECONDS,
      log,
    });
    this.#addresses = new MemberAddresses(options.lookup, () => this.#tell());
  }

  /** @returns once the members were read, or could not be */
  async start(): Promise<void> {
    if (this.#options.isMember) this.#key.start();
    await this.#follower.start();
  }

  /** Leaves, so that the others divide the keys anew at once. Never rejects. */
  async close(): Promise<void> {
    await this.#key.close();
    await this.#follower.close();
    this.#addresses.close();
    await this.#source.close();
  }

  stats(): EtcdMembershipStats {
    return {
      isLive: this.#follower.isLive,
      memberCount: this.#members.length,
      ignoredCount: this.#ignoredCount,
      unresolvedCount: this.#members.filter(({ address }) => address === undefined).length,
      isJoined: this.#key.isHeld,
      joinCount: this.#key.putCount,
    };
  }

  #apply(entries: ReadonlyMap<string, Uint8Array>, revision: Revision): void {
    this.#entries = entries;
    this.#tell();
    this.#addresses.resolve(this.#members.map(({ podIp }) => podIp));
    const isMissing = this.#options.isMember && !entries.has(this.#selfId);
    // A tree from before the key was put says nothing about it.
    if (isMissing && this.#key.isHeldAt(revision)) this.#key.renew();
  }

  #tell(): void {
    const members: PeerMember[] = [];
    for (const [id, value] of this.#entries) {
      const member = parseMember(id, value);
      if (member === undefined || members.length >= MAX_MEMBERS) continue;
      members.push({ ...member, address: this.#addresses.get(member.podIp) });
    }
    this.#members = members;
    this.#ignoredCount = this.#entries.size - members.length;
    this.#options.onMembers(members);
  }
}
