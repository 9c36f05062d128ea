import type { Host } from "cassandra-driver";
import { expect, test } from "vitest";
import { partitionKey } from "../../src/scylla/partition-key.ts";
import { groupByReplica, type ReplicaGroup, type Ring } from "../../src/scylla/replica-groups.ts";

function host(address: string, isUp = true): Host {
  return { address, isUp: () => isUp } as unknown as Host;
}

const [a, b, c, far] = [host("a"), host("b"), host("c"), host("far")];

/** @param owners replicas by key */
function ring(
  localHosts: readonly Host[],
  owners: Readonly<Record<string, readonly Host[]>>,
): Ring {
  return { localHosts, replicas: (key) => owners[key.toString()] ?? null };
}

function grouped(cluster: Ring, keys: readonly string[][]): ReplicaGroup[] {
  return groupByReplica(cluster, keys, partitionKey);
}

function keysOf(keys: string): string[][] {
  return [...keys].map((key) => [key]);
}

test("keys go to the first local replica that owns them, in their order", () => {
  const owners = { w: [a, b], x: [b, c], y: [far, a], z: [b, a] };
  expect(grouped(ring([a, b, c], owners), keysOf("wxyz"))).toEqual([
    { host: a, indexes: [0, 2] },
    { host: b, indexes: [1, 3] },
  ]);
});

test("a node that is down is passed over", () => {
  const down = host("down", false);
  const owners = { x: [down, b], y: [b, down], z: [down] };
  expect(grouped(ring([down, b, c], owners), keysOf("xyz"))).toEqual([
    { host: b, indexes: [0, 1] },
    { host: undefined, indexes: [2] },
  ]);
});

test.each([
  ["one node", ring([a], {})],
  ["no node known", ring([], {})],
  ["as many replicas as nodes", ring([a, b], { x: [b, far, a], y: [a, b] })],
  ["a ring that is not known yet", ring([a, b, c], {})],
])("with %s there is one group, and any node will do", (_, cluster) => {
  expect(grouped(cluster, keysOf("xy"))).toEqual([{ host: undefined, indexes: [0, 1] }]);
});

test("no keys are no groups", () => {
  expect(grouped(ring([a, b, c], {}), [])).toEqual([]);
});

test("composite keys are hashed as the server does", () => {
  const asked: string[] = [];
  const cluster: Ring = {
    localHosts: [a, b, c],
    replicas(key) {
      asked.push(key.toString("hex"));
      return [c];
    },
  };
  grouped(cluster, [["k", "l"]]);
  expect(new Set(asked)).toEqual(new Set(["00016b0000016c00"]));
});
