import { copyFile, mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { FeatureStoreError } from "@ofs/platform";
import { ENDS_FILE, MARKER_FILE } from "./clean-close.ts";
import { COMMITS } from "./committed-positions.ts";
import { syncFolder } from "./log-disk.ts";
import { isErrno } from "./log-errors.ts";
import { parseSegmentName } from "./segment.ts";
import { listTopicNames, SETTINGS_FILE } from "./topic.ts";
import { TOPICS_FOLDER } from "./topic-table.ts";

/** How often the files of a partition are copied anew because some were removed meanwhile. */
const MAX_ATTEMPTS = 20;

/**
 * Copies a log that a process may be writing: to whoever opens the copy, that process was killed. First where groups stand, then
 * the records: no group is ahead of the records. A log is written at its ends only, so the beginning of a file is
 * what was there, and an end that is cut off is found by its checksum.
 *
 * @param target a folder that is not there yet
 * @returns false if there is no log in `source`, and then there is nothing in `target`
 * @throws {FeatureStoreError} UNAVAILABLE if records were removed faster than they could be copied
 */
export async function copyEmbeddedLog(source: string, target: string): Promise<boolean> {
  const isMarked = (await readdir(source).catch(ignoreAbsence))?.includes(MARKER_FILE);
  if (isMarked !== true) return false;
  await mkdir(target, { recursive: true });
  // There only while the log is closed. Ends only grow, so the oldest answer is right.
  await copyIfThere(join(source, ENDS_FILE), join(target, ENDS_FILE));
  await copySegments(join(source, COMMITS), join(target, COMMITS));
  const topics = join(source, TOPICS_FOLDER);
  await mkdir(join(target, TOPICS_FOLDER));
  for (const name of await listTopicNames(topics)) {
    await copyTopic(join(topics, name), join(target, TOPICS_FOLDER, name));
  }
  await syncFolder(join(target, TOPICS_FOLDER));
  await copyAndSync(join(source, MARKER_FILE), join(target, MARKER_FILE));
  await syncFolder(target);
  return true;
}

/** One that is still being made is left out. */
async function copyTopic(source: string, target: string): Promise<void> {
  await mkdir(target);
  if (!(await copyIfThere(join(source, SETTINGS_FILE), join(target, SETTINGS_FILE)))) {
    await rm(target, { recursive: true });
    return;
  }
  const folders = await readdir(source, { withFileTypes: true });
  for (const { name } of folders.filter((entry) => entry.isDirectory())) {
    await copySegments(join(source, name), join(target, name));
  }
  await syncFolder(target);
}

async function copySegments(source: string, target: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(target);
      const names = (await readdir(source)).filter((name) => parseSegmentName(name) !== undefined);
      for (const name of names.sort()) await copyAndSync(join(source, name), join(target, name));
      await syncFolder(target);
      return;
    } catch (cause) {
      if (!isErrno(cause, "ENOENT")) throw cause;
      await rm(target, { recursive: true, force: true });
      if (attempt < MAX_ATTEMPTS) continue;
      const reason = `files were removed during each of ${attempt} attempts to copy them`;
      throw new FeatureStoreError("UNAVAILABLE", `embedded log: ${source}: ${reason}`, { cause });
    }
  }
}

/** @returns whether it was there */
async function copyIfThere(source: string, target: string): Promise<boolean> {
  try {
    await copyAndSync(source, target);
    return true;
  } catch (error) {
    ignoreAbsence(error);
    return false;
  }
}

async function copyAndSync(source: string, target: string): Promise<void> {
  await copyFile(source, target);
  const file = await open(target, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** @throws any other error */
function ignoreAbsence(error: unknown): undefined {
  if (!isErrno(error, "ENOENT")) throw error;
  return undefined;
}
