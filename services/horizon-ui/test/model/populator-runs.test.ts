import { describe, expect, it } from "vitest";
import type { PopulatorRun } from "../../src/api/populator.ts";
import {
  actionsFor,
  filterRuns,
  noteSightings,
  paceOf,
  remainingText,
  type Sightings,
  shareOf,
  sightingKey,
  targetText,
  versionsText,
} from "../../src/model/populator-runs.ts";

function run(more: Partial<PopulatorRun> = {}): PopulatorRun {
  return {
    name: "films",
    path: "/lake/films",
    state: "RUNNING",
    dialect: "block",
    entityLabel: "movie",
    mode: "changes",
    follow: "none",
    startVersion: 2,
    currentVersion: 3,
    endVersion: 5,
    fileCount: 2,
    doneShare: 0.5,
    sentCount: 0,
    rejectedCount: 0,
    skippedCount: 0,
    deletedCount: 0,
    sentBytes: 0,
    ignoredDeleteFileCount: 0,
    error: "",
    createdAt: 1,
    updatedAt: 2,
    ...more,
  };
}

describe("how far a run is", () => {
  it.each<[string, Partial<PopulatorRun>, number | undefined]>([
    ["versions that are done, and the part of the one that is not", {}, 1.5 / 4],
    ["all of it once it is completed", { state: "COMPLETED", doneShare: 0 }, 1],
    ["nothing before it has begun", { currentVersion: undefined, doneShare: undefined }, 0],
    ["the part of a snapshot", { mode: "snapshot", doneShare: 0.25 }, 0.25],
    ["not known of a run without an end", { endVersion: undefined, follow: "watch" }, undefined],
    ["not known of a snapshot that goes on", { mode: "snapshot", follow: "cron" }, undefined],
  ])("is %s", (_, more, share) => {
    expect(shareOf(run(more))).toBe(share);
  });
});

it("says versions and targets in words", () => {
  expect(versionsText(run())).toBe("3 of 2–5");
  expect(versionsText(run({ currentVersion: undefined }))).toBe("none yet of 2–5");
  expect(versionsText(run({ endVersion: undefined, follow: "watch" }))).toBe("3, from 2 on");
  expect(versionsText(run({ mode: "snapshot" }))).toBe("snapshot of 3");
  expect(targetText(run({ featureGroups: ["a", "b"] }))).toBe("movie (a, b)");
  expect(targetText({ featureGroupName: "g" })).toBe("g (latest version)");
  expect(targetText({ featureGroupName: "g", featureGroupVersion: "v2" })).toBe("g v2");
});

describe("a run's pace", () => {
  function seen(...looks: readonly (readonly [atMs: number, run: PopulatorRun])[]): Sightings {
    return looks.reduce<Sightings>(
      (before, [atMs, each]) => noteSightings(before, [each], atMs),
      new Map(),
    );
  }

  it("is not known before it was seen twice, nor where it does not run", () => {
    const first = run({ sentCount: 100 });
    const once = seen([1_000, first]);
    expect(paceOf(first, once.get(sightingKey(first)))).toBeUndefined();
    const paused = run({ state: "PAUSED", sentCount: 200 });
    const twice = seen([1_000, first], [5_000, paused]);
    expect(paceOf(paused, twice.get(sightingKey(paused)))).toBeUndefined();
  });

  it("is over what was seen within a minute, and tells when the end comes", () => {
    const last = run({ sentCount: 500, rejectedCount: 100, currentVersion: 4, doneShare: 0.5 });
    const sightings = seen([0, run()], [50_000, run({ sentCount: 400 })], [70_000, last]);
    const looks = sightings.get(sightingKey(last)) ?? [];
    expect(looks.map(({ atMs }) => atMs)).toEqual([50_000, 70_000]);
    // 0.25 of the whole in 20 s, and 0.375 to go.
    expect(paceOf(last, looks)).toEqual({ rowsPerSecond: 10, remainingSeconds: 30 });
  });

  it("has no end where nothing moves, and begins anew with another run of the name", () => {
    const still = seen([0, run()], [10_000, run()]);
    const pace = { rowsPerSecond: 0, remainingSeconds: undefined };
    expect(paceOf(run(), still.get(sightingKey(run())))).toEqual(pace);
    const other = run({ createdAt: 99, sentCount: 7 });
    const sightings = noteSightings(still, [other], 20_000);
    expect(sightings.get(sightingKey(other))).toHaveLength(1);
    expect(sightings.has(sightingKey(run()))).toBe(false);
  });

  it.each([
    [0, "1 s"],
    [42, "42 s"],
    [300, "5 min"],
    [7_200, "2 h"],
    [7_830, "2 h 11 min"],
  ])("of %i s is about %s", (seconds, text) => {
    expect(remainingText(seconds)).toBe(text);
  });
});

it("offers what the populator takes in each state", () => {
  expect(actionsFor(run())).toEqual(["pause", "cancel", "reset"]);
  expect(actionsFor(run({ state: "PAUSED" }))).toEqual(["resume", "cancel", "reset"]);
  expect(actionsFor(run({ state: "FAILED" }))).toEqual(["resume", "reset"]);
  expect(actionsFor(run({ state: "COMPLETED" }))).toEqual(["reset"]);
});

it("finds runs by state and by words of name, path and target", () => {
  const all = [run(), run({ name: "riders", entityLabel: "rider", state: "FAILED", path: "/r" })];
  const names = (text: string, state?: PopulatorRun["state"]): string[] =>
    filterRuns(all, { text, state }).map(({ name }) => name);
  expect(names("")).toEqual(["films", "riders"]);
  expect(names("LAKE movie")).toEqual(["films"]);
  expect(names("", "FAILED")).toEqual(["riders"]);
  expect(names("films", "FAILED")).toEqual([]);
});
