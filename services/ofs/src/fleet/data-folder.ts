import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { LOG_FOLDER } from "@ofs/consumer";
import { DATABASE_FILE, JWT_SECRET_FILE, METASTORE_FILE } from "@ofs/horizon";
import { FeatureStoreError, FolderLock } from "@ofs/platform";
import { REJECTS_FOLDER, STATE_FILE } from "@ofs/populator";
import { embeddedWriters } from "@ofs/store";
import { z } from "zod";
import { syncPath } from "../sync-path.ts";

/** In the current folder, unless told otherwise. */
export const DEFAULT_DATA_FOLDER = ".ofs-data";

/** The embedded store's file. */
export const DATA_FILE = "data.mdb";

/** Says that the folder is a fleet's. */
export const MARKER_FILE = "ofs-data.json";

/** Names the process that serves from the folder. */
const LOCK_FILE = "fleet.lock";

/** What a restore has brought and not put in its place yet; the folder is of no use until that is done. */
const RESTORING_FOLDER = "restoring";

/** The same while it is incomplete; nothing else in the folder has been touched. */
const RESTORING_PARTIAL = `${RESTORING_FOLDER}.partial`;

/** The marker while it is written. */
const NEXT_MARKER_FILE = `${MARKER_FILE}.next`;

const MARKER_FORMAT = 1;

/** Rights of a folder for its owner alone. */
const OWNER_FOLDER = 0o700;

/** Everything that a fleet keeps in its folder, the marker last. */
const OWN_NAMES: readonly string[] = [
  DATA_FILE,
  `${DATA_FILE}-lock`,
  "writers",
  LOG_FOLDER,
  ...[DATABASE_FILE, METASTORE_FILE, STATE_FILE].flatMap((name) => [
    name,
    `${name}-wal`,
    `${name}-shm`,
  ]),
  REJECTS_FOLDER,
  JWT_SECRET_FILE,
  RESTORING_PARTIAL,
  RESTORING_FOLDER,
  LOCK_FILE,
  NEXT_MARKER_FILE,
  MARKER_FILE,
];

const markerSchema = z.object({
  format: z.literal(MARKER_FORMAT),
  /** How far the sample's rows are: `loading` if a fleet was stopped in between. */
  sample: z.enum(["none", "loading", "loaded"]),
});

/** How far the sample is loaded. */
export type SampleState = z.output<typeof markerSchema>["sample"];

/** The folder that an embedded fleet keeps everything in. */
export class DataFolder {
  /** Absolute. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Whether a fleet has data in the folder. */
  static exists(folder: string): boolean {
    return existsSync(join(resolve(folder), DATA_FILE));
  }

  /**
   * Takes a folder for use: creates it, or checks that what is in it is a fleet's.
   *
   * @throws {FeatureStoreError} FAILED_PRECONDITION for a folder of something else or of another version
   */
  static prepare(folder: string): DataFolder {
    const path = resolve(folder);
    try {
      mkdirSync(path, { recursive: true });
    } catch (cause) {
      throw refused(folder, (cause as Error).message, { cause });
    }
    const data = new DataFolder(path);
    if (existsSync(join(path, RESTORING_FOLDER))) {
      throw refused(folder, "a restore into it was interrupted: repeat `ofs restore`");
    }
    if (!existsSync(join(path, MARKER_FILE))) {
      refuseForeign(folder);
      data.writeSampleState("none");
    }
    data.readSampleState();
    return data;
  }

  /**
   * Removes all that a fleet keeps in the folder, and nothing else.
   *
   * @param folder may be absent or empty
   * @throws {FeatureStoreError} FAILED_PRECONDITION for a folder that is not marked as a fleet's, or is in use
   */
  static reset(folder: string): void {
    const path = resolve(folder);
    if (!existsSync(path) || readdirSync(path).length === 0) return;
    if (!existsSync(join(path, MARKER_FILE))) {
      throw refused(folder, `it has no ${MARKER_FILE}, so it is not ours to empty`);
    }
    const lock = DataFolder.lock(path);
    try {
      // The marker goes last: an interrupted reset can be repeated.
      for (const name of [...readdirSync(path).filter(isLeftOver), ...OWN_NAMES]) {
        if (name !== LOCK_FILE) rmSync(join(path, name), { recursive: true, force: true });
      }
    } finally {
      lock.release();
    }
  }

