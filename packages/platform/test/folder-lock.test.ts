import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FolderLock } from "@ofs/platform";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ofs-lock-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function acquire(): FolderLock {
  const describe = (reason: string): string => `folder in use: ${reason}; stop it`;
  return FolderLock.acquire({ file: join(folder, "a.lock"), describe });
}

/** More than any system gives. */
const NO_PROCESS = 2 ** 30;

describe("FolderLock", () => {
  it("is had by one at a time", () => {
    const lock = acquire();
    expect(() => acquire()).toThrow(`folder in use: process ${process.pid} has it open; stop it`);
    lock.release();
    acquire().release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ["of a process that is gone", JSON.stringify({ pid: NO_PROCESS, startedAt: "1" })],
    [
      "of a process that is gone, without its start",
      JSON.stringify({ pid: NO_PROCESS, startedAt: "" }),
    ],
    [
      "of an earlier process with the same id",
      JSON.stringify({ pid: process.pid, startedAt: "1" }),
    ],
    ["that is no lock", "hello"],
  ])("is taken over from a lock %s", (_, text) => {
    writeFileSync(join(folder, "a.lock"), text);
    const lock = acquire();
    expect(readdirSync(folder)).toEqual(["a.lock"]);
    lock.release();
  });

  it("is not taken from a process that lives", () => {
    const parent = JSON.stringify({ pid: process.ppid, startedAt: "" });
    writeFileSync(join(folder, "a.lock"), parent);
    expect(() => acquire()).toThrow(`process ${process.ppid} has it open`);
  });
});
