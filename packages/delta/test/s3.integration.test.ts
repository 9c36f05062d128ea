import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  DeltaTable,
  FileReader,
  openTableStorage,
  SharedSpool,
  type StorageObserver,
  type StorageOperation,
  type StorageOptions,
  type TableStorage,
} from "@ofs/delta";
import { freePort, type PrivateServer, S3_CREDENTIALS, startS3 } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRows } from "./support/fixture-tables.ts";
import { metaData, PROTOCOL, TableFolder } from "./support/table-folder.ts";

const BUCKET = "lake";
const FILES = 5;
const SET_UP_TIMEOUT_MS = 600_000;

let server: PrivateServer;
let reader: FileReader;
let spoolFolder: string;
let options: StorageOptions;
let client: S3Client;
let fileBytes: number;

beforeAll(async () => {
  server = await startS3({ buckets: [BUCKET] });
  reader = await FileReader.open({ threadCount: 2 });
  spoolFolder = await mkdtemp(join(tmpdir(), "ofs-spool-test-"));
  const endpoint = `http://${server.address.text}`;
  const access = { endpoint, region: "us-east-1", credentials: S3_CREDENTIALS };
  options = { s3: { ...access, isPathStyle: true }, spoolFolder };
  client = new S3Client({ ...access, forcePathStyle: true });
  await upload();
}, SET_UP_TIMEOUT_MS);

afterAll(async () => {
  client?.destroy();
  await reader?.close();
  await server?.close();
  await rm(spoolFolder, { recursive: true, force: true });
});

/** Remembers what it is told. */
class NotingObserver implements StorageObserver {
  readonly answers: StorageOperation[] = [];
  readonly failures: string[] = [];
  readonly seconds: number[] = [];
  bytes = 0;

  answered(operation: StorageOperation, seconds: number): void {
    this.answers.push(operation);
    this.seconds.push(seconds);
  }

  failed(operation: StorageOperation, code: string): void {
    this.failures.push(`${operation} ${code}`);
  }

  received(bytes: number): void {
    this.bytes += bytes;
  }

  clear(): void {
    this.answers.length = 0;
    this.failures.length = 0;
    this.seconds.length = 0;
    this.bytes = 0;
  }
}

/** A table made in a folder, copied to the server. */
async function upload(): Promise<void> {
  const folder = new TableFolder();
  const adds: object[] = [];
  for (let number = 0; number < FILES; number++) {
    const name = `p q=${number} é%/a.parquet`;
    await folder.parquet(name, `SELECT range + ${number * 10} AS id FROM range(10)`);
    adds.push(folder.add(name, { path: encodeURIComponent(name) }));
  }
  fileBytes = (adds[0] as { add: { size: number } }).add.size;
  folder.commit(0, [PROTOCOL, metaData(), ...adds]);
  folder.commit(1, [folder.add("p q=0 é%/a.parquet", { path: "gone.parquet" })]);
  for (const entry of readdirSync(folder.path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const key = `tables/one${path.slice(folder.path.length)}`;
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: readFileSync(path) }));
  }
  folder.remove();
}

