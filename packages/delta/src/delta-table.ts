import { DeltaError } from "./errors.ts";
import { commitTimeMs, versionAt } from "./log/commit-times.ts";
import { commitPath } from "./log/log-files.ts";
import { readActions } from "./log/read-actions.ts";
import { TableLog } from "./log/table-log.ts";
import { changesOf } from "./log/version-changes.ts";
import type { TableSnapshot, VersionChanges } from "./model/table-model.ts";
import type { FileReader } from "./reader/file-reader.ts";
import type { TableStorage } from "./storage/table-storage.ts";

const CHANGE_DATA_FEED = "delta.enableChangeDataFeed";

/** A Delta Lake table; looks at its log anew at each call, so that it sees new versions. */
export class DeltaTable {
  readonly #storage: TableStorage;
  readonly #log: TableLog;

  private constructor(storage: TableStorage, log: TableLog) {
    this.#storage = storage;
    this.#log = log;
  }

  /**
   * @param reader decodes checkpoints too
   * @throws {DeltaError} NOT_FOUND if there is no log
   */
  static async open(
    storage: TableStorage,
    reader: FileReader,
    signal?: AbortSignal,
  ): Promise<DeltaTable> {
    const log = new TableLog({ storage, reader });
    await log.list(undefined, signal);
    return new DeltaTable(storage, log);
  }

  /** @throws {DeltaError} NOT_FOUND if the log is gone */
  async latestVersion(signal?: AbortSignal): Promise<number> {
    const { latestVersion = 0 } = await this.#log.list(undefined, signal);
    return latestVersion;
  }

  /**
   * The newest version that was there at a time: by the time that commits tell where the table has it so, else by the
   * time of their files.
   *
   * @throws {DeltaError} NOT_FOUND if the oldest one that is still known is younger
   */
  async versionAsOf(timestampMs: number, signal?: AbortSignal): Promise<number> {
    if (!Number.isFinite(timestampMs)) {
      throw new DeltaError("INVALID_ARGUMENT", `timestamp must be a number, not ${timestampMs}`);
    }
    const files = await this.#log.listAll(signal);
    const { state } = await this.#log.describe(files.latestVersion ?? 0, signal);
    return versionAt(this.#storage, files, state.description(), timestampMs, signal);
  }

  /** @throws {DeltaError} NOT_FOUND, UNIMPLEMENTED (a protocol feature, named), FAILED_PRECONDITION (broken log) */
  async snapshot(version: number, signal?: AbortSignal): Promise<TableSnapshot> {
    requireVersion(version);
    const { state, files } = await this.#log.replay(version, signal);
    const description = state.description();
    const timeMs = await commitTimeMs(this.#storage, files, description, version, signal);
    return { version, commitTimeMs: timeMs, files: state.files, ...description };
  }

  /** @throws {DeltaError} as `snapshot`; also FAILED_PRECONDITION if the version's own commit is not there any more */
  async changes(version: number, signal?: AbortSignal): Promise<VersionChanges> {
    requireVersion(version);
    const { state, files } = await this.#log.describe(version, signal);
    const description = state.description();
    const path = commitPath(version);
    const actions = await this.#ownActions(version, path, signal);
    const hasFeed = description.configuration.get(CHANGE_DATA_FEED) === "true";
    const timeMs = await commitTimeMs(this.#storage, files, description, version, signal);
    const { schema } = description;
    return { version, commitTimeMs: timeMs, schema, ...changesOf(actions, hasFeed) };
  }

  async #ownActions(version: number, path: string, signal: AbortSignal | undefined) {
    try {
      return await readActions(this.#storage, { path }, signal);
    } catch (error) {
      if (!(error instanceof DeltaError) || error.code !== "NOT_FOUND") throw error;
      throw new DeltaError(
        "FAILED_PRECONDITION",
        `changes of version ${version} of ${this.#storage.location} are not known any more: ${path} is not there`,
        { cause: error },
      );
    }
  }
}

function requireVersion(version: number): void {
  if (Number.isSafeInteger(version) && version >= 0) return;
  throw new DeltaError("INVALID_ARGUMENT", `version must be a whole number, not ${version}`);
}
