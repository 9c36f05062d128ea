import { FeatureStoreError } from "@ofs/platform";
import type { ColumnType } from "@ofs/rows";
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

const USER = entityOf("User", { user_id: "INT", season: "INT", country: "TEXT" }, [
  "user_id",
  "season",
]);
const STATS = { wins: "BIGINT", badge: "TEXT" } as const;

async function openStats(extra: Parameters<typeof groupOf>[3] = {}): Promise<RowHarness> {
  const harness = await createRowHarness();
  await harness.serve(catalogOf([USER], [groupOf("stats", "User", STATS, extra)]));
  return harness;
}

const ADDRESS = { featureGroupName: "stats", featureGroupVersion: undefined };
const NAMES = ["user_id", "season", "wins", "badge"];

async function readAll(harness: RowHarness, keys: readonly (readonly unknown[])[]) {
  const answer = await harness.engine.read(
    { ...ADDRESS, columns: ["wins", "badge"], keyNames: ["user_id", "season"], keys: rows(keys) },
    CONTEXT,
  );
  return answer.successfulKeys.map(({ key, features }) => [plain(key), features.join()]);
}

describe("rows that are written", () => {
  test("are reported as sent, those that do not fit apart", async () => {
    const { engine } = await openStats();
    const values = rows([
      [71, 2024, 12, "gold"],
      [72, "x", 3, "tin"],
      [73, 2024, null, "tin"],
    ]);
    const answer = await engine.write({ ...ADDRESS, names: NAMES, values }, WRITING);
    expect(answer).toMatchObject({ featureGroupVersion: "v1", featureColumns: NAMES });
    expect(answer.successfulRows).toEqual([values[0]]);
    expect(answer.failedRows).toEqual([values[1], values[2]]);
  });

  test("keep the values of columns that are not among them", async () => {
    const harness = await openStats();
    const key = [71, 2024];
    const write = (names: string[], values: readonly unknown[]) =>
      harness.engine.write({ ...ADDRESS, names, values: rows([[...key, ...values]]) }, WRITING);
    await write(NAMES, [12, "gold"]);
    await write(["user_id", "season", "badge"], ["tin"]);
    expect(await readAll(harness, [key])).toEqual([[key, '12,"tin"']]);
  });

  test("with equal keys become one, the last, and each is reported", async () => {
    const harness = await openStats();
    const values = rows([
      [1, 1, 10, "a"],
      [2, 1, 20, "b"],
      [1, 1, 11, "c"],
      ["1", 1, 12, "d"],
    ]);
    const answer = await harness.engine.write({ ...ADDRESS, names: NAMES, values }, WRITING);
    expect(answer.successfulRows).toEqual(values);
    expect(harness.store("default-tenant").writes[0]?.rows).toHaveLength(2);
    expect(await readAll(harness, [[1, 1]])).toEqual([[[1, 1], '12,"d"']]);
  });

  test("with times of their own and equal keys: the newest wins", async () => {
    const harness = await openStats();
    const values = rows([
      [1, 1, 10, "new"],
      [1, 1, 11, "old"],
    ]);
    const request = { ...ADDRESS, names: NAMES, values, writeTimeMicros: [2_000_000, 1_000_000] };
    await harness.engine.write(request, WRITING);
    expect(await readAll(harness, [[1, 1]])).toEqual([[[1, 1], '10,"new"']]);
  });

  test("do not replace newer ones", async () => {
    const harness = await openStats();
    await harness.engine.write(
      { ...ADDRESS, names: NAMES, values: rows([[1, 1, 5, "now"]]) },
      WRITING,
    );
    const values = rows([[1, 1, 6, "then"]]);
    await harness.engine.write(
      { ...ADDRESS, names: NAMES, values, writeTimeMicros: 1_000 },
      WRITING,
    );
    expect(await readAll(harness, [[1, 1]])).toEqual([[[1, 1], '5,"now"']]);
  });

  test("whose decimal clustering keys differ in scale alone are one row", async () => {
    const harness = await createRowHarness();
    const types: Record<string, ColumnType> = { id: "DECIMAL", rank: "DECIMAL" };
    await harness.serve(
      catalogOf([entityOf("e", types, ["id", "rank"])], [groupOf("g", "e", { v: "INT" })]),
    );
    const write = { featureGroupName: "g", featureGroupVersion: "v1", names: ["id", "rank", "v"] };
    const values = rows([
      ["1.0", "2.50", 1],
      ["1.0", "2.5", 2],
      ["1.00", "2.5", 3],
    ]);
    const answer = await harness.engine.write({ ...write, values }, WRITING);
    expect(answer.successfulRows).toEqual(values);
    const written = harness.store("default-tenant").writes[0]?.rows;
    expect(written?.map((row) => row.values[0]?.at(-1))).toEqual([2, 3]);
  });

  test("with a key that no store can hold fail by themselves", async () => {
    const harness = await createRowHarness();
    await harness.serve(
      catalogOf([entityOf("e", { id: "TEXT" }, ["id"])], [groupOf("g", "e", { v: "INT" })]),
    );
    const values = rows([
      ["", 1],
      ["a", 2],
    ]);
    const request = {
      featureGroupName: "g",
      featureGroupVersion: undefined,
      names: ["id", "v"],
      values,
    };
    const answer = await harness.engine.write(request, WRITING);
    expect(answer.successfulRows).toEqual([values[1]]);
    expect(answer.failedRows).toEqual([values[0]]);
  });
});