  /**
   * Checks whether what is in a folder may be replaced; nothing is changed.
   *
   * @param isReplacing whether a fleet's data may be in it
   * @throws {FeatureStoreError} FAILED_PRECONDITION
   */
  static assertReplaceable(folder: string, isReplacing: boolean): void {
    const path = resolve(folder);
    if (!existsSync(path)) return;
    refuseForeign(folder);
    const writer = embeddedWriters(path)[0];
    if (writer !== undefined) throw refused(folder, `process ${writer} writes it: stop it first`);
    if (isReplacing || existsSync(join(path, RESTORING_FOLDER))) return;
    const held = readdirSync(path).find((name) => !isLeftOver(name) && name !== LOCK_FILE);
    if (held === undefined) return;
    throw refused(folder, `it holds "${held}": --replace removes what is there`);
  }

  /**
   * Replaces all that is in a folder, in one step as those see it who open it later: until `fill` is done it is as it was, and
   * if it ends after that it is of no use until it is replaced again. The folder itself stays, so it may be a mount.
   *
   * @param folder may be absent
   * @param isReplacing whether a fleet's data may be in it
   * @param fill puts the new content into the folder that it is given, and brings it to the disk
   * @throws {FeatureStoreError} FAILED_PRECONDITION if it is in use or holds what may not be replaced; what `fill` throws
   */
  static async replace(
    folder: string,
    isReplacing: boolean,
    fill: (folder: string) => Promise<void>,
  ): Promise<void> {
    const path = resolve(folder);
    mkdirSync(path, { recursive: true });
    const lock = DataFolder.lock(path);
    const partial = join(path, RESTORING_PARTIAL);
    try {
      DataFolder.assertReplaceable(folder, isReplacing);
      rmSync(partial, { recursive: true, force: true });
      mkdirSync(partial, { mode: OWNER_FOLDER });
      await fill(partial);
      putInPlace(path);
    } finally {
      rmSync(partial, { recursive: true, force: true });
      lock.release();
    }
  }

  /** @throws {FeatureStoreError} FAILED_PRECONDITION if another fleet has the folder */
  static lock(folder: string): FolderLock {
    return FolderLock.acquire({
      file: join(folder, LOCK_FILE),
      describe: (reason) =>
        `data folder ${folder} is in use: ${reason}; stop it, or name another folder with --data-folder`,
    });
  }

  /** @throws {FeatureStoreError} FAILED_PRECONDITION for a marker that this version does not understand */
  readSampleState(): SampleState {
    const file = join(this.path, MARKER_FILE);
    try {
      return markerSchema.parse(JSON.parse(readFileSync(file, "utf8"))).sample;
    } catch (cause) {
      throw refused(this.path, `its ${MARKER_FILE} is damaged or of another version`, { cause });
    }
  }

  writeSampleState(sample: SampleState): void {
    const next = join(this.path, NEXT_MARKER_FILE);
    writeFileSync(next, `${JSON.stringify({ format: MARKER_FORMAT, sample })}\n`, { flush: true });
    renameSync(next, join(this.path, MARKER_FILE));
  }
}

/** A reset removes these names and no others. */
function isOwn(name: string): boolean {
  return OWN_NAMES.includes(name) || isLeftOver(name);
}

/** From its first line on, the folder is of no use to a fleet until the last. */
function putInPlace(path: string): void {
  const ready = join(path, RESTORING_FOLDER);
  rmSync(ready, { recursive: true, force: true });
  renameSync(join(path, RESTORING_PARTIAL), ready);
  syncPath(path);
  for (const name of readdirSync(path)) {
    if (name === RESTORING_FOLDER || name.startsWith(LOCK_FILE)) continue;
    rmSync(join(path, name), { recursive: true, force: true });
  }
  for (const name of readdirSync(ready)) renameSync(join(ready, name), join(path, name));
  syncPath(path);
  rmdirSync(ready);
  syncPath(path);
}

/** @throws {FeatureStoreError} FAILED_PRECONDITION if something in the folder is not a fleet's */
function refuseForeign(folder: string): void {
  const foreign = readdirSync(resolve(folder)).find((name) => !isOwn(name));
  if (foreign === undefined) return;
  throw refused(folder, `it holds "${foreign}", which is not ours: name an empty or new folder`);
}

/** Of a fleet that was killed while it took or cleared the lock, or wrote its secret; of a restore that was. */
function isLeftOver(name: string): boolean {
  if (name === RESTORING_PARTIAL) return true;
  return name.startsWith(`${LOCK_FILE}.`) || name.startsWith(`${JWT_SECRET_FILE}.`);
}

function refused(folder: string, reason: string, options?: ErrorOptions): FeatureStoreError {
  return new FeatureStoreError("FAILED_PRECONDITION", `data folder ${folder}: ${reason}`, options);
}
