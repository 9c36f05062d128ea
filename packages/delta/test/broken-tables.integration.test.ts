import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeltaError, DeltaTable, FileReader, openTableStorage } from "@ofs/delta";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeRows, encodeZ85, vectorFile } from "./support/deletion-vector.ts";
import { readRows } from "./support/fixture-tables.ts";
import { metaData, PROTOCOL, TableFolder, withFeatures } from "./support/table-folder.ts";

/** Tables that contradict themselves or want what is not known: each gives an error that names the culprit. */
let reader: FileReader;
let table: TableFolder;

beforeAll(async () => {
  reader = await FileReader.open({ decoder: "duckdb" });
});

afterAll(() => reader.close());

beforeEach(async () => {
  table = new TableFolder();
  await table.parquet("a.parquet", "SELECT range::BIGINT AS id FROM range(10)");
  table.commit(0, [PROTOCOL, metaData()]);
});

afterEach(() => table.remove());

async function ids(version: number, what: "snapshot" | "changes" = "snapshot"): Promise<unknown[]> {
  const storage = openTableStorage(table.path);
  const delta = await DeltaTable.open(storage, reader);
  const rows = await readRows(reader, storage, await delta[what](version));
  return rows.map((row) => (row as { id: unknown }).id);
}

async function failure(version: number, what?: "snapshot" | "changes"): Promise<DeltaError> {
  try {
    const rows = await ids(version, what);
    throw new Error(`${rows.length} rows were read`);
  } catch (error) {
    expect(error).toBeInstanceOf(DeltaError);
    return error as DeltaError;
  }
}

function logFile(name: string): string {
  return join(table.path, "_delta_log", name);
}

/** With a deletion vector of rows 0 and 9 in a file. */
function commitVector(file: Buffer, parts: object = {}): void {
  const uuid = Buffer.from("0123456789abcdef0123456789abcdef", "hex");
  table.file("ab/deletion_vector_01234567-89ab-cdef-0123-456789abcdef.bin", file);
  const deletionVector = {
    storageType: "u",
    pathOrInlineDv: `ab${encodeZ85(uuid)}`,
    offset: 1,
    sizeInBytes: encodeRows([0, 9]).length,
    cardinality: 2,
    ...parts,
  };
  table.commit(1, [withFeatures("deletionVectors"), table.add("a.parquet", { deletionVector })]);
}

describe("a log", () => {
  it("without a commit", async () => {
    for (const version of [1, 2, 3]) table.commit(version, [table.add("a.parquet")]);
    rmSync(logFile("00000000000000000002.json"));
    expect((await failure(3)).message).toMatch(/00000000000000000002\.json is not there/);
    expect(await ids(1)).toHaveLength(10);
  });

  it("with a commit that is cut off", async () => {
    table.commit(1, [table.add("a.parquet")]);
    const path = logFile("00000000000000000001.json");
    writeFileSync(path, readFileSync(path, "utf8").slice(0, -30));
    expect((await failure(1)).message).toMatch(/00000000000000000001\.json line 1 is not JSON/);
    writeFileSync(path, "");
    expect((await failure(1)).message).toMatch(/00000000000000000001\.json is empty/);
  });

  it("with an action that is none", async () => {
    table.commit(1, [table.add("a.parquet", { size: "10" })]);
    expect((await failure(1)).message).toMatch(/00000000000000000001\.json line 1: add\.size/);
  });

  it("with a broken checkpoint", async () => {
    table.commit(1, [table.add("a.parquet")]);
    table.file("_delta_log/00000000000000000001.checkpoint.parquet", "PAR1 not really PAR1");
    expect(await failure(1)).toMatchObject({
      code: "FAILED_PRECONDITION",
      message: expect.stringMatching(/00000000000000000001\.checkpoint\.parquet/),
    });
  });

  it("without a part of a checkpoint is read from the commits", async () => {
    table.commit(1, [table.add("a.parquet")]);
    table.file("_delta_log/00000000000000000001.checkpoint.0000000001.0000000002.parquet", "x");
    expect(await ids(1)).toHaveLength(10);
  });

  it("without a file of a checkpoint's actions", async () => {
    const name = "00000000000000000001.checkpoint.01234567-89ab-cdef-0123-456789abcdef.json";
    const sidecar = { sidecar: { path: "gone.parquet", sizeInBytes: 10, modificationTime: 0 } };
    const lines = [withFeatures("v2Checkpoint"), metaData(), sidecar];
    table.commit(1, [table.add("a.parquet")]);
    table.file(`_delta_log/${name}`, lines.map((line) => JSON.stringify(line)).join("\n"));
    expect((await failure(1)).message).toMatch(/_sidecars\/gone\.parquet is not there/);
  });

  it("of a version that is not there", async () => {
    expect(await failure(1)).toMatchObject({ code: "NOT_FOUND" });
    rmSync(logFile("00000000000000000000.json"));
    expect((await failure(0)).message).toMatch(/is no Delta table/);
  });
});

