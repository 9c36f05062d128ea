import { entityTree, type RegistryEntries } from "@ofs/testkit";
import { expect, test } from "vitest";
import { createHarness, snapshotOf } from "./harness.ts";

const CACHES = [
  { cache: "distributed", entitySwitch: "entities/user/distributed-cache/enabled" },
  { cache: "process", entitySwitch: "entities/user/in-memory-cache/enabled" },
] as const;
const SWITCHES = CACHES.flatMap(({ cache, entitySwitch }) => [
  { cache, level: "entity", off: { [entitySwitch]: "false" } },
  {
    cache,
    level: "group",
    off: {
      [`entities/user/feature-groups/counts/${cache === "process" ? "in-memory" : cache}-cache-enabled`]:
        "false",
    },
  },
]);

function treeOf(cache: "process" | "distributed"): RegistryEntries {
  const counts = { id: 0, type: "Int32", versions: [{ n: {} }], [cache]: true };
  return entityTree("user", ["id"], { counts });
}

const READ = {
  entityLabel: "user",
  keysSchema: ["id"],
  featureGroups: [{ label: "counts", featureLabels: ["n"] }],
  keys: [{ cols: ["k"] }],
};
const write = (value: number) => ({
  entityLabel: "user",
  keysSchema: ["id"],
  featureGroupSchema: [{ label: "counts", featureLabels: ["n"] }],
  data: [{ keyValues: ["k"], featureValues: [{ values: { int32Values: [value] } }] }],
});

test.each(SWITCHES)(
  "a write while the $cache cache is off at the $level is read after it is on again",
  async ({ cache, off }) => {
    const harness = createHarness(treeOf(cache));
    await harness.persist(write(1));
    harness.distributed.records.clear(); // the tombstone's time is over
    expect((await harness.retrieve(READ)).hex).toEqual([["01000000"]]);
    harness.snapshot = snapshotOf({ ...treeOf(cache), ...off }, 2);
    await harness.persist(write(2));
    harness.snapshot = snapshotOf(treeOf(cache), 3);
    expect((await harness.retrieve(READ)).hex).toEqual([["02000000"]]);
  },
);
