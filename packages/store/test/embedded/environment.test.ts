import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EMBEDDED_FORMAT, type EmbeddedEnvironment, openEmbeddedEnvironment } from "@ofs/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";

let folder: TemporaryFolder;
let opened: EmbeddedEnvironment[];

beforeEach(() => {
  folder = temporaryFolder();
  opened = [];
});

afterEach(async () => {
  for (const environment of opened) await environment.close();
  folder.remove();
});

function open(options: { readonly readOnly?: boolean } = {}): EmbeddedEnvironment {
  const environment = openEmbeddedEnvironment(folder.path, options);
  opened.push(environment);
  return environment;
}

function textOf(environment: EmbeddedEnvironment, key: string): string | undefined {
  environment.refresh();
  const bytes = environment.table("blocks").getBinary(Buffer.from(key));
  return bytes && Buffer.from(bytes).toString();
}

function put(environment: EmbeddedEnvironment, key: string, value: string): void {
  environment.table("blocks").putSync(Buffer.from(key), Buffer.from(value));
}

function writerFiles(): string[] {
  return readdirSync(join(folder.path, "writers"));
}

function addWriterFile(name: string, text: string): void {
  mkdirSync(join(folder.path, "writers"), { recursive: true });
  writeFileSync(join(folder.path, "writers", name), text);
}

function writerText(writer: { readonly pid: number; readonly startedAtSeconds?: number }): string {
  return JSON.stringify({ format: 99, startedAtSeconds: 1_700_000_000, ...writer });
}

test("a change is there after the folder was closed and opened", async () => {
  const first = open();
  await first.commit(() => put(first, "a", "1"), 1);
  await first.close();
  expect(textOf(open(), "a")).toBe("1");
});

test("a folder with a dot in its name is a folder", async () => {
  const path = join(folder.path, "data.v1");
  const environment = openEmbeddedEnvironment(path);
  opened.push(environment);
  await environment.commit(() => put(environment, "a", "1"), 1);
  expect(readdirSync(path).sort()).toEqual(["data.mdb", "data.mdb-lock", "writers"]);
});

test("a change that throws leaves nothing, and those beside it are kept", async () => {
  const environment = open();
  const outcomes = await Promise.allSettled([
    environment.commit(() => put(environment, "before", "1"), 1),
    environment.commit(() => {
      put(environment, "broken", "1");
      throw new Error("half way");
    }, 1),
    environment.commit(() => {
      put(environment, "after", textOf(environment, "before") ?? "absent");
      return "result";
    }, 1),
  ]);
  expect(outcomes).toMatchObject([
    { status: "fulfilled" },
    { reason: { message: "half way" } },
    { value: "result" },
  ]);
  expect(["before", "broken", "after"].map((key) => textOf(environment, key))).toEqual([
    "1",
    undefined,
    "1",
  ]);
});

test("a reader sees what a writer commits, and cannot write", async () => {
  const writer = open();
  const reader = open({ readOnly: true });
  expect(reader.isReadOnly).toBe(true);
  await writer.commit(() => put(writer, "a", "1"), 1);
  expect(textOf(reader, "a")).toBe("1");
  await expect(reader.commit(() => put(reader, "a", "2"), 1)).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
  });
  expect(textOf(writer, "a")).toBe("1");
});

test("a folder that nobody has written cannot be read", () => {
  expect(() => openEmbeddedEnvironment(join(folder.path, "absent"), { readOnly: true })).toThrow(
    expect.objectContaining({ code: "FAILED_PRECONDITION" }),
  );
  expect(readdirSync(folder.path)).toEqual([]);
});

test.each([false, true])(
  "a folder of another format is refused (read-only: %s)",
  async (readOnly) => {
    const first = open();
    const meta = first.table("meta");
    await first.commit(() => meta.putSync(Buffer.from("format"), Buffer.from("99")), 1);
    await first.close();
    expect(() => openEmbeddedEnvironment(folder.path, { readOnly })).toThrow(
      expect.objectContaining({
        code: "FAILED_PRECONDITION",
        message: expect.stringContaining(
          `its format is 99, this version reads ${EMBEDDED_FORMAT} only`,
        ),
      }),
    );
    expect(writerFiles()).toEqual([]);
  },
);

