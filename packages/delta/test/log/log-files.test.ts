import { describe, expect, it } from "vitest";
import { LogFiles } from "../../src/log/log-files.ts";

function version(number: number): string {
  return String(number).padStart(20, "0");
}

function part(number: number, index: number, count: number): string {
  const text = (value: number) => String(value).padStart(10, "0");
  return `${version(number)}.checkpoint.${text(index)}.${text(count)}.parquet`;
}

function logOf(...names: readonly string[]): LogFiles {
  return LogFiles.of(names.map((name) => ({ name, sizeBytes: 1, modifiedMs: 0 })));
}

function commits(...numbers: readonly number[]): string[] {
  return numbers.map((number) => `${version(number)}.json`);
}

function pathsBetween(files: LogFiles, from: number, to: number): unknown {
  const found = files.commitsBetween(from, to);
  return Array.isArray(found) ? found.map(({ path }) => path.slice("_delta_log/".length)) : found;
}

describe("LogFiles", () => {
  it("takes a checkpoint in parts only with all of them", () => {
    const files = logOf(part(4, 1, 2), part(4, 2, 2), part(8, 1, 3), part(8, 3, 3), part(8, 1, 2));
    expect(files.checkpoints.map((checkpoint) => checkpoint.version)).toEqual([4]);
    expect(files.checkpointUpTo(9)?.files).toHaveLength(2);
    expect(files.checkpointUpTo(3)).toBeUndefined();
    expect(files.latestVersion).toBe(4);
  });

  it("knows every kind of name and passes others over", () => {
    const uuid = "01234567-89ab-cdef-0123-456789abcdef";
    const files = logOf(
      ...commits(0, 1),
      `${version(1)}.crc`,
      `${version(1)}.json.tmp`,
      `${version(2)}.checkpoint.parquet`,
      `${version(3)}.checkpoint.${uuid}.json`,
      `${version(4)}.checkpoint.${uuid}.parquet`,
      "_last_checkpoint",
      "7.json",
    );
    expect(files.checkpoints.map(({ version: at, format }) => [at, format])).toEqual([
      [2, "parquet"],
      [3, "json"],
      [4, "parquet"],
    ]);
    expect([...files.commits.keys()]).toEqual([0, 1]);
    expect(logOf("_last_checkpoint").latestVersion).toBeUndefined();
  });

  it("takes the widest compacted commits that fit, and tells a gap", () => {
    const wide = `${version(1)}.${version(3)}.compacted.json`;
    const narrow = `${version(1)}.${version(2)}.compacted.json`;
    const files = logOf(...commits(0, 1, 2, 3, 4, 6), narrow, wide);
    expect(pathsBetween(files, -1, 4)).toEqual([...commits(0), wide, ...commits(4)]);
    expect(pathsBetween(files, 0, 2)).toEqual([narrow]);
    expect(pathsBetween(files, 1, 3)).toEqual(commits(2, 3));
    expect(pathsBetween(files, 4, 6)).toEqual({ missing: 5 });
    expect(pathsBetween(files, 4, 4)).toEqual([]);
  });
});
