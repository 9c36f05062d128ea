import type { Host } from "cassandra-driver";

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
 *
 * @param partitionKeyOf as the server hashes it
 */
export function groupByReplica<Key>(
  ring: Ring,
  keys: readonly Key[],
  partitionKeyOf: (key: Key) => Buffer,
): ReplicaGroup[] {
  const all = keys.map((_, index) => index);
  if (keys.length === 0) return [];
  if (ring.localHosts.length <= 1 || holdsEverything(ring, partitionKeyOf(keys[0] as Key))) {
    return [{ host: undefined, indexes: all }];
  }
  const groups = new Map<Host | undefined, number[]>();
  for (const index of all) {
    const owner = ownerOf(ring, partitionKeyOf(keys[index] as Key));
    const indexes = groups.get(owner);
    if (indexes === undefined) groups.set(owner, [index]);
    else indexes.push(index);
  }
  return [...groups].map(([host, indexes]) => ({ host, indexes }));
}

/** With as many replicas as nodes, every node holds every key. */
function holdsEverything(ring: Ring, partitionKey: Buffer): boolean {
  const replicas = ring.replicas(partitionKey);
  if (replicas === null) return true;
  return ring.localHosts.every((host) => replicas.includes(host));
}

function ownerOf(ring: Ring, partitionKey: Buffer): Host | undefined {
  const replicas = ring.replicas(partitionKey) ?? [];
  return replicas.find((host) => host.isUp() && ring.localHosts.includes(host));
}
