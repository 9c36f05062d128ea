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

const USER = entityOf("User", { user_id: "INT", season: "INT", day: "INT", country: "TEXT" }, [
  "user_id",
  "season",
  "day",
]);
const ADDRESS = { featureGroupName: "stats", featureGroupVersion: undefined };
const KEYS = ["user_id", "season", "day"];

async function openStats(): Promise<RowHarness> {
  const harness = await createRowHarness();
  const group = (version: string) =>
    groupOf("stats", "User", { Wins: "BIGINT", badge: "TEXT" }, { version });
  await harness.serve(catalogOf([USER], [group("v1"), group("v2")]));
  const write = (names: string[], values: readonly (readonly unknown[])[]) =>
    harness.engine.write({ ...ADDRESS, names, values: rows(values) }, WRITING);
  await write(
    [...KEYS, "Wins", "badge"],
    [
      [1, 2, 1, 12, "gold"],
      [1, 1, 2, 7, "tin"],
    ],
  );
  await write([...KEYS, "Wins"], [[1, 1, 1, 3]]);
  await write(KEYS, [[2, 1, 1]]);
  return harness;
}

function read(harness: RowHarness, columns: string[], keys: unknown[][], keyNames = KEYS) {
  return harness.engine
    .read({ ...ADDRESS, columns, keyNames, keys: rows(keys) }, CONTEXT)
    .then(({ featureGroupVersion, successfulKeys, failedKeys }) => ({
      version: featureGroupVersion,
      found: successfulKeys.map(({ key, features }) => [plain(key), features]),
      failed: failedKeys.map(plain),
    }));
}

describe("reading by key", () => {
  test("answers in the order asked for; what is no key comes first among those that fail", async () => {
    const answer = await read(
      await openStats(),
      ["badge", "user_id", "Wins"],
      [
        [9, 9, 9],
        [1, 1, 2],
        ["x", 1, 1],
        [1, 1, 1],
      ],
    );
    expect(answer).toEqual({
      version: "v2",
      found: [
        [
          [1, 1, 2],
          ['"tin"', "1", "7"],
        ],
        [
          [1, 1, 1],
          ["null", "1", "3"],
        ],
      ],
      failed: [
        ["x", 1, 1],
        [9, 9, 9],
      ],
    });
  });

  test("a row without any of the values asked for counts as absent, unless only keys are asked for", async () => {
    const harness = await openStats();
    expect((await read(harness, ["user_id", "badge"], [[1, 1, 1]])).failed).toEqual([[1, 1, 1]]);
    const { found } = await read(
      harness,
      ["user_id"],
      [
        [2, 1, 1],
        [2, 1, 2],
      ],
    );
    expect(found).toEqual([[[2, 1, 1], ["2"]]]);
  });

  test("with the first keys only, in any order, answers the first row", async () => {
    const harness = await openStats();
    const { found } = await read(
      harness,
      ["season", "day"],
      [
        [1, 1],
        [2, 1],
      ],
      ["season", "user_id"],
    );
    expect(found).toEqual([
      [
        [1, 1],
        ["1", "1"],
      ],
      [
        [2, 1],
        ["2", "1"],
      ],
    ]);
    expect((await read(harness, ["day"], [[1]], ["user_id"])).found).toEqual([[[1], ["1"]]]);
  });

  test("other versions have values of their own", async () => {
    const harness = await openStats();
    const request = { ...ADDRESS, featureGroupVersion: "v1", columns: ["Wins"], keyNames: KEYS };
    const answer = await harness.engine.read({ ...request, keys: rows([[1, 1, 1]]) }, CONTEXT);
    expect(answer).toMatchObject({ featureGroupVersion: "v1", successfulKeys: [] });
  });

  test("folded names are matched in any case", async () => {
    const harness = await openStats();
    const request = { ...ADDRESS, featureGroupName: "Stats", isFolded: true };
    const answer = await harness.engine.read(
      { ...request, columns: ["WINS"], keyNames: ["USER_ID"], keys: rows([[1]]) },
      CONTEXT,
    );
    expect(answer.successfulKeys[0]?.features).toEqual(["3"]);
  });

  test.each([
    ["an unknown column", ["nope"], KEYS, [1, 1, 1]],
    ["a column twice", ["Wins", "Wins"], KEYS, [1, 1, 1]],
    ["a key that is none", ["Wins"], ["user_id", "country"], [1, 1]],
    ["a key twice", ["Wins"], ["user_id", "user_id"], [1, 1]],
    ["a gap in the keys", ["Wins"], ["user_id", "day"], [1, 1]],
    ["no partition key", ["Wins"], ["season"], [1]],
    ["a short key", ["Wins"], KEYS, [1, 1]],
  ])("is refused for %s", async (_, columns, keyNames, key) => {
    const answer = read(await openStats(), columns, [key], keyNames);
    await expect(answer).rejects.toMatchObject({
      code: "FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION",
    });
  });

  test("fails as a whole where the store fails on a key", async () => {
    const harness = await openStats();
    const fault = new FeatureStoreError("UNAVAILABLE", "down");
    harness.store("default-tenant").fault = ([key]) => (key?.at(-1) === 2 ? fault : undefined);
    const answer = read(
      harness,
      ["Wins"],
      [
        [1, 1, 1],
        [2, 1, 1],
      ],
    );
    await expect(answer).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: "feature group stats v2: 1 of 2 keys could not be read: down",
    });
  });

  test("several reads in one fail by themselves, in order", async () => {
    const harness = await openStats();
    const request = { ...ADDRESS, columns: ["Wins"], keyNames: KEYS, keys: rows([[1, 1, 1]]) };
    const outcomes = await harness.engine.multiRead(
      [request, { ...request, featureGroupVersion: "v7" }, request],
      CONTEXT,
    );
    expect(
      outcomes.map(({ answer, error }) => error?.message ?? answer?.successfulKeys.length),
    ).toEqual([1, "feature group not found", 1]);
  });
});

