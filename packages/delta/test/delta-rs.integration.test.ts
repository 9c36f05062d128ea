import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileReader } from "@ofs/delta";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  expectedOf,
  type FixtureTable,
  installDeltalake,
  readFixture,
  runPython,
} from "./support/fixture-tables.ts";

/** Tables made by delta-rs, or by PyArrow with a log by hand, compared with what they read themselves. */
const SET_UP_TIMEOUT_MS = 900_000;
/** Compressed in a way that hyparquet does not read right; it refuses that. */
const NOT_PLAIN = "codecs";

let folder: string;
let tables: FixtureTable[];
let duckdb: FileReader;
let hyparquet: FileReader;

beforeAll(async () => {
  const python = await installDeltalake();
  folder = await mkdtemp(join(tmpdir(), "ofs-delta-rs-"));
  tables = JSON.parse(await runPython(python, "make_tables.py", [folder]));
  duckdb = await FileReader.open({ decoder: "duckdb" });
  hyparquet = await FileReader.open({ decoder: "hyparquet" });
}, SET_UP_TIMEOUT_MS);

afterAll(async () => {
  await duckdb?.close();
  await hyparquet?.close();
  await rm(folder, { recursive: true, force: true });
});

const NAMES = [
  "many_commits",
  "checkpoint_each_time",
  "every_type",
  "awkward_paths",
  "merged_schema",
  "nothing",
  "many_small_files",
  "widened",
  "codecs",
];

function table(name: string): FixtureTable {
  const found = tables.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no table ${name}`);
  return found;
}

describe("tables of delta-rs", () => {
  it("are all compared", () => {
    expect(tables.map(({ name }) => name)).toEqual(NAMES);
  });

  it.each(NAMES)("%s has the same rows in every version with DuckDB", async (name) => {
    expect(await readFixture(duckdb, table(name))).toEqual(expectedOf(table(name)));
  });

  it.each(NAMES.filter((name) => name !== NOT_PLAIN))(
    "%s has the same rows in every version with hyparquet",
    async (name) => {
      expect(await readFixture(hyparquet, table(name))).toEqual(expectedOf(table(name)));
    },
  );

  it("of a compression that only DuckDB reads right are refused without it", async () => {
    await expect(readFixture(hyparquet, table(NOT_PLAIN))).rejects.toThrow(/file .*LZ4/);
  });
});
