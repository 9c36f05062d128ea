import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RemoteFile, SharedSpool } from "../../src/storage/shared-spool.ts";

let folder: string;
let spool: SharedSpool;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ofs-shared-spool-"));
  spool = new SharedSpool(folder, 10);
});

afterEach(async () => {
  await spool.close();
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

/** A file whose opening is counted. */
function remote(key: string, content: string, more: Partial<RemoteFile> = {}) {
  const opened = { count: 0 };
  const file: RemoteFile = {
    key,
    name: key,
    sizeBytes: content.length,
    open: () => {
      opened.count += 1;
      return Promise.resolve({ stream: Readable.from([content]), tag: "1" });
    },
    isCurrent: (tag) => Promise.resolve(tag === "1"),
    ...more,
  };
  return { file, opened };
}

describe("a spool of shared copies", () => {
  it("copies a file once for those who read it together and one after the other", async () => {
    const { file, opened } = remote("a", "12345678");
    const copies = await Promise.all([1, 2, 3].map(() => spool.fetch(file)));
    expect(copies.map(({ path }) => readFileSync(path, "utf8"))).toEqual(
      copies.map(() => "12345678"),
    );
    for (const copy of copies) await copy.release();
    const again = await spool.fetch(file);
    expect([again.path, opened.count, spool.usedBytes]).toEqual([copies[0]?.path, 1, 8]);
    await again.release();
  });

  it("gives the room of copies that nobody reads to others, and lets others wait for those in use", async () => {
    const [a, b] = [remote("a", "12345678"), remote("b", "abcdefgh")];
    const first = await spool.fetch(a.file);
    const waiting = spool.fetch(b.file);
    const second = await spool.fetch(a.file);
    await first.release();
    await first.release();
    expect(b.opened.count).toBe(0);
    await second.release();
    expect(readFileSync((await waiting).path, "utf8")).toBe("abcdefgh");
    expect(spool.usedBytes).toBe(8);
    await (await waiting).release();
    const third = await spool.fetch(a.file);
    expect([a.opened.count, spool.usedBytes]).toEqual([2, 8]);
    await third.release();
  });

  it("makes a new copy of what has changed", async () => {
    const { file, opened } = remote("a", "123", { isCurrent: () => Promise.resolve(false) });
    const first = await spool.fetch(file);
    const second = await spool.fetch(file);
    expect([opened.count, spool.usedBytes]).toEqual([2, 6]);
    expect(second.path).not.toBe(first.path);
    await first.release();
    expect(spool.usedBytes).toBe(3);
    await second.release();
  });

  it("goes on with a copy whose first reader has left", async () => {
    let go: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { file } = remote("a", "123");
    const slow = { ...file, open: () => gate.then(file.open) };
    const controller = new AbortController();
    const first = spool.fetch(slow, controller.signal);
    const second = spool.fetch(slow);
    controller.abort(new Error("given up"));
    await expect(first).rejects.toThrow("given up");
    go?.();
    const copy = await second;
    expect(readFileSync(copy.path, "utf8")).toBe("123");
    await copy.release();
  });

  it("lets others try for themselves what failed for the first, and gives room back", async () => {
    const { file, opened } = remote("a", "123");
    const broken = { ...file, open: () => Promise.reject(new Error("no connection")) };
    const first = spool.fetch(broken);
    const second = spool.fetch(file);
    await expect(first).rejects.toThrow("no connection");
    await (await second).release();
    expect(opened.count).toBe(1);
    await expect(spool.fetch({ ...file, key: "b", sizeBytes: 11 })).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
    });
    expect(spool.usedBytes).toBe(3);
  });
});
