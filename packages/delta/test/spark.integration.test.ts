import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeltaTable, FileReader, openTableStorage } from "@ofs/delta";
import { installSpark, SPARK_SCALA_VERSION, sparkEnvironment } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  expectedOf,
  type FixtureTable,
  readFixture,
  readRows,
  runPython,
} from "./support/fixture-tables.ts";
import { expectedGoneKeys, readGoneKeys } from "./support/gone-keys.ts";

/** Tables made by Spark with Delta Lake, compared with what Spark reads from every version of them. */
const SET_UP_TIMEOUT_MS = 1_500_000;
const DELTA = `delta-spark_${SPARK_SCALA_VERSION}`;
const DELTA_VERSION = "3.3.2";
const DELTA_JARS = /^(?:delta-(?:spark|storage)|antlr4-runtime).*\.jar$/;

const NAMES = [
  "deletion_vectors",
  "long_runs",
  "merged",
  "merged_with_feed",
  "mapped_by_name",
  "mapped_by_id",
  "upgraded_to_mapping",
  "widened",
  "checkpoints_v2",
  "checkpoints_v2_json",
  "checkpoints_in_parts",
  "every_type",
  "partitioned",
  "change_data_feed",
  "shallow_clone",
  "evolving",
  "empty",
  "vacuum_check",
];

/** Whose versions take rows away, and are told one after the other. */
const SHRINKING = [
  "deletion_vectors",
  "long_runs",
  "merged",
  "merged_with_feed",
  "checkpoints_in_parts",
  "change_data_feed",
  "evolving",
];

let folder: string;
let tables: FixtureTable[];
let reader: FileReader;

beforeAll(async () => {
  const spark = await installSpark(
    `${DELTA}-${DELTA_VERSION}`,
    `io.delta:${DELTA}:${DELTA_VERSION}`,
    DELTA_JARS,
  );
  folder = await mkdtemp(join(tmpdir(), "ofs-spark-tables-"));
  const output = await runPython(spark.python, "make_spark_tables.py", [], {
    input: JSON.stringify({ folder, jars: spark.jars }),
    cwd: folder,
    env: sparkEnvironment(spark, folder),
  });
  tables = JSON.parse(output);
  reader = await FileReader.open({ decoder: "duckdb" });
}, SET_UP_TIMEOUT_MS);

afterAll(async () => {
  await reader?.close();
  await rm(folder, { recursive: true, force: true });
});

function table(name: string): FixtureTable {
  const found = tables.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no table ${name}`);
  return found;
}

describe("tables of Spark", () => {
  it("are all compared", () => {
    expect(tables.map(({ name }) => name)).toEqual(NAMES);
  });

  it.each(NAMES)("%s has the same rows in every version", async (name) => {
    expect(await readFixture(reader, table(name))).toEqual(expectedOf(table(name)));
  });

  it.each(SHRINKING)("%s tells which ids a version took away", async (name) => {
    const { location, versions } = table(name);
    let goneCount = 0;
    for (const [version, after] of versions.entries()) {
      const before = versions[version - 1] ?? null;
      if (before === null || after === null) continue;
      const expected = expectedGoneKeys(before, after, ["id"]);
      expect([version, await readGoneKeys(reader, location, version, ["id"])]).toEqual([
        version,
        expected,
      ]);
      goneCount += expected.length;
    }
    expect(goneCount).toBeGreaterThan(0);
  });

  it("with a change data feed tell the rows that a version deletes", async () => {
    const storage = openTableStorage(table("change_data_feed").location);
    const delta = await DeltaTable.open(storage, reader);
    const kinds: string[] = [];
    for (let version = 1; version <= 4; version++) {
      const { deletes, schema } = await delta.changes(version);
      kinds.push(deletes.kind);
      if (version !== 3) continue;
      const rows = await readRows(reader, storage, { schema, files: deletes.files });
      expect(rows).toEqual([{ id: 1, v: 1 }]);
    }
    expect(kinds).toEqual(["none", "feed", "feed", "removed"]);
  });
});
