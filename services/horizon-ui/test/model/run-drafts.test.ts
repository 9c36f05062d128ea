import { describe, expect, it } from "vitest";
import {
  type MappingTarget,
  mappingTroubles,
  NEW_RUN,
  problemsByField,
  problemsOfMessage,
  type RunDraft,
  runBody,
  suggestColumns,
} from "../../src/model/run-drafts.ts";

function draft(more: Partial<RunDraft>): RunDraft {
  return { ...NEW_RUN, name: " films ", path: " /lake/films ", entity: "movie", ...more };
}

const COMMON = { tableName: "films", path: "/lake/films" };

describe("the body of a run", () => {
  it.each<[string, Partial<RunDraft>, object]>([
    ["a snapshot of the latest", {}, { entityLabel: "movie", mode: "snapshot" }],
    [
      "a version of a folder of Parquet files",
      { format: "parquet", version: "0" },
      { entityLabel: "movie", mode: "snapshot", version: 0, format: "parquet" },
    ],
    [
      "versions, with deletes where somebody chose",
      {
        mode: "changes",
        startVersion: "1",
        endVersion: "4",
        deletes: "tombstone",
        maxRejects: "0",
      },
      { entityLabel: "movie", startVersion: 1, endVersion: 4, deletes: "tombstone", maxRejects: 0 },
    ],
    [
      "versions for ever, which have no last one",
      { mode: "changes", startVersion: "1", endVersion: "4", follow: "watch" },
      { entityLabel: "movie", startVersion: 1, watch: true },
    ],
    [
      "versions at times",
      { mode: "changes", startVersion: "1", follow: "schedule", schedule: " 0 * * * * " },
      { entityLabel: "movie", startVersion: 1, schedule: "0 * * * *" },
    ],
    [
      "no deletes of a snapshot",
      { deletes: "tombstone" },
      { entityLabel: "movie", mode: "snapshot" },
    ],
    [
      "a feature group, columns and conditions",
      {
        dialect: "row",
        featureGroup: "stats",
        featureGroupVersion: "v2",
        columns: [
          { column: "id", type: "long", target: "user_id" },
          { column: "note", type: "string", target: "" },
        ],
        filter: [
          { column: "a", operator: ">=", value: "5" },
          { column: "b", operator: "isNull", value: "left over" },
        ],
      },
      {
        featureGroupName: "stats",
        featureGroupVersion: "v2",
        mode: "snapshot",
        columns: { id: "user_id" },
        filter: [
          { column: "a", operator: ">=", value: "5" },
          { column: "b", operator: "isNull" },
        ],
      },
    ],
  ])("asks for %s", (_, more, body) => {
    expect(runBody(draft(more))).toEqual({ ...COMMON, ...body });
  });
});

describe("columns", () => {
  const targets: readonly MappingTarget[] = [
    { target: "movie_id", name: "movie_id", type: "key", isKey: true },
    { target: "ratings:stars", name: "stars", type: "FP32", isKey: false },
    { target: "old:votes", name: "votes", type: "Int32", isKey: false },
    { target: "new:votes", name: "votes", type: "Int32", isKey: false },
  ];
  const schema = { movie_id: "string", stars: "double", votes: "long", note: "string" };

  it("become what is called so but once, and what was chosen before", () => {
    const first = suggestColumns(schema, targets, []);
    expect(first.map(({ target }) => target)).toEqual(["movie_id", "ratings:stars", "", ""]);
    const chosen = [
      { column: "note", type: "", target: "old:votes" },
      { column: "stars", type: "", target: "gone" },
    ];
    const again = suggestColumns(schema, targets, chosen);
    expect(again.map(({ target }) => target)).toEqual([
      "movie_id",
      "ratings:stars",
      "",
      "old:votes",
    ]);
  });

  it("are in trouble without their keys, twice, or with nothing but keys", () => {
    const one = { column: "a", type: "", target: "ratings:stars" };
    const key = { column: "k", type: "", target: "movie_id" };
    expect(mappingTroubles([], targets)).toEqual([]);
    expect(mappingTroubles([key, one], targets)).toEqual([]);
    expect(mappingTroubles([one, { ...one, column: "b" }], targets)).toEqual([
      "no column is the key movie_id",
      "ratings:stars has more than one column",
    ]);
    expect(mappingTroubles([key], targets)).toEqual(["nothing but keys would be sent"]);
  });
});

it("places problems at fields of the form", () => {
  const problems = [
    { field: "tableName", message: "too short" },
    { field: "filter.0.value", message: "no number" },
    { field: "columns.a.b", message: "no such feature" },
    { field: "columns.a.b", message: "twice" },
  ];
  expect(problemsByField(problems)).toEqual({
    name: "too short",
    "filter.0.value": "no number",
    "columns.a.b": "no such feature; twice",
  });
});

it("knows which field a refusal begins with", () => {
  const message = "endVersion 9 is beyond the latest version, 0";
  expect(problemsOfMessage(message)).toEqual([{ field: "endVersion", message }]);
  expect(problemsOfMessage("no such table")).toEqual([]);
  expect(problemsOfMessage("")).toEqual([]);
});