describe("a table in object storage", () => {
  it.each(["s3", "s3a"])("is read by %s://", async (scheme) => {
    const storage = openTableStorage(`${scheme}://${BUCKET}/tables/one/`, options);
    const table = await DeltaTable.open(storage, reader);
    expect(await table.latestVersion()).toBe(1);
    const rows = await readRows(reader, storage, await table.snapshot(0));
    expect(rows.map((row) => (row as { id: number }).id)).toEqual(
      Array.from({ length: FILES * 10 }, (_, id) => id),
    );
    await storage.close();
    expect(await readdir(spoolFolder)).toEqual([]);
  });

  it("tells an observer of its requests and their bytes, each once", async () => {
    const observer = new NotingObserver();
    const storage = openTableStorage(`s3://${BUCKET}/tables/one`, { ...options, observer });
    const table = await DeltaTable.open(storage, reader);
    await table.snapshot(0);
    expect(new Set(observer.answers)).toEqual(new Set(["get", "list"]));
    const logBytes = observer.bytes;
    expect(logBytes).toBeGreaterThan(0);
    const [file] = (await table.snapshot(0)).files;
    if (file === undefined) throw new Error("no file");
    observer.clear();
    const copies = await Promise.all([1, 2].map(() => storage.fetch(file.path, file.sizeBytes)));
    // Whoever comes second asks whether the copy is still what the object holds.
    expect(observer.answers.toSorted()).toEqual(["get", "head"]);
    expect(observer.bytes).toBe(file.sizeBytes);
    expect(observer.seconds.every((each) => each > 0)).toBe(true);
    await Promise.all(copies.map((copy) => copy.release()));
    observer.clear();
    await expect(storage.read("gone.parquet", 100)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(observer.failures).toEqual(["get NOT_FOUND"]);
    expect(observer.answers).toEqual([]);
    await storage.close();
  });

  it("tells an observer of a server that cannot be reached", async () => {
    const observer = new NotingObserver();
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const s3 = { ...options.s3, endpoint };
    const storage = openTableStorage(`s3://${BUCKET}/tables/one`, { ...options, s3, observer });
    await expect(storage.list("")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(observer.failures).toEqual(["list UNAVAILABLE"]);
    await storage.close();
  });

  it("waits for room in its spool, and refuses what never fits", async () => {
    const small = openTableStorage(`s3://${BUCKET}/tables/one`, {
      ...options,
      spoolBytesMax: fileBytes + 10,
    });
    const { schema, files } = await (await DeltaTable.open(small, reader)).snapshot(0);
    const counts = await Promise.all(
      files.map(async (file) => (await readRows(reader, small, { schema, files: [file] })).length),
    );
    expect(counts).toEqual(files.map(() => 10));
    await small.close();
    const tiny = openTableStorage(`s3://${BUCKET}/tables/one`, { ...options, spoolBytesMax: 10 });
    await expect(readRows(reader, tiny, { schema, files })).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      message: expect.stringMatching(/a\.parquet has \d+ bytes, and the spool takes 10/),
    });
    await tiny.close();
  });

  it("copies a file once for all that read it at the same time or soon after", async () => {
    const first = openTableStorage(`s3://${BUCKET}/tables/one`, options);
    const { files } = await (await DeltaTable.open(first, reader)).snapshot(0);
    await first.close();
    const [, one, two] = files;
    if (one === undefined || two === undefined) throw new Error("no files");
    const spool = new SharedSpool(spoolFolder, one.sizeBytes + 1);
    const storages = [1, 2].map(() =>
      openTableStorage(`s3://${BUCKET}/tables/one`, { ...options, spool }),
    );
    const [second] = storages as [TableStorage];
    const fetchOne = (each: TableStorage) => each.fetch(one.path, one.sizeBytes);
    const copies = await Promise.all(storages.map(fetchOne));
    expect(new Set(copies.map(({ path }) => path)).size).toBe(1);
    expect(spool.usedBytes).toBe(one.sizeBytes);
    for (const copy of copies) await copy.release();
    const again = await fetchOne(second);
    expect(again.path).toBe(copies[0]?.path);
    await again.release();
    // What nobody reads makes room; what has changed is copied anew.
    const Key = "tables/one/changing";
    const change = async (text: string) => {
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: text }));
      const copy = await second.fetch("changing", text.length);
      const content = readFileSync(copy.path, "utf8");
      await copy.release();
      return content;
    };
    expect([await change("before"), await change("after!")]).toEqual(["before", "after!"]);
    await (await second.fetch(two.path, two.sizeBytes)).release();
    expect(spool.usedBytes).toBe(two.sizeBytes);
    for (const storage of storages) await storage.close();
    await spool.close();
    expect(await readdir(spoolFolder)).toEqual([]);
  });

  it("tells what is not there, or of another size", async () => {
    const storage = openTableStorage(`s3://${BUCKET}/tables/one`, options);
    const { schema, files } = await (await DeltaTable.open(storage, reader)).snapshot(1);
    await expect(readRows(reader, storage, { schema, files })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringMatching(/gone\.parquet/),
    });
    const [first] = files;
    if (first === undefined) throw new Error("no file");
    const other = { ...first, sizeBytes: first.sizeBytes + 1 };
    await expect(readRows(reader, storage, { schema, files: [other] })).rejects.toThrow(
      /a\.parquet has \d+ bytes, and \d+ in the log/,
    );
    expect(await storage.readRange(first.path, first.sizeBytes - 4, 10)).toEqual(
      Buffer.from("PAR1"),
    );
    expect(await storage.readRange(first.path, first.sizeBytes + 5, 10)).toHaveLength(0);
    await storage.close();
    const none = openTableStorage(`s3://${BUCKET}/tables/two`, options);
    await expect(DeltaTable.open(none, reader)).rejects.toThrow(/tables\/two is no Delta table/);
    await none.close();
  });
});
