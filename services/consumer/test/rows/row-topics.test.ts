import { expect, it } from "vitest";
import { rowTopics } from "../../src/rows/row-topics.ts";

function consumersOf(entries: Readonly<Record<string, readonly [topic: string, count: number]>>) {
  const all = Object.entries(entries).map(([tenantName, [topicName, numConsumers]]) => {
    return [
      tenantName,
      { tenantName, topicName, numConsumers, numPartitions: 8, updatedAt: 1 },
    ] as const;
  });
  return { consumers: new Map(all) };
}

it("tenants that share a topic share its group, as large as the largest wants", () => {
  const { topics, refused } = rowTopics(
    consumersOf({ a: ["rows", 1], b: ["own", 2], c: ["rows", 3], d: ["off", 0], e: ["huge", 1e9] }),
  );
  expect([...topics]).toEqual([
    ["rows", 3],
    ["own", 2],
    ["off", 0],
    ["huge", 1_000],
  ]);
  expect(refused).toEqual([]);
});

it("names that no topic can have are told, and nothing is made of them", () => {
  const { topics, refused } = rowTopics(consumersOf({ a: ["a/b", 1], b: ["", 1], c: ["ok", 1] }));
  expect([...topics.keys()]).toEqual(["ok"]);
  expect(refused).toEqual(["a/b", ""]);
});
