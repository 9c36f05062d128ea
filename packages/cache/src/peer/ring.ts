import { crc32 } from "node:zlib";

/** Points of each node, the same in every implementation of the ring. */
export const POINTS_PER_NODE = 500;

/** A point and its node's index make one number that sorts by the point, then by the node. */
const MAX_NODES = 65_536;

/**
 * Consistent hashing: which node owns a key. A node's points are the CRC-32 (IEEE) of `<node id>:<i>`, i = 0 to 499;
 * a key belongs to the first point at or after its own CRC-32, after the last point to the first. Where two nodes have
 * the same point, it is that of the lesser id.
 */
export class HashRing {
  /** Sorted, none twice. */
  readonly nodeIds: readonly string[];
  readonly #points: Uint32Array;
  /** Index in `nodeIds` of each point's node. */
  readonly #owners: Uint16Array;

  /** @param nodeIds at most 65536 */
  constructor(nodeIds: Iterable<string>) {
    this.nodeIds = [...new Set(nodeIds)].sort();
    if (this.nodeIds.length > MAX_NODES) {
      throw new RangeError(`${this.nodeIds.length} nodes are more than ${MAX_NODES}`);
    }
    const sorted = sortedPoints(this.nodeIds);
    this.#points = new Uint32Array(sorted.length);
    this.#owners = new Uint16Array(sorted.length);
    for (let i = 0; i < sorted.length; i++) {
      const value = sorted[i] as number;
      this.#points[i] = Math.floor(value / MAX_NODES);
      this.#owners[i] = value % MAX_NODES;
    }
  }

  /** @returns undefined only if there is no node */
  ownerOf(key: string): string | undefined {
    const points = this.#points;
    if (points.length === 0) return undefined;
    const hash = crc32(key);
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((points[middle] as number) < hash) low = middle + 1;
      else high = middle;
    }
    return this.#nodeAt(low === points.length ? 0 : low);
  }

  /** All points with their nodes, ascending; a point that nodes share once. */
  topology(): Map<number, string> {
    const topology = new Map<number, string>();
    for (const [index, point] of this.#points.entries()) {
      if (!topology.has(point)) topology.set(point, this.#nodeAt(index));
    }
    return topology;
  }

  #nodeAt(index: number): string {
    return this.nodeIds[this.#owners[index] as number] as string;
  }
}

function sortedPoints(nodeIds: readonly string[]): Float64Array {
  const sorted = new Float64Array(nodeIds.length * POINTS_PER_NODE);
  for (const [node, id] of nodeIds.entries()) {
    const seed = crc32(`${id}:`);
    for (let i = 0; i < POINTS_PER_NODE; i++) {
      sorted[node * POINTS_PER_NODE + i] = crc32(String(i), seed) * MAX_NODES + node;
    }
  }
  return sorted.sort();
}
