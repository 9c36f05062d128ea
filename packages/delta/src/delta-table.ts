import { brokenTable, DeltaError } from "./errors.ts";
import type { Action, RemoveAction } from "./log/actions.ts";
import { commitTimeMs, versionAt } from "./log/commit-times.ts";
import { commitPath } from "./log/log-files.ts";
import type { LogState } from "./log/log-state.ts";
import { readActions } from "./log/read-actions.ts";
import { TableLog } from "./log/table-log.ts";
import {
  type CommitRemovals,
  feedParts,
  isTold,
  removalsOf,
  removedParts,
} from "./log/taken-files.ts";
import { changesOf } from "./log/version-changes.ts";
import type { DataFile, TableSnapshot, TakenRows, VersionChanges } from "./model/table-model.ts";
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

  /**
   * Where the rows are that a version took away: in its change data if it has some; else in files that it removed, and under
   * marks in deletion vectors that it added. Rows that a file was rewritten with are among them: `changes` has those again.
   *
   * @throws {DeltaError} as `changes`; also FAILED_PRECONDITION naming a removed file that the version before does not have
   */
  async takenRows(version: number, signal?: AbortSignal): Promise<TakenRows> {
    requireVersion(version);
    const { state } = await this.#log.describe(version, signal);
    const { schema } = state.description();
    const actions = await this.#ownActions(version, commitPath(version), signal);
    const feed = feedParts(actions);
    if (feed.length > 0) return { version, schema, isFeed: true, files: feed };
    const removals = removalsOf(actions);
    const before = await this.#before(version, actions, removals, signal);
    const find = (remove: RemoveAction): DataFile => {
      const file = before?.find(remove);
      if (file !== undefined) return file;
      const what = `version ${version} of ${this.#storage.location} removes ${remove.path}`;
      throw brokenTable(`${what}, which version ${version - 1} does not have`);
    };
    const files = removedParts(removals, find);
    return { version, schema: before?.description().schema ?? schema, isFeed: false, files };
  }

  /** The version before, as far as the commit itself does not tell what removed files have. */
  async #before(
    version: number,
    actions: readonly Action[],
    { removes }: CommitRemovals,
    signal: AbortSignal | undefined,
  ): Promise<LogState | undefined> {
    if (version === 0 || removes.length === 0) return undefined;
    if (!removes.every(isTold)) return (await this.#log.replay(version - 1, signal)).state;
    if (actions.every(({ metaData }) => metaData === undefined)) return undefined;
    return (await this.#log.describe(version - 1, signal)).state;
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
