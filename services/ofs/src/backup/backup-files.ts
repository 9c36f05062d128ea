import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { FeatureStoreError } from "@ofs/platform";
import { syncPath } from "../sync-path.ts";
import {
  type BackupContent,
  type BackupFile,
  MANIFEST_FILE,
  type Manifest,
  readManifest,
  refused,
  writeManifest,
} from "./manifest.ts";

/** Rights of a backup's folders: for its owner. */
const OWNER_FOLDER = 0o700;

/**
 * Makes a backup: the folder comes into being with all that is in it, or not at all.
 *
 * @param folder may be there if it is empty
 * @param fill puts the files into the folder that it is given
 * @throws {FeatureStoreError} FAILED_PRECONDITION if something is in the folder already; whatever `fill` throws
 */
export async function makeBackup(
  folder: string,
  fill: (folder: string) => Promise<BackupContent>,
): Promise<Manifest> {
  const path = resolve(folder);
  if (existsSync(path) && (await readdir(path)).length > 0) {
    const reason = "there is something in it: name a new folder";
    throw new FeatureStoreError("FAILED_PRECONDITION", `backup folder ${folder}: ${reason}`);
  }
  const partial = `${path}.partial-${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: OWNER_FOLDER });
  try {
    const content = await fill(partial);
    const files = await sumFiles(partial);
    await syncTree(partial);
    const manifest = writeManifest(partial, content, files);
    syncPath(partial);
    await rename(partial, path);
    syncPath(dirname(path));
    return manifest;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * Reads a whole backup and compares it with what its manifest says.
 *
 * @throws {FeatureStoreError} FAILED_PRECONDITION, naming the file that is not as it was written
 */
export async function verifyBackup(folder: string): Promise<Manifest> {
  const manifest = readManifest(folder);
  await compareFiles(folder, manifest.files);
  return manifest;
}

/** @throws {FeatureStoreError} FAILED_PRECONDITION, naming the first file of the folder that is not as it should be */
export async function compareFiles(folder: string, expected: readonly BackupFile[]): Promise<void> {
  const found = new Map((await sumFiles(folder)).map((file) => [file.path, file]));
  for (const { path, sizeBytes, sha256 } of expected) {
    const file = found.get(path);
    const name = join(folder, path);
    if (file === undefined) throw refused(name, "it is missing");
    if (file.sizeBytes !== sizeBytes) {
      throw refused(name, `it has ${file.sizeBytes} bytes, not ${sizeBytes}`);
    }
    if (file.sha256 !== sha256) throw refused(name, "it does not match its checksum");
    found.delete(path);
  }
  const extra = [...found.keys()][0];
  if (extra !== undefined) throw refused(join(folder, extra), "it is not in the manifest");
}

/** All files of a folder but the manifest. */
async function sumFiles(folder: string): Promise<BackupFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: BackupFile[] = [];
  for (const entry of entries.filter((each) => !each.isDirectory())) {
    const file = join(entry.parentPath, entry.name);
    const path = relative(folder, file).split(sep).join("/");
    if (path === MANIFEST_FILE) continue;
    if (!entry.isFile()) throw refused(file, "it is no file");
    const { size: sizeBytes } = await stat(file);
    files.push({ path, sizeBytes, sha256: await sumOf(file) });
  }
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Brings a folder and all that is in it to the disk. */
export async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    syncPath(join(entry.parentPath, entry.name));
  }
  syncPath(folder);
}
