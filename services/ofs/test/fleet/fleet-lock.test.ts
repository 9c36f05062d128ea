import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FleetLock } from "../../src/fleet/fleet-lock.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

let temporary: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  temporary = temporaryFolder();
});

afterEach(() => temporary.remove());

/** More than any system gives. */
const NO_PROCESS = 2 ** 30;

describe("FleetLock", () => {
  it("is had by one at a time", () => {
    const lock = FleetLock.acquire(temporary.path);
    expect(() => FleetLock.acquire(temporary.path)).toThrow(
      `process ${process.pid} serves from it; stop it, or name another folder`,
    );
    lock.release();
    FleetLock.acquire(temporary.path).release();
    expect(readdirSync(temporary.path)).toEqual([]);
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
    writeFileSync(join(temporary.path, "fleet.lock"), text);
    const lock = FleetLock.acquire(temporary.path);
    expect(readdirSync(temporary.path)).toEqual(["fleet.lock"]);
    lock.release();
  });

  it("is not taken from a process that lives", () => {
    const parent = JSON.stringify({ pid: process.ppid, startedAt: "" });
    writeFileSync(join(temporary.path, "fleet.lock"), parent);
    expect(() => FleetLock.acquire(temporary.path)).toThrow(
      `process ${process.ppid} serves from it`,
    );
  });
});
