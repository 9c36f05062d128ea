import { HashRing, podIdOf } from "@ofs/cache";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fnv1 } from "../../src/peer/peer-client.ts";
import { POINTS_PER_NODE } from "../../src/peer/ring.ts";
import vectors from "./vectors.json" with { type: "json" };

const ids = vectors.pods.map(({ id }) => id);

describe("golden vectors", () => {
  test.each(vectors.pods)("the id and points of pod $podIp", ({ nodeIp, podIp, id, ...pod }) => {
    expect(podIdOf(nodeIp, podIp)).toBe(id);
    const points = [...new HashRing([id]).topology().keys()];
    for (const point of pod.firstPoints) expect(points).toContain(point);
  });

  test("all points, in order", () => {
    const points = [...new HashRing(ids).topology()];
    expect(points).toHaveLength(vectors.pointCount);
    expect(points[0]).toEqual(vectors.lowestPoint);
    expect(points.at(-1)).toEqual(vectors.highestPoint);
    expect(points.map(([point]) => point)).toEqual(points.map(([p]) => p).sort((a, b) => a - b));
  });

  test.each(vectors.keys)("the owner of $key", ({ key, owner, fnv1: hash }) => {
    expect(new HashRing(ids).ownerOf(key)).toBe(owner);
    expect(fnv1(key)).toBe(hash);
  });
});

const nodes = fc.uniqueArray(
  fc.string({ minLength: 8, maxLength: 40, unit: fc.constantFrom(..."0123456789abcdef") }),
  {
    minLength: 2,
    maxLength: 8,
  },
);
const KEYS = Array.from({ length: 2_000 }, (_, i) => `user:${i}`);

function ownersIn(ring: HashRing): (string | undefined)[] {
  return KEYS.map((key) => ring.ownerOf(key));
}

describe("HashRing", () => {
  test("has no owner only where there is no node", () => {
    expect(new HashRing([]).ownerOf("k")).toBeUndefined();
    expect(new HashRing(["a"]).ownerOf("k")).toBe("a");
  });

  test("does not depend on the order of the nodes, nor on repetition", () => {
    fc.assert(
      fc.property(nodes, (some) => {
        const owners = ownersIn(new HashRing(some));
        expect(ownersIn(new HashRing([...some].reverse().concat(some)))).toEqual(owners);
      }),
      { numRuns: 20 },
    );
  });

  // CRC-32 of like names is far from random: shares differ more than 500 points would let them.
  test("gives every node a share", () => {
    const ring = new HashRing(Array.from({ length: 10 }, (_, i) => podIdOf("node", `10.0.0.${i}`)));
    const shares = new Map<string, number>();
    for (let i = 0; i < 50_000; i++) {
      const owner = ring.ownerOf(`user:${i}`) as string;
      shares.set(owner, (shares.get(owner) ?? 0) + 1 / 50_000);
    }
    expect(shares.size).toBe(10);
    for (const share of shares.values()) {
      expect(share).toBeGreaterThan(0.04);
      expect(share).toBeLessThan(0.2);
    }
  });

  test("a node that leaves moves its own keys and no others", () => {
    fc.assert(
      fc.property(nodes, (some) => {
        const [leaver, ...rest] = some as [string, ...string[]];
        const before = ownersIn(new HashRing(some));
        const after = ownersIn(new HashRing(rest));
        for (const [i, owner] of before.entries()) {
          if (owner !== leaver) expect(after[i]).toBe(owner);
          else expect(rest).toContain(after[i]);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("a point that two nodes share belongs to the lesser id", () => {
    // Both ids are CRC-32 collisions: all of their points are equal.
    const [lesser, greater] = collision();
    const ring = new HashRing([greater, lesser]);
    expect(ring.topology().size).toBeLessThanOrEqual(POINTS_PER_NODE);
    expect(new Set(ownersIn(ring))).toEqual(new Set([lesser]));
  });
});

/** Two ids of one CRC-32: then `<id>:<i>` have one, too. Known collision of the polynomial. */
function collision(): [string, string] {
  return ["codding", "gnu"];
}
