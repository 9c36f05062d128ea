import { describe, expect, it } from "vitest";
import { type Follow, NO_PROGRESS, type Run, type RunSource } from "../../src/runs/model.ts";
import { nextTimeMs, nextVersion } from "../../src/runs/planner.ts";
import { cutFiles } from "../../src/runs/table-source.ts";

const NONE: Follow = { kind: "none" };
const WATCH: Follow = { kind: "watch" };

function run(source: RunSource, plannedVersion: number, follow: Follow): Run {
  return {
    spec: {
      tableName: "t",
      path: "/t",
      format: "delta",
      source,
      target: { dialect: "block", entityLabel: "e", groups: undefined },
      tenantName: "x",
      topicName: "x",
      runId: "x",
      columns: undefined,
      filter: [],
      maxRejects: 0,
      follow,
      deletes: "report",
    },
    generation: 1,
    state: "RUNNING",
    plannedVersion,
    nextCheckMs: 0,
    writeTimeMs: 0,
    progress: NO_PROGRESS,
    deleteFileCount: 0,
    error: "",
    createdMs: 0,
    updatedMs: 0,
    isReported: false,
    samples: [],
  };
}

describe("nextVersion", () => {
  const range = { mode: "changes", startVersion: 3, endVersion: 5 } as const;
  const open = { mode: "changes", startVersion: 3, endVersion: undefined } as const;
  const latest = { mode: "snapshot", version: undefined } as const;
  it.each<[RunSource, number, Follow, number, number | undefined]>([
    [range, -1, NONE, 9, 3],
    [range, 4, NONE, 9, 5],
    [range, 5, NONE, 9, undefined],
    [open, -1, WATCH, 2, undefined],
    [open, 3, WATCH, 4, 4],
    [open, 4, WATCH, 4, undefined],
    [latest, -1, NONE, 7, 7],
    [latest, 7, NONE, 8, undefined],
    [latest, 7, WATCH, 9, 9],
    [latest, 9, WATCH, 9, undefined],
    [{ mode: "snapshot", version: 2 }, -1, NONE, 7, 2],
    [{ mode: "snapshot", version: 2 }, 2, WATCH, 7, undefined],
  ])("of %j after %d, %j, with %d there: %s", (source, planned, follow, there, expected) => {
    expect(nextVersion(run(source, planned, follow), there)).toBe(expected);
  });

  it("fails where a version that was asked for is not there", () => {
    expect(() => nextVersion(run(range, 4, NONE), 4)).toThrow(
      "version 5 of /t is not there; the latest is 4",
    );
  });
});

describe("nextTimeMs", () => {
  it("is the next time in UTC", () => {
    const now = Date.parse("2026-01-01T10:00:00Z");
    expect(nextTimeMs("30 3 * * *", now)).toBe(Date.parse("2026-01-02T03:30:00Z"));
  });

  it("refuses what is no expression, or never comes", () => {
    expect(() => nextTimeMs("61 * * * *", 0)).toThrow(/^schedule 61 \* \* \* \*: /);
    expect(() => nextTimeMs("0 0 31 2 *", 0)).toThrow("schedule 0 0 31 2 * never comes");
  });
});

describe("cutFiles", () => {
  const file = {
    path: "f",
    sizeBytes: 1,
    partitionValues: new Map(),
    deletionVector: undefined,
    stats: undefined,
  };
  it("cuts files into parts that have every row once", () => {
    const parts = cutFiles(
      [
        { ...file, rowCount: 250 },
        { ...file, rowCount: 0 },
        { ...file, rowCount: undefined },
      ],
      100,
    );
    expect(parts.map(({ fromRow, toRow }) => [fromRow, toRow])).toEqual([
      [0, 100],
      [100, 200],
      [200, undefined],
      [0, undefined],
      [0, undefined],
    ]);
  });
});
