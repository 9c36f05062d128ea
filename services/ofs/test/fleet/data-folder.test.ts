import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataFolder } from "../../src/fleet/data-folder.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

let temporary: ReturnType<typeof temporaryFolder>;
let path: string;

beforeEach(() => {
  temporary = temporaryFolder();
  path = join(temporary.path, "data");
});

afterEach(() => temporary.remove());

describe("DataFolder.prepare", () => {
  it("creates the folder, and takes it again with what it remembers", () => {
    const folder = DataFolder.prepare(path);
    expect(folder.readSampleState()).toBe("none");
    folder.writeSampleState("loading");
    expect(DataFolder.prepare(path).readSampleState()).toBe("loading");
  });

  it("takes a folder that another program of ours has made", () => {
    mkdirSync(path);
    writeFileSync(join(path, "data.mdb"), "");
    expect(DataFolder.prepare(path).readSampleState()).toBe("none");
  });

  it("refuses a folder with something else in it, and leaves it as it is", () => {
    mkdirSync(path);
    writeFileSync(join(path, "thesis.txt"), "");
    expect(() => DataFolder.prepare(path)).toThrow(/holds "thesis\.txt", which is not ours/);
    expect(readdirSync(path)).toEqual(["thesis.txt"]);
  });

  it.each(["{}", "not JSON", '{"format":2,"sample":"none"}'])("refuses the marker %j", (marker) => {
    mkdirSync(path);
    writeFileSync(join(path, "ofs-data.json"), marker);
    expect(() => DataFolder.prepare(path)).toThrow(/damaged or of another version/);
  });

  it("refuses a path that cannot be a folder", () => {
    writeFileSync(path, "");
    expect(() => DataFolder.prepare(path)).toThrow(/EEXIST/);
  });
});

describe("DataFolder.reset", () => {
  it("removes what is ours, left-overs too, and nothing else", () => {
    DataFolder.prepare(path);
    mkdirSync(join(path, "writers"));
    for (const name of ["data.mdb", "data.mdb-lock", "fleet.lock.77", "keep.txt"]) {
      writeFileSync(join(path, name), "");
    }
    DataFolder.reset(path);
    expect(readdirSync(path)).toEqual(["keep.txt"]);
  });

  it("refuses a folder without our marker", () => {
    mkdirSync(path);
    writeFileSync(join(path, "data.mdb"), "");
    expect(() => DataFolder.reset(path)).toThrow(
      /has no ofs-data\.json, so it is not ours to empty/,
    );
    expect(readdirSync(path)).toEqual(["data.mdb"]);
  });

  it("refuses a folder that a fleet serves from", () => {
    DataFolder.prepare(path);
    const lock = DataFolder.lock(path);
    expect(() => DataFolder.reset(path)).toThrow(/is in use: process \d+ has it open/);
    expect(existsSync(join(path, "ofs-data.json"))).toBe(true);
    lock.release();
  });

  it("has nothing to do where there is nothing", () => {
    DataFolder.reset(path);
    mkdirSync(path);
    DataFolder.reset(path);
    expect(readdirSync(path)).toEqual([]);
  });
});
