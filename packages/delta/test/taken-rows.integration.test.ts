import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeltaTable, FileReader, openTableStorage } from "@ofs/delta";
import { installPythonPackages } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeRows, encodeZ85 } from "./support/deletion-vector.ts";
import { runPython } from "./support/fixture-tables.ts";
import { expectedGoneKeys, readGoneKeys } from "./support/gone-keys.ts";
import { metaData, TableFolder, withFeatures } from "./support/table-folder.ts";

/** Which rows a version took away: tables by delta-rs against what it reads itself; and by hand what it does not write. */
const SET_UP_TIMEOUT_MS = 900_000;
const PACKAGES = ["deltalake==1.6.6", "pyarrow==26.0.1"];
const NAMES = ["churn", "churn_with_feed", "partitions", "another_schema", "restored"];

interface DeleteTable {
  readonly name: string;
  readonly location: string;
  readonly keys: readonly string[];
  readonly versions: readonly (readonly unknown[])[];
}

let reader: FileReader;

beforeAll(async () => {
  reader = await FileReader.open();
});

afterAll(() => reader.close());

describe("rows taken away from tables of delta-rs", () => {
  let folder: string;
  let tables: DeleteTable[];

  beforeAll(async () => {
    const python = await installPythonPackages("deltalake-1.6.6", PACKAGES);
    folder = await mkdtemp(join(tmpdir(), "ofs-deletes-"));
    tables = JSON.parse(await runPython(python, "make_delete_tables.py", [folder]));
  }, SET_UP_TIMEOUT_MS);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(NAMES)("%s: those before less those after, in every version", async (name) => {
    const table = tables.find((candidate) => candidate.name === name);
    if (table === undefined) throw new Error(`no table ${name}`);
    const { location, keys, versions } = table;
    let goneCount = 0;
    for (const [version, after] of versions.entries()) {
      const expected = expectedGoneKeys(versions[version - 1] ?? [], after, keys);
      expect([version, await readGoneKeys(reader, location, version, keys)]).toEqual([
        version,
        expected,
      ]);
      goneCount += expected.length;
    }
    expect(goneCount).toBeGreaterThan(0);
  });

  it("are told by the feed where there is one", async () => {
    const { location } = tables.find(({ name }) => name === "churn_with_feed") as DeleteTable;
    const table = await DeltaTable.open(openTableStorage(location), reader);
    expect((await table.takenRows(2)).isFeed).toBe(true);
    expect((await table.takenRows(1)).files).toEqual([]);
  });
});

describe("rows taken away", () => {
  let folder: TableFolder;

  beforeEach(async () => {
    folder = new TableFolder();
    await folder.parquet("a.parquet", "SELECT range::BIGINT AS id FROM range(10)");
    folder.commit(0, [withFeatures("deletionVectors"), metaData(), folder.add("a.parquet")]);
  });

  afterEach(() => folder.remove());

  /** The file with these rows marked as deleted. */
  function marked(...deleted: readonly number[]) {
    if (deleted.length === 0) return {};
    const data = encodeRows(deleted);
    const { length: sizeInBytes } = data;
    const text = encodeZ85(data);
    const cardinality = deleted.length;
    return {
      deletionVector: { storageType: "i", pathOrInlineDv: text, sizeInBytes, cardinality },
    };
  }

  function remove(parts: object = {}): object {
    const { size } = (folder.add("a.parquet") as unknown as { add: { size: number } }).add;
    return { remove: { path: "a.parquet", dataChange: true, partitionValues: {}, size, ...parts } };
  }

  function gone(version: number): Promise<string[]> {
    return readGoneKeys(reader, folder.path, version, ["id"]);
  }

  it("are those that a deletion vector names and the one before did not", async () => {
    folder.commit(1, [remove(), folder.add("a.parquet", marked(1, 5))]);
    folder.commit(2, [remove(marked(1, 5)), folder.add("a.parquet", marked(1, 5, 8))]);
    folder.commit(3, [remove(marked(1, 5, 8)), folder.add("a.parquet", marked(5))]);
    folder.commit(4, [remove(marked(5))]);
    expect(await gone(1)).toEqual(["[1]", "[5]"]);
    expect(await gone(2)).toEqual(["[8]"]);
    expect(await gone(3)).toEqual([]);
    expect(await gone(4)).toEqual(["[0]", "[1]", "[2]", "[3]", "[4]", "[6]", "[7]", "[8]", "[9]"]);
  });

  it("are none where the log only describes a file anew, or rearranges", async () => {
    folder.commit(1, [remove(), folder.add("a.parquet", { stats: '{"numRecords":10}' })]);
    folder.commit(2, [remove({ dataChange: false })]);
    expect(await gone(1)).toEqual([]);
    expect(await gone(2)).toEqual([]);
  });

  it("of a file that the commit does not describe are found by the version before", async () => {
    folder.commit(1, [remove({ size: undefined, partitionValues: undefined })]);
    expect(await gone(1)).toHaveLength(10);
    folder.commit(2, [remove({ size: undefined, partitionValues: undefined })]);
    await expect(gone(2)).rejects.toThrow(
      /version 2 of .* removes a\.parquet, which version 1 does not have/,
    );
  });
});
