import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { LOG_FOLDER } from "@ofs/consumer";
import { DATABASE_FILE, JWT_SECRET_FILE, METASTORE_FILE } from "@ofs/horizon";
import { FeatureStoreError, FolderLock } from "@ofs/platform";
import { REJECTS_FOLDER, STATE_FILE } from "@ofs/populator";
import { z } from "zod";

/** In the current folder, unless told otherwise. */
export const DEFAULT_DATA_FOLDER = ".ofs-data";

/** The embedded store's file. */
const DATA_FILE = "data.mdb";

/** Says that the folder is a fleet's. */
const MARKER_FILE = "ofs-data.json";

/** Names the process that serves from the folder. */
const LOCK_FILE = "fleet.lock";

/** The marker while it is written. */
const NEXT_MARKER_FILE = `${MARKER_FILE}.next`;

const MARKER_FORMAT = 1;

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
    if (!existsSync(join(path, MARKER_FILE))) {
      const foreign = readdirSync(path).find((name) => !isOwn(name));
      if (foreign !== undefined) {
        throw refused(
          folder,
          `it holds "${foreign}", which is not ours: name an empty or new folder`,
        );
      }
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

/** Of a fleet that was killed while it took or cleared the lock, or wrote its secret. */
function isLeftOver(name: string): boolean {
  return name.startsWith(`${LOCK_FILE}.`) || name.startsWith(`${JWT_SECRET_FILE}.`);
}

function refused(folder: string, reason: string, options?: ErrorOptions): FeatureStoreError {
  return new FeatureStoreError("FAILED_PRECONDITION", `data folder ${folder}: ${reason}`, options);
}
