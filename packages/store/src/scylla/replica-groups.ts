import type { Host } from "cassandra-driver";
import type { KeyValues } from "../block-store.ts";
import { partitionKey } from "./partition-key.ts";

/** Keys that go to one node. */
export interface ReplicaGroup {
  /** A node that holds all of them; undefined where any node is as good. */
  readonly host: Host | undefined;
  /** Positions among the keys that were grouped. */
  readonly indexes: readonly number[];
}

/** What grouping needs to know of the cluster. */
export interface Ring {
  readonly localHosts: readonly Host[];
  /** Nodes that hold a partition, the first owner first; null where the driver does not know. */
  replicas(partitionKey: Buffer): readonly Host[] | null;
}

/**
 * Groups keys by the node of the local data centre that owns them, so that one statement for many keys is
 * answered from that node's own data. A node that is down is passed over for the next replica.
 */
export function groupByReplica(ring: Ring, keys: readonly KeyValues[]): ReplicaGroup[] {
  const all = keys.map((_, index) => index);
  if (keys.length === 0) return [];
  if (ring.localHosts.length <= 1 || holdsEverything(ring, keys[0] as KeyValues)) {
    return [{ host: undefined, indexes: all }];
  }
  const groups = new Map<Host | undefined, number[]>();
  for (const index of all) {
    const owner = ownerOf(ring, keys[index] as KeyValues);
    const indexes = groups.get(owner);
    if (indexes === undefined) groups.set(owner, [index]);
    else indexes.push(index);
  }
  return [...groups].map(([host, indexes]) => ({ host, indexes }));
}

/** With as many replicas as nodes, every node holds every key. */
function holdsEverything(ring: Ring, key: KeyValues): boolean {
  const replicas = ring.replicas(partitionKey(key));
  if (replicas === null) return true;
  return ring.localHosts.every((host) => replicas.includes(host));
}

function ownerOf(ring: Ring, key: KeyValues): Host | undefined {
  const replicas = ring.replicas(partitionKey(key)) ?? [];
  return replicas.find((host) => host.isUp() && ring.localHosts.includes(host));
}
