import { rmSync } from "node:fs";
import { join } from "node:path";
import { DeltaTable, FileReader, openTableStorage } from "@ofs/delta";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readRows } from "./support/fixture-tables.ts";
import { metaData, PROTOCOL, TableFolder } from "./support/table-folder.ts";

/** What other programs' tables do not show: times, logs that were cleaned up, compacted commits. */
let reader: FileReader;
let folder: TableFolder;

beforeAll(async () => {
  reader = await FileReader.open();
});

afterAll(() => reader.close());

beforeEach(async () => {
  folder = new TableFolder();
  for (let number = 0; number < 5; number++) {
    await folder.parquet(`${number}.parquet`, `SELECT ${number}::BIGINT AS id`);
  }
});

afterEach(() => folder.remove());

function open(): Promise<DeltaTable> {
  return DeltaTable.open(openTableStorage(folder.path), reader);
}

async function idsAt(version: number, what: "snapshot" | "changes" = "snapshot") {
  const table = await open();
  const rows = await readRows(reader, openTableStorage(folder.path), await table[what](version));
  return rows.map((row) => (row as { id: number }).id).sort();
}

function commitAll(
  configuration: Record<string, string> = {},
  infos: readonly object[] = [],
): void {
  folder.commit(0, [...infos.slice(0, 1), PROTOCOL, metaData({ configuration })], 1_000);
  for (let version = 1; version <= 4; version++) {
    const info = infos.slice(version, version + 1);
    folder.commit(version, [...info, folder.add(`${version}.parquet`)], 1_000 * (version + 1));
  }
}

function removeCommit(version: number): void {
  rmSync(join(folder.path, "_delta_log", `${String(version).padStart(20, "0")}.json`));
}

describe("versions by time", () => {
  it("go by the files of commits", async () => {
    commitAll();
    const table = await open();
    expect(await table.versionAsOf(1_000)).toBe(0);
    expect(await table.versionAsOf(2_999)).toBe(1);
    expect(await table.versionAsOf(3_000)).toBe(2);
    expect(await table.versionAsOf(9_000_000)).toBe(4);
    await expect(table.versionAsOf(999)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await table.snapshot(2)).commitTimeMs).toBe(3_000);
    expect((await table.changes(3)).commitTimeMs).toBe(4_000);
  });

  it("do not go back where the times of files do", async () => {
    commitAll();
    folder.commit(2, [folder.add("2.parquet")], 500);
    expect(await (await open()).versionAsOf(2_000)).toBe(1);
    expect(await (await open()).versionAsOf(2_001)).toBe(2);
  });

  it("go by what commits tell from the version on that has it", async () => {
    const infos = [0, 0, 70_000, 80_000, 90_000].map((inCommitTimestamp) => ({
      commitInfo: { inCommitTimestamp },
    }));
    const configuration = {
      "delta.enableInCommitTimestamps": "true",
      "delta.inCommitTimestampEnablementVersion": "2",
    };
    commitAll(configuration, infos);
    const table = await open();
    expect(await table.versionAsOf(69_999)).toBe(1);
    expect(await table.versionAsOf(80_000)).toBe(3);
    expect((await table.snapshot(4)).commitTimeMs).toBe(90_000);
    expect((await table.changes(1)).commitTimeMs).toBe(2_000);
  });
});

describe("a log", () => {
  it("may have compacted commits in place of others", async () => {
    commitAll();
    const adds = [2, 3].map((number) => JSON.stringify(folder.add(`${number}.parquet`)));
    const name = `${String(2).padStart(20, "0")}.${String(3).padStart(20, "0")}.compacted.json`;
    folder.file(`_delta_log/${name}`, adds.join("\n"));
    removeCommit(2);
    removeCommit(3);
    expect(await idsAt(4)).toEqual([1, 2, 3, 4]);
    await expect(idsAt(2)).rejects.toThrow(/00000000000000000002\.json is not there/);
  });

  it("that was cleaned up has versions from its checkpoint on, but not their changes", async () => {
    commitAll();
    const name = `${String(2).padStart(20, "0")}.checkpoint.01234567-89ab-cdef-0123-456789abcdef.json`;
    const actions = [PROTOCOL, metaData(), folder.add("1.parquet"), folder.add("2.parquet")];
    folder.file(`_delta_log/${name}`, actions.map((action) => JSON.stringify(action)).join("\n"));
    for (const version of [0, 1, 2]) removeCommit(version);
    expect(await idsAt(2)).toEqual([1, 2]);
    expect(await idsAt(4)).toEqual([1, 2, 3, 4]);
    expect(await idsAt(3, "changes")).toEqual([3]);
    await expect(idsAt(2, "changes")).rejects.toThrow(/version 2 of .* not known any more/);
    await expect(idsAt(1)).rejects.toThrow(/00000000000000000000\.json is not there/);
  });

  it("is seen to grow", async () => {
    commitAll();
    const table = await open();
    expect(await table.latestVersion()).toBe(4);
    const remove = { remove: { path: "1.parquet", dataChange: true, deletionTimestamp: 0 } };
    folder.commit(5, [remove, folder.add("0.parquet", { dataChange: false })]);
    expect(await table.latestVersion()).toBe(5);
    expect(await idsAt(5)).toEqual([0, 2, 3, 4]);
    const changes = await table.changes(5);
    expect(changes).toMatchObject({ files: [], isDataChange: true, deletes: { kind: "unknown" } });
  });

  it("may have a hint to a checkpoint that is not there", async () => {
    commitAll();
    folder.file("_delta_log/_last_checkpoint", '{"version":3,"size":1}');
    expect(await idsAt(4)).toEqual([1, 2, 3, 4]);
    expect(await (await open()).latestVersion()).toBe(4);
  });
});