describe("a protocol", () => {
  it("with unknown features is refused by name", async () => {
    table.commit(1, [withFeatures("deletionVectors", "telepathy", "variantType")]);
    expect(await failure(1)).toMatchObject({
      code: "UNIMPLEMENTED",
      message: expect.stringMatching(/: telepathy, variantType$/),
    });
    expect((await failure(1, "changes")).code).toBe("UNIMPLEMENTED");
    expect(await ids(0)).toEqual([]);
  });

  it("of a newer version is refused", async () => {
    table.commit(1, [{ protocol: { minReaderVersion: 4, minWriterVersion: 7 } }]);
    expect((await failure(1)).message).toMatch(/needs reader version 4/);
  });

  it("with an unknown type or mapping is refused by name", async () => {
    const fields = [{ name: "v", type: "variant", nullable: true, metadata: {} }];
    const schemaString = JSON.stringify({ type: "struct", fields });
    table.commit(1, [metaData({ schemaString })]);
    expect((await failure(1)).message).toMatch(/000001\.json: column v: type variant is not known/);
    table.commit(2, [metaData({ configuration: { "delta.columnMapping.mode": "magic" } })]);
    expect((await failure(2)).message).toMatch(/mapping mode magic is not known/);
  });
});

describe("a data file", () => {
  it("that is gone, of another size, cut off or no Parquet", async () => {
    const bytes = readFileSync(join(table.path, "a.parquet"));
    table.commit(1, [table.add("a.parquet")]);
    table.file("a.parquet", bytes.subarray(1));
    expect((await failure(1)).message).toMatch(/a\.parquet has \d+ bytes, and \d+ in the log/);
    table.file("a.parquet", Buffer.concat([bytes.subarray(0, -1), Buffer.from("?")]));
    expect((await failure(1)).message).toMatch(/^file a\.parquet: it is not Parquet/);
    rmSync(join(table.path, "a.parquet"));
    expect(await failure(1)).toMatchObject({
      code: "NOT_FOUND",
      message: "file a.parquet is not there",
    });
  });

  it("with other types", async () => {
    await table.parquet("b.parquet", "SELECT 'x' AS id");
    table.commit(1, [table.add("b.parquet")]);
    expect((await failure(1)).message).toBe(
      "file b.parquet: column id is string in the file and long in the table",
    );
  });

  it("with broken pages", async () => {
    await table.parquet("b.parquet", "SELECT range * 7919 % 10007 AS id FROM range(5000)");
    const bytes = readFileSync(join(table.path, "b.parquet"));
    table.file("b.parquet", bytes.fill(0xff, 4, bytes.length >> 1));
    table.commit(1, [table.add("b.parquet")]);
    expect((await failure(1)).message).toMatch(/^file b\.parquet: it cannot be decoded/);
  });

  it.each(["../other/a.parquet", "/etc/a.parquet", "x/../../a.parquet", "s3://bucket/a.parquet"])(
    "outside the table: %s",
    async (path) => {
      table.commit(1, [table.add("a.parquet", { path })]);
      expect(await failure(1)).toMatchObject({ code: "INVALID_ARGUMENT" });
    },
  );

  it("with a path or partition value that is none", async () => {
    table.commit(1, [table.add("a.parquet", { path: "%zz.parquet" })]);
    expect((await failure(1)).message).toMatch(/"%zz\.parquet" in the log is not percent-encoded/);
    table.commit(1, [table.add("a.parquet", { partitionValues: { id: "many" } })]);
    expect((await failure(1)).message).toMatch(
      /a\.parquet: partition value "many" of id is no long/,
    );
  });
});

describe("a deletion vector", () => {
  const data = encodeRows([0, 9]);

  it("that is right deletes its rows", async () => {
    commitVector(vectorFile(data));
    expect(await ids(1)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("with a wrong checksum, size, cardinality, magic number or row", async () => {
    commitVector(vectorFile(data, 7));
    expect((await failure(1)).message).toMatch(/a\.parquet: .*abcdef\.bin@1 has a wrong checksum/);
    commitVector(vectorFile(data, undefined, 5));
    expect((await failure(1)).message).toMatch(/abcdef\.bin@1 has 5 bytes, not \d+/);
    commitVector(vectorFile(data), { cardinality: 3 });
    expect((await failure(1)).message).toMatch(/abcdef\.bin@1 deletes 2 rows, and 3 in the log/);
    commitVector(vectorFile(Buffer.concat([Buffer.alloc(4), data.subarray(4)])));
    expect((await failure(1)).message).toMatch(/abcdef\.bin@1: the magic number is wrong/);
    commitVector(vectorFile(encodeRows([0, 10])));
    expect((await failure(1)).message).toMatch(/deletes row 10, and the file has 10/);
  });

  it("that is cut off, gone or of no encoding", async () => {
    commitVector(vectorFile(data).subarray(0, -6));
    expect((await failure(1)).message).toMatch(/abcdef\.bin@1 ends too early/);
    rmSync(join(table.path, "ab"), { recursive: true });
    expect(await failure(1)).toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringMatching(/^file a\.parquet: .*abcdef\.bin is not there/),
    });
    commitVector(data, { storageType: "i", pathOrInlineDv: "~~~~~", offset: undefined });
    expect((await failure(1)).message).toMatch(/a\.parquet: the inline deletion vector is not Z85/);
  });
});
