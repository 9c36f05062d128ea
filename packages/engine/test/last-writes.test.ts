import { FeatureStoreError } from "@ofs/platform";
import { entityTree } from "@ofs/testkit";
import { describe, expect, test } from "vitest";
import { createHarness } from "./harness.ts";

const TREE = entityTree("user", ["id"], {
  scores: { id: 0, type: "Int32", versions: [{ n: {} }] },
  ages: { id: 1, type: "Int32", versions: [{ n: {} }] },
});
const SERIES = /^ofs_feature_group_last_write_timestamp_seconds\{.*$/gm;

type Harness = ReturnType<typeof createHarness>;

function persist(harness: Harness, group: string): Promise<string> {
  return harness.persist({
    entityLabel: "user",
    keysSchema: ["id"],
    featureGroupSchema: [{ label: group, featureLabels: ["n"] }],
    data: [{ keyValues: ["1"], featureValues: [{ values: { int32Values: [1] } }] }],
  });
}

async function lastWrites({ metrics }: Harness): Promise<string[]> {
  return (await metrics.metrics()).match(SERIES) ?? [];
}

const series = (group: string, seconds: number): string =>
  `ofs_feature_group_last_write_timestamp_seconds{entity="user",feature_group="${group}"} ${seconds}`;

describe("the time of the last write", () => {
  test("is each group's own, and moves with its writes only", async () => {
    const harness = createHarness(TREE);
    expect(await lastWrites(harness)).toEqual([]);
    const firstSeconds = harness.nowMs / 1000;
    await persist(harness, "scores");
    harness.nowMs += 5_000;
    await persist(harness, "ages");
    expect(await lastWrites(harness)).toEqual([
      series("scores", firstSeconds),
      series("ages", firstSeconds + 5),
    ]);
    harness.nowMs += 1_000;
    await persist(harness, "scores");
    expect(await lastWrites(harness)).toContain(series("scores", firstSeconds + 6));
  });

  test("is not that of a write that no store took", async () => {
    const harness = createHarness(TREE);
    harness.store.writeFailure = new FeatureStoreError("UNAVAILABLE", "away");
    await expect(persist(harness, "scores")).rejects.toThrow("away");
    expect(await lastWrites(harness)).toEqual([]);
  });
});
