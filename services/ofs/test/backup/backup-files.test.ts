import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeBackup, verifyBackup } from "../../src/backup/backup-files.ts";
import { restoreFleet } from "../../src/backup/fleet-restore.ts";
import type { BackupContent } from "../../src/backup/manifest.ts";
import { DataFolder } from "../../src/fleet/data-folder.ts";
import { cliRun } from "../support/cli-run.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const CONTENT: BackupContent = {
  kind: "fleet",
  revisions: { block: 7, row: 1 },
  counts: { "data.mdb/blocks": 3 },
  notes: [],
};
const MARKER = '{"format":1,"sample":"none"}\n';

let temporary: ReturnType<typeof temporaryFolder>;
let backup: string;
let data: string;

beforeEach(async () => {
  temporary = temporaryFolder();
  backup = join(temporary.path, "backup");
  data = join(temporary.path, "data");
  await makeBackup(backup, async (folder) => {
    writeFileSync(join(folder, "ofs-data.json"), MARKER);
    mkdirSync(join(folder, "log"));
    writeFileSync(join(folder, "log/log.json"), "the log");
    return CONTENT;
  });
});

afterEach(() => temporary.remove());

function change(name: string, edit: (text: string) => string): void {
  const file = join(backup, name);
  writeFileSync(file, edit(readFileSync(file, "utf8")));
}

/** A manifest that its maker has signed, with other contents. */
function resign(edit: (manifest: Record<string, unknown>) => void): Promise<unknown> {
  return import("node:crypto").then(({ createHash }) => {
    change("manifest.json", (text) => {
      const { checksum: _, ...manifest } = JSON.parse(text);
      edit(manifest);
      const checksum = createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
      return JSON.stringify({ ...manifest, checksum });
    });
  });
}

describe("a backup", () => {
  it("comes into being whole, and says what is in it", async () => {
    expect(await verifyBackup(backup)).toMatchObject({ format: 1, ...CONTENT });
    expect(readdirSync(temporary.path)).toEqual(["backup"]);
  });

  it("leaves nothing behind when it fails, and takes no folder in which there is something", async () => {
    const other = join(temporary.path, "other");
    const failing = makeBackup(other, async (folder) => {
      writeFileSync(join(folder, "a"), "");
      throw new Error("the disk is full");
    });
    await expect(failing).rejects.toThrow("the disk is full");
    await expect(makeBackup(backup, async () => CONTENT)).rejects.toThrow(/something in it/);
    expect(readdirSync(temporary.path)).toEqual(["backup"]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["damaged", () => change("log/log.json", () => "the lag"), /log\.json: .*checksum/],
    ["truncated", () => change("log/log.json", () => "the"), /log\.json: it has 3 bytes, not 7/],
    ["missing", () => rmSync(join(backup, "ofs-data.json")), /ofs-data\.json: it is missing/],
    ["foreign", () => writeFileSync(join(backup, "x"), ""), /\/x: it is not in the manifest/],
    ["no backup", () => rmSync(join(backup, "manifest.json")), /manifest\.json: ENOENT/],
    ["cut off", () => change("manifest.json", (text) => text.slice(0, 90)), /manifest\.json: /],
    [
      "edited",
      () => change("manifest.json", (text) => text.replace('"block": 7', '"block": 8')),
      /manifest\.json: it does not match its checksum/,
    ],
    [
      "of a newer format",
      () => resign((manifest) => Object.assign(manifest, { format: 2 })),
      /manifest\.json: its format is 2, this version reads 1/,
    ],
    [
      "of a newer program",
      () => resign((manifest) => Object.assign(manifest, { version: "99.0.0" })),
      /manifest\.json: it was made by version 99\.0\.0/,
    ],
    [
      "of an etcd",
      () => resign((manifest) => Object.assign(manifest, { kind: "registry" })),
      /manifest\.json: .* name an etcd with --etcd/,
    ],
  ])("that is %s is refused, naming the file; nothing is written", async (_, spoil, message) => {
    await spoil();
    const { exitCode, stderr } = await cliRun(["restore", backup, "--data-folder", data]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
    expect(existsSync(data)).toBe(false);
  });
});

describe("restoring a data folder", () => {
  it("puts the files in place, once; --replace takes the place of what is there", async () => {
    await restoreFleet(backup, data, false);
    expect(readdirSync(data).toSorted()).toEqual(["log", "ofs-data.json"]);
    writeFileSync(join(data, "horizon.db"), "newer");
    await expect(restoreFleet(backup, data, false)).rejects.toThrow(/--replace/);
    expect(readFileSync(join(data, "horizon.db"), "utf8")).toBe("newer");
    await restoreFleet(backup, data, true);
    expect(readdirSync(data).toSorted()).toEqual(["log", "ofs-data.json"]);
    expect(DataFolder.prepare(data).readSampleState()).toBe("none");
  });

  it("shows what it would do with --dry-run", async () => {
    const run = await cliRun(["restore", backup, "--data-folder", data, "--dry-run"]);
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("nothing written") });
    expect(existsSync(data)).toBe(false);
  });

  it("refuses what is not a fleet's, and a folder in use", async () => {
    mkdirSync(data);
    writeFileSync(join(data, "thesis.txt"), "");
    await expect(restoreFleet(backup, data, true)).rejects.toThrow(/thesis\.txt/);
    rmSync(join(data, "thesis.txt"));
    const lock = DataFolder.lock(data);
    await expect(restoreFleet(backup, data, true)).rejects.toThrow(/is in use/);
    lock.release();
    expect(readdirSync(data)).toEqual([]);
  });

  it("can be repeated after it was killed at any moment, and nobody serves from the half", async () => {
    await restoreFleet(backup, data, false);
    // Killed while it copied: nothing has been touched.
    mkdirSync(join(data, "restoring.partial"));
    expect(DataFolder.prepare(data).readSampleState()).toBe("none");
    // Killed while it moved.
    mkdirSync(join(data, "restoring"));
    rmSync(join(data, "ofs-data.json"));
    expect(() => DataFolder.prepare(data)).toThrow(/a restore into it was interrupted/);
    await restoreFleet(backup, data, false);
    expect(readdirSync(data).toSorted()).toEqual(["log", "ofs-data.json"]);
  });
});
