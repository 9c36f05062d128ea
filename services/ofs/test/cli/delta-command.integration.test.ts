import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { installPythonPackages } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cliRun } from "../support/cli-run.ts";

const SET_UP_TIMEOUT_MS = 600_000;
/** The same as in the tests of `@ofs/delta`: one environment for both. */
const PACKAGES = ["deltalake==1.6.6", "pyarrow==26.0.1"];
const SCRIPT = `
import sys, decimal, pyarrow as pa
from deltalake import write_deltalake
table = pa.table({"id": pa.array([2**60, 1], pa.int64()), "d": [decimal.Decimal("1.50"), None], "p": ["a/b", None]})
write_deltalake(sys.argv[1], table, partition_by=["p"])
write_deltalake(sys.argv[1], table.slice(1, 1), mode="append")
write_deltalake(sys.argv[2], pa.table({"id": pa.array(range(400000), pa.int64())}))
`;

let folder: string;

beforeAll(async () => {
  const python = await installPythonPackages("deltalake-1.6.6", PACKAGES);
  folder = await mkdtemp(join(tmpdir(), "ofs-delta-command-"));
  await promisify(execFile)(python, ["-c", SCRIPT, join(folder, "t"), join(folder, "large")]);
}, SET_UP_TIMEOUT_MS);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("ofs delta", () => {
  it("prints all rows of a version, each value with its type", async () => {
    const { exitCode, stdout } = await cliRun(["delta", "snapshot", join(folder, "t"), "0"]);
    expect(exitCode).toBe(0);
    expect(stdout.trim().split("\n").sort()).toEqual([
      '{"id":1,"d":null,"p":null}',
      '{"id":{"$long":"1152921504606846976"},"d":{"$decimal":"1.50"},"p":"a/b"}',
    ]);
  });

  it("prints the rows that are new in a version", async () => {
    const { exitCode, stdout } = await cliRun(["delta", "fresh", join(folder, "t"), "1"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '{"id":1,"d":null,"p":null}\n' });
  });

  it("ends in order when its reader has seen enough", async () => {
    const main = join(import.meta.dirname, "../../dist/cli/main.js");
    const child = spawn(process.execPath, [main, "delta", "snapshot", join(folder, "large"), "0"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [faults, exited] = [text(child.stderr), once(child, "exit")];
    await once(child.stdout, "data");
    child.stdout.destroy();
    expect([await exited, await faults]).toEqual([[0, null], ""]);
  }, 60_000);

  it("fails with the reason, without a row", async () => {
    const gone = await cliRun(["delta", "snapshot", join(folder, "t"), "2"]);
    expect(gone).toMatchObject({ exitCode: 1, stdout: "" });
    expect(gone.stderr).toMatch(/^error: table .* has no version 2; the latest is 1\n$/);
    const none = await cliRun(["delta", "fresh", folder, "0"]);
    expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/no Delta table/) });
    expect(await cliRun(["delta", "snapshot", folder, "-1"])).toMatchObject({ exitCode: 2 });
  });
});