describe("reading a partition", () => {
  async function scan(harness: RowHarness, columns: string[], keyNames: string[], key: unknown[]) {
    const [values = []] = rows([key]);
    const answer = await harness.engine.scan(
      { ...ADDRESS, columns, keyNames, key: values },
      CONTEXT,
    );
    const texts: string[] = [];
    for await (const page of answer.pages) texts.push(...page);
    return texts;
  }

  test("answers its rows in clustering order, without those that have no value", async () => {
    const harness = await openStats();
    expect(await scan(harness, ["day", "Wins", "season"], ["user_id"], [1])).toEqual([
      "[1,3,1]",
      "[2,7,1]",
      "[1,12,2]",
    ]);
    expect(await scan(harness, ["badge"], ["user_id"], [1])).toEqual(['["tin"]', '["gold"]']);
    expect(await scan(harness, ["season", "day"], ["user_id", "season"], [1, 1])).toEqual([
      "[1,1]",
      "[1,2]",
    ]);
    expect(await scan(harness, ["user_id"], ["user_id"], [2])).toEqual(["[2]"]);
  });

  test("of a key that is not there or no key is empty", async () => {
    const harness = await openStats();
    expect(await scan(harness, ["Wins"], ["user_id"], [99])).toEqual([]);
    expect(await scan(harness, ["Wins"], ["user_id"], ["x"])).toEqual([]);
  });

  test("is refused for keys that do not fit", async () => {
    const harness = await openStats();
    const code = "FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION";
    await expect(scan(harness, ["Wins"], ["season"], [1])).rejects.toMatchObject({ code });
    await expect(scan(harness, ["Wins"], ["user_id"], [1, 2])).rejects.toMatchObject({ code });
  });

  test("goes over all pages, and is counted", async () => {
    const harness = await openStats();
    const count = 1_203;
    const values = rows(Array.from({ length: count }, (_, day) => [5, 1, day, day]));
    await harness.engine.write({ ...ADDRESS, names: [...KEYS, "Wins"], values }, WRITING);
    const texts = await scan(harness, ["Wins"], ["user_id"], [5]);
    expect(texts).toEqual(Array.from({ length: count }, (_, day) => `[${day}]`));
    const text = await harness.metrics.metrics();
    const labels = '{feature_group_name="stats",feature_group_version="v2"}';
    expect(text).toContain(`ofs_feature_group_partition_read_success_total${labels} 1`);
    expect(text).toContain(`ofs_feature_group_write_success_total${labels} ${count + 4}`);
  });

  test("fails where the store does", async () => {
    const harness = await openStats();
    harness.store("default-tenant").fault = () => new FeatureStoreError("UNAVAILABLE", "down");
    const answer = scan(harness, ["Wins"], ["user_id"], [1]);
    await expect(answer).rejects.toMatchObject({ name: "RowStoreError", code: "UNAVAILABLE" });
  });
});
