import { FeatureStoreError } from "@ofs/platform";
import { describe, expect, test } from "vitest";
import { catalogOf, entityOf, groupOf } from "../../../rows/test/support/row-objects.ts";
import {
  CONTEXT,
  createRowHarness,
  plain,
  type RowHarness,
  rows,
  WRITING,
} from "./support/row-harness.ts";

const KEYS = ["user_id", "season"];
const USER = entityOf("User", { user_id: "INT", season: "INT", country: "TEXT" }, KEYS);
const STATS = { wins: "BIGINT", badge: "TEXT" } as const;

async function open(extra: Parameters<typeof groupOf>[3] = {}): Promise<RowHarness> {
  const harness = await createRowHarness();
  await harness.serve(
    catalogOf([USER], [groupOf("stats", "User", STATS, extra), groupOf("other", "User", STATS)]),
  );
  return harness;
}

const address = (featureGroupName: string) => ({
  featureGroupName,
  featureGroupVersion: undefined,
});

function write(
  { engine }: RowHarness,
  group: string,
  names: readonly string[],
  values: readonly (readonly unknown[])[],
  writeTimeMicros?: number,
) {
  return engine.write(
    { ...address(group), names: [...KEYS, ...names], values: rows(values), writeTimeMicros },
    WRITING,
  );
}

function remove(
  { engine }: RowHarness,
  keys: readonly (readonly unknown[])[],
  writeTimeMicros?: number,
) {
  const request = { ...address("stats"), keyNames: KEYS, keys: rows(keys), writeTimeMicros };
  return engine.delete(request, WRITING);
}

async function read({ engine }: RowHarness, group: string, columns: string[], key: unknown[]) {
  const answer = await engine.read(
    { ...address(group), columns, keyNames: KEYS, keys: rows([key]) },
    CONTEXT,
  );
  return answer.successfulKeys[0]?.features.join();
}

describe("keys of which a feature group is deleted", () => {
  test("are reported as sent, those that do not fit apart", async () => {
    const harness = await open();
    const answer = await remove(harness, [
      [1, 2024],
      [1, "x"],
    ]);
    expect(answer).toMatchObject({ featureGroupVersion: "v1", keyNames: KEYS });
    expect(answer.successfulKeys.map(plain)).toEqual([[1, 2024]]);
    expect(answer.failedKeys.map(plain)).toEqual([[1, "x"]]);
  });

  test("are found no more, if nothing else of the row is there", async () => {
    const harness = await open();
    await write(harness, "stats", ["wins", "badge"], [[1, 2024, 12, "gold"]]);
    expect(await read(harness, "stats", ["wins"], [1, 2024])).toBe("12");
    await remove(harness, [[1, 2024]]);
    expect(await read(harness, "stats", ["wins"], [1, 2024])).toBeUndefined();
    await write(harness, "stats", ["wins"], [[1, 2024, 13]]);
    expect(await read(harness, "stats", ["wins", "badge"], [1, 2024])).toBe("13,null");
  });

  test("keep the columns of other groups and of the entity", async () => {
    const harness = await open();
    await write(harness, "stats", ["wins", "country"], [[1, 2024, 12, "FR"]]);
    await write(harness, "other", ["wins"], [[1, 2024, 99]]);
    await remove(harness, [[1, 2024]]);
    expect(await read(harness, "stats", ["wins", "badge", "country"], [1, 2024])).toBe(
      'null,null,"FR"',
    );
    expect(await read(harness, "other", ["wins"], [1, 2024])).toBe("99");
  });

  test("hold what is newer", async () => {
    const harness = await open();
    await write(harness, "stats", ["wins"], [[1, 2024, 12]], 20);
    await remove(harness, [[1, 2024]], 10);
    expect(await read(harness, "stats", ["wins"], [1, 2024])).toBe("12");
    await remove(harness, [[1, 2024]], 20);
    expect(await read(harness, "stats", ["wins"], [1, 2024])).toBeUndefined();
    await write(harness, "stats", ["wins"], [[1, 2024, 12]], 20);
    expect(await read(harness, "stats", ["wins"], [1, 2024])).toBeUndefined();
  });
});

describe("a delete", () => {
  test("names the primary keys, all of them and nothing else", async () => {
    const { engine } = await open();
    for (const keyNames of [["user_id"], [...KEYS, "wins"], [...KEYS, "nothing"]]) {
      const keys = rows([keyNames.map(() => 1)]);
      await expect(engine.delete({ ...address("stats"), keyNames, keys }, WRITING)).rejects.toThrow(
        expect.objectContaining({ code: "FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION" }),
      );
    }
  });

  test("goes to both tenants, and fails with the store that did not take it", async () => {
    const harness = await open({ tenant: { read: "reads", write: "writes" } });
    await write(harness, "stats", ["wins"], [[1, 2024, 12]]);
    expect(await read(harness, "stats", ["wins"], [1, 2024])).toBe("12");
    const away = new FeatureStoreError("UNAVAILABLE", "the store is away");
    harness.store("reads").fault = () => away;
    await expect(remove(harness, [[1, 2024]])).rejects.toThrow("none of 1 rows was deleted");
    harness.store("reads").fault = () => undefined;
    await remove(harness, [[1, 2024]]);
    expect(await read(harness, "stats", ["wins"], [1, 2024])).toBeUndefined();
    expect(await harness.metrics.metrics()).toContain(
      'ofs_feature_group_delete_success_total{feature_group_name="stats",feature_group_version="v1"} 1',
    );
  });
});
