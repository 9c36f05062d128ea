import { z } from "zod";
import { brokenTable, DeltaError } from "../errors.ts";
import { type Checkpoint, commitPath, LOG_FOLDER, LogFiles, versionText } from "./log-files.ts";
import { LogState } from "./log-state.ts";
import { readActions } from "./read-actions.ts";
import { type LogSource, readCheckpoint } from "./read-checkpoint.ts";

const HINT_PATH = `${LOG_FOLDER}/_last_checkpoint`;
const HINT_BYTES_MAX = 16 * 1024 * 1024;
const hintSchema = z.looseObject({ version: z.number().int().nonnegative() });

/** The state at a version, and the listing it was made from. */
export interface ReplayedVersion {
  readonly state: LogState;
  readonly files: LogFiles;
}

/** The log of one table; looks at the storage anew with each call. */
export class TableLog {
  readonly #source: LogSource;
  /** Description at the version asked for last: runs go from one version to the next. */
  #described: { readonly version: number; readonly state: LogState } | undefined;

  constructor(source: LogSource) {
    this.#source = source;
  }

  get location(): string {
    return this.#source.storage.location;
  }

  /**
   * Lists the log from the newest checkpoint on that is no younger than a version.
   *
   * @param version undefined: the latest
   * @throws {DeltaError} NOT_FOUND if there is no log
   */
  async list(version?: number, signal?: AbortSignal): Promise<LogFiles> {
    const hint = await this.#hint(signal);
    if (hint !== undefined && hint <= (version ?? hint)) {
      const files = await this.#listFrom(hint, signal);
      if (files.checkpointUpTo(version ?? hint) !== undefined) return files;
    }
    return this.listAll(signal);
  }

  async listAll(signal?: AbortSignal): Promise<LogFiles> {
    const files = await this.#listFrom(undefined, signal);
    if (files.latestVersion !== undefined) return files;
    throw new DeltaError(
      "NOT_FOUND",
      `${this.location} is no Delta table: it has no ${LOG_FOLDER}`,
    );
  }

  /** @throws {DeltaError} NOT_FOUND for a version that is not there, FAILED_PRECONDITION for a broken log */
  async replay(version: number, signal?: AbortSignal): Promise<ReplayedVersion> {
    const files = await this.list(version, signal);
    this.#requireVersion(files, version);
    const checkpoint = files.checkpointUpTo(version);
    const state = new LogState(this.location);
    if (checkpoint !== undefined) await this.#load(state, checkpoint, true, signal);
    for (const commit of this.#commits(files, checkpoint?.version ?? -1, version)) {
      state.apply(await readActions(this.#source.storage, commit, signal), commit.path);
    }
    this.#described = { version, state: state.copyDescription() };
    return { state, files };
  }

  /** The same without the files of the table, and so with less to read. */
  async describe(version: number, signal?: AbortSignal): Promise<ReplayedVersion> {
    const known = this.#described;
    if (known !== undefined && known.version <= version) {
      const files = await this.#listFrom(known.version, signal);
      const commits = files.commitsBetween(known.version, version);
      if (Array.isArray(commits)) {
        const state = known.state.copyDescription();
        return { state: await this.#describeCommits(state, version, commits, signal), files };
      }
    }
    const files = await this.list(version, signal);
    this.#requireVersion(files, version);
    const checkpoint = files.checkpointUpTo(version);
    const state = new LogState(this.location);
    if (checkpoint !== undefined) await this.#load(state, checkpoint, false, signal);
    const commits = this.#commits(files, checkpoint?.version ?? -1, version);
    return { state: await this.#describeCommits(state, version, commits, signal), files };
  }

  async #describeCommits(
    state: LogState,
    version: number,
    commits: readonly { readonly path: string }[],
    signal: AbortSignal | undefined,
  ): Promise<LogState> {
    for (const commit of commits) {
      const actions = await readActions(this.#source.storage, commit, signal);
      for (const action of actions) state.describe(action, commit.path);
    }
    this.#described = { version, state };
    return state;
  }

  async #load(
    state: LogState,
    checkpoint: Checkpoint,
    withFiles: boolean,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for await (const group of readCheckpoint(this.#source, checkpoint, withFiles, signal)) {
      if (withFiles) state.apply(group.actions, group.path);
      else for (const action of group.actions) state.describe(action, group.path);
    }
  }

  #requireVersion({ latestVersion = -1 }: LogFiles, version: number): void {
    if (version <= latestVersion) return;
    throw new DeltaError(
      "NOT_FOUND",
      `table ${this.location} has no version ${version}; the latest is ${latestVersion}`,
    );
  }

  #commits(files: LogFiles, from: number, to: number): readonly { readonly path: string }[] {
    const commits = files.commitsBetween(from, to);
    if (Array.isArray(commits)) return commits;
    const needed = `and version ${to} of ${this.location} needs it`;
    throw brokenTable(`commit ${commitPath(commits.missing)} is not there, ${needed}`);
  }

  async #listFrom(version: number | undefined, signal: AbortSignal | undefined): Promise<LogFiles> {
    const start = version === undefined ? {} : { startAfter: versionText(version) };
    return LogFiles.of(await this.#source.storage.list(LOG_FOLDER, { ...start, signal }));
  }

  /** @returns undefined if there is none, or nothing that one can make out */
  async #hint(signal: AbortSignal | undefined): Promise<number | undefined> {
    let bytes: Buffer;
    try {
      bytes = await this.#source.storage.read(HINT_PATH, HINT_BYTES_MAX, signal);
    } catch (error) {
      const { code } = error as DeltaError;
      if (code === "NOT_FOUND" || code === "RESOURCE_EXHAUSTED") return undefined;
      throw error;
    }
    try {
      return hintSchema.parse(JSON.parse(bytes.toString("utf8"))).version;
    } catch {
      return undefined; // it is only a hint: the listing tells
    }
  }
}