describe("a write is refused", () => {
  const refusal = async (request: object, harness?: RowHarness): Promise<unknown> => {
    const { engine } = harness ?? (await openStats());
    return engine
      .write({ ...ADDRESS, names: NAMES, values: rows([[1, 1, 1, "a"]]), ...request }, WRITING)
      .then(
        () => "written",
        (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
      );
  };
  const SCHEMA = "FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION: invalid feature group schema";

  test.each([
    ["a name twice", { names: ["user_id", "season", "wins", "wins"] }],
    ["an unknown name", { names: ["user_id", "season", "wins", "nope"] }],
    ["another case", { names: ["User_id", "season", "wins", "badge"] }],
    ["a key missing", { names: ["user_id", "wins", "badge", "country"] }],
    [
      "a short row",
      {
        values: rows([
          [1, 1, 1, "a"],
          [1, 1],
        ]),
      },
    ],
  ])("for %s", async (_, request) => {
    expect(await refusal(request)).toBe(SCHEMA);
  });

  test("for an unknown group or version", async () => {
    const text = "OFS-V2-ADMIN-SERVICE-EXCEPTION: feature group not found";
    expect(await refusal({ featureGroupName: "nope" })).toBe(text);
    expect(await refusal({ featureGroupVersion: "v9" })).toBe(text);
  });

  test("for an archived version", async () => {
    const archived = await openStats({ state: "ARCHIVED" });
    const text = "FEATURE-GROUP-STATE-EXCEPTION: feature group is archived";
    expect(await refusal({}, archived)).toBe(text);
    expect(await refusal({ names: ["nope"] }, archived)).toBe(text);
  });

  test("while there is no registry", async () => {
    const text = "OFS-V2-METASTORE-UNAVAILABLE-EXCEPTION: metastore unavailable";
    expect(await refusal({}, await createRowHarness())).toBe(text);
  });

  test("for a tenant without a connection", async () => {
    const harness = await openStats({ tenant: { write: "nowhere" } });
    expect(await refusal({}, harness)).toMatch(/^FAILED_PRECONDITION: tenant nowhere/);
  });
});

describe("where the store fails", () => {
  const DOWN = new FeatureStoreError("UNAVAILABLE", "down");
  const values = rows([
    [1, 1, 1, "a"],
    [2, 1, 2, "b"],
    ["x", 1, 2, "c"],
  ]);

  test("its rows are failed rows while others are written", async () => {
    const harness = await openStats();
    harness.store("default-tenant").fault = ([key]) => (key?.at(-1) === 1 ? DOWN : undefined);
    const answer = await harness.engine.write({ ...ADDRESS, names: NAMES, values }, WRITING);
    expect(answer.successfulRows).toEqual([values[1]]);
    expect(answer.failedRows).toEqual([values[0], values[2]]);
  });

  test("on all rows that fit, the request fails", async () => {
    const harness = await openStats();
    harness.store("default-tenant").fault = () => DOWN;
    const written = harness.engine.write({ ...ADDRESS, names: NAMES, values }, WRITING);
    await expect(written).rejects.toMatchObject({ name: "RowStoreError", code: "UNAVAILABLE" });
  });

  test("rows that do not fit alone are no failure", async () => {
    const harness = await openStats();
    harness.store("default-tenant").fault = () => DOWN;
    const misfits = [values[2] ?? []];
    const answer = await harness.engine.write(
      { ...ADDRESS, names: NAMES, values: misfits },
      WRITING,
    );
    expect(answer.failedRows).toEqual(misfits);
  });
});

describe("replicated writes", () => {
  const TENANT = { read: "reading", write: "writing" };
  const request = { ...ADDRESS, names: NAMES, values: rows([[1, 1, 1, "a"]]) };

  test("go to both stores, and rows succeed that both have taken", async () => {
    const harness = await openStats({ tenant: TENANT });
    await harness.engine.write(request, WRITING);
    expect(harness.store("writing").writes).toHaveLength(1);
    expect(await readAll(harness, [[1, 1]])).toHaveLength(1);
    harness.store("reading").fault = () => new FeatureStoreError("INTERNAL", "broken");
    const written = harness.engine.write(request, WRITING);
    await expect(written).rejects.toMatchObject({ code: "INTERNAL" });
  });

  test("can be switched off", async () => {
    const harness = await openStats({ tenant: TENANT });
    await harness.engine.write(request, { ...WRITING, isReplicated: false });
    expect(harness.store("reading").writes).toHaveLength(0);
    expect(await readAll(harness, [[1, 1]])).toEqual([]);
  });
});

describe("several writes in one", () => {
  test("succeed and fail by themselves, in order; of equal keys the last counts", async () => {
    const harness = await openStats();
    const write = (wins: number) => ({
      ...ADDRESS,
      names: NAMES,
      values: rows([[1, 1, wins, "a"]]),
    });
    const requests = [write(1), { ...write(2), featureGroupName: "nope" }, write(3)];
    const outcomes = await harness.engine.bulkWrite(requests, WRITING);
    expect(outcomes.map(({ error }) => error?.message)).toEqual([
      undefined,
      "feature group not found",
      undefined,
    ]);
    expect(await readAll(harness, [[1, 1]])).toEqual([[[1, 1], '3,"a"']]);
  });
});