/** A database of a few pages. */
async function databaseFile(): Promise<Buffer> {
  const environment = open();
  await environment.commit(() => put(environment, "a", "x".repeat(20_000)), 1);
  await environment.close();
  return readFileSync(join(folder.path, "data.mdb"));
}

test.each([
  ["text", () => Buffer.alloc(20_000, "not a database"), "it is no database"],
  ["a few bytes", (file: Buffer) => file.subarray(0, 100), "100 bytes are too few"],
  ["one page", (file: Buffer) => file.subarray(0, 4096), "it is cut off after 4096 bytes"],
  ["two pages", (file: Buffer) => file.subarray(0, 8192), "it is cut off after 8192 bytes"],
  ["another layout", (file: Buffer) => file.fill(9, 28, 29), "its file layout is 9, not 2"],
  ["no page size", (file: Buffer) => file.fill(0, 48, 52), "it has pages of 0 bytes"],
])("a data file that holds %s is refused, and left as it is", async (_, damage, reason) => {
  const damaged = damage(await databaseFile());
  writeFileSync(join(folder.path, "data.mdb"), damaged);
  expect(() => openEmbeddedEnvironment(folder.path)).toThrow(
    expect.objectContaining({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining(reason),
    }),
  );
  expect(readFileSync(join(folder.path, "data.mdb"))).toEqual(Buffer.from(damaged));
  expect(writerFiles()).toEqual([]);
});

test("a folder that cannot be made is unavailable", () => {
  writeFileSync(join(folder.path, "file"), "");
  expect(() => openEmbeddedEnvironment(join(folder.path, "file", "inside"))).toThrow(
    expect.objectContaining({
      code: "UNAVAILABLE",
      message: expect.stringContaining("file/inside"),
    }),
  );
});

test("each writer has a file while it is open, readers have none", async () => {
  const [first, second] = [open(), open()];
  open({ readOnly: true });
  expect(writerFiles()).toHaveLength(2);
  await first.close();
  expect(writerFiles()).toHaveLength(1);
  await second.close();
  expect(writerFiles()).toEqual([]);
});

test("a live writer of another format keeps this one out", () => {
  addWriterFile("other.json", writerText({ pid: process.ppid }));
  expect(() => openEmbeddedEnvironment(folder.path)).toThrow(
    expect.objectContaining({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining(`process ${process.ppid} writes it in format 99`),
    }),
  );
  expect(writerFiles()).toEqual(["other.json"]);
});

test("files of writers that are gone are removed, those not written in full are left alone", () => {
  // No process has this id: it is past the largest that Linux gives.
  addWriterFile("gone.json", writerText({ pid: 4_194_305 }));
  // As a container leaves it: the process after the crash has the same id.
  addWriterFile("crashed.json", writerText({ pid: process.pid, startedAtSeconds: 1_700_000_000 }));
  addWriterFile("half.json", '{"pid":');
  addWriterFile("strange.json", '{"pid":"x"}');
  open();
  const names = writerFiles().filter((name) => !name.startsWith(`${process.pid}-`));
  expect(names.sort()).toEqual(["half.json", "strange.json"]);
});

test("a closed environment refuses everything, and may be closed again", async () => {
  const environment = open();
  const last = environment.commit(() => put(environment, "last", "1"), 1);
  const closing = environment.close();
  await expect(environment.commit(() => undefined, 1)).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  await last;
  await closing;
  await environment.close();
  expect(() => environment.table("blocks")).toThrow("it is closed");
  expect(() => environment.refresh()).toThrow("it is closed");
  expect(textOf(open(), "last")).toBe("1");
});
