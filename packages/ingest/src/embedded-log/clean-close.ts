import { readFile, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { FeatureStoreError } from "@ofs/platform";
import { replaceFile, syncFolder } from "./log-disk.ts";
import { isErrno } from "./log-errors.ts";

/** Says that the folder is a log's, and that its commits were once there. */
export const MARKER_FILE = "log.json";
/** Where each partition ended when the log was closed; there only while it is closed. */
export const ENDS_FILE = "closed.json";
const FORMAT = 1;

/** What the two files may hold. */
interface LogFile {
  readonly format?: unknown;
  readonly ends?: unknown;
}

/** Whether there is a log in the folder. @throws {FeatureStoreError} FAILED_PRECONDITION for one of another version */
export async function hasLog(folder: string): Promise<boolean> {
  const marker = await readJson(join(folder, MARKER_FILE));
  if (marker === undefined) return false;
  if (marker.format === FORMAT) return true;
  throw new FeatureStoreError(
    "FAILED_PRECONDITION",
    `embedded log in ${folder}: its format is ${String(marker.format)}, not ${FORMAT}`,
  );
}

/** Says that there is a log in the folder, and that the folder is on the disk. */
export async function markLog(folder: string): Promise<void> {
  await replaceFile(join(folder, MARKER_FILE), `${JSON.stringify({ format: FORMAT })}\n`);
  await syncFolder(dirname(resolve(folder)));
}

/** @returns by name of partition; empty if the log was not closed, but killed */
export async function readEnds(folder: string): Promise<Map<string, number>> {
  const ends = (await readJson(join(folder, ENDS_FILE)))?.ends;
  const entries = typeof ends === "object" && ends !== null ? Object.entries(ends) : [];
  return new Map(entries.filter(([, offset]) => Number.isSafeInteger(offset)));
}

export async function writeEnds(folder: string, ends: ReadonlyMap<string, number>): Promise<void> {
  await replaceFile(
    join(folder, ENDS_FILE),
    `${JSON.stringify({ ends: Object.fromEntries(ends) })}\n`,
  );
}

export async function removeEnds(folder: string): Promise<void> {
  await rm(join(folder, ENDS_FILE), { force: true });
  await syncFolder(folder);
}

async function readJson(path: string): Promise<LogFile | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof value === "object" && value !== null ? value : {};
  } catch (cause) {
    if (isErrno(cause, "ENOENT")) return undefined;
    throw new FeatureStoreError("INTERNAL", `embedded log: ${path} cannot be read`, { cause });
  }
}
