import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseAbsolutePath, parseLocation } from "../../src/storage/location.ts";
import { Spool } from "../../src/storage/spool.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ofs-spool-unit-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function copy(spool: Spool, text: string, signal?: AbortSignal) {
  return spool.copy("name", text.length, () => Promise.resolve(Readable.from([text])), signal);
}

describe("a spool", () => {
  it("keeps a file until it is released, and its folder until it is closed", async () => {
    const spool = new Spool(folder, 10);
    const file = await copy(spool, "0123456789");
    expect(readFileSync(file.path, "utf8")).toBe("0123456789");
    expect(spool.usedBytes).toBe(10);
    await file.release();
    await file.release();
    expect(spool.usedBytes).toBe(0);
    await spool.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("lets files wait for room in their order", async () => {
    const spool = new Spool(folder, 10);
    const first = await copy(spool, "12345678");
    const order: string[] = [];
    const noted = async (name: string, text: string) => {
      const file = await copy(spool, text);
      order.push(name);
      return file;
    };
    const large = noted("large", "123456789");
    const small = noted("small", "12");
    const controller = new AbortController();
    const given = copy(spool, "1234", controller.signal);
    controller.abort(new Error("given up"));
    await expect(given).rejects.toThrow("given up");
    expect(order).toEqual([]);
    await first.release();
    await (await large).release();
    await (await small).release();
    expect(order).toEqual(["large", "small"]);
    expect(spool.usedBytes).toBe(0);
    await spool.close();
  });

  it("refuses what never fits, and gives room back after a failure", async () => {
    const spool = new Spool(folder, 10);
    await expect(copy(spool, "01234567890")).rejects.toThrow("name has 11 bytes");
    const broken = () => Promise.reject(new Error("no stream"));
    await expect(spool.copy("name", 10, broken)).rejects.toThrow("no stream");
    expect(spool.usedBytes).toBe(0);
    await spool.close();
  });
});

describe("a location", () => {
  it.each([
    ["/data/t", { scheme: "file", path: "/data/t" }],
    ["file:/data/a%20b", { scheme: "file", path: "/data/a b" }],
    ["file:///data/t", { scheme: "file", path: "/data/t" }],
    ["s3a://bucket/a/b/", { scheme: "s3", bucket: "bucket", key: "a/b" }],
    ["S3://bucket", { scheme: "s3", bucket: "bucket", key: "" }],
  ])("%s is understood", (text, expected) => {
    expect(parseLocation(text)).toEqual(expected);
  });

  it.each(["", "https://host/t", "s3:///key", "hdfs://host/t", "file://host/t"])(
    "%s is refused",
    (text) => {
      expect(() => parseLocation(text)).toThrow(/location/);
    },
  );

  it("of the log is decoded already", () => {
    expect(parseAbsolutePath("file:///a%20b#c")).toEqual({ scheme: "file", path: "/a%20b#c" });
    expect(parseAbsolutePath("s3a://b/a%20b#c")).toEqual({
      scheme: "s3",
      bucket: "b",
      key: "a%20b#c",
    });
  });
});
