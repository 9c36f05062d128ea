import { type DataFile, mayMatch, type TableField } from "@ofs/delta";
import { FeatureStoreError, type Logger } from "@ofs/platform";
import { Cron } from "croner";
import { compileFilter } from "../filter/row-filter.ts";
import { createPlan, type RegistryView } from "../messages/create-plan.ts";
import type { RunStore, VersionPlan } from "../store/run-store.ts";
import type { Run } from "./model.ts";
import {
  cutFiles,
  deletesOf,
  type OpenTable,
  type TableAccess,
  withTable,
} from "./table-source.ts";

/** Shards of one version. */
const SHARDS_MAX = 200_000;

/** Before something that passes is tried again. */
const RETRY_MS = 5_000;

export interface PlannerOptions {
  readonly runs: RunStore;
  readonly access: TableAccess;
  readonly registries: RegistryView;
  readonly rowsPerShard: number;
  /** Between looks at a table that is watched. */
  readonly watchMs: number;
  readonly now: () => number;
  readonly log: Logger;
}

/**
 * Takes runs from version to version. Processes may do so at once: the database lets one of them begin a version.
 */
export class Planner {
  readonly #options: PlannerOptions;

  constructor(options: PlannerOptions) {
    this.#options = options;
  }

  /** @returns whether there is new work for workers @throws {FeatureStoreError} if the database is away */
  async planAll(signal: AbortSignal): Promise<boolean> {
    let hasBegun = false;
    for (const run of await this.#options.runs.due()) {
      if (signal.aborted) return hasBegun;
      if (await this.#planSafely(run, signal)) hasBegun = true;
    }
    return hasBegun;
  }

  async #planSafely(run: Run, signal: AbortSignal): Promise<boolean> {
    const { runs, now, log } = this.#options;
    try {
      return await this.#plan(run, signal);
    } catch (error) {
      if (signal.aborted) return false;
      const message = error instanceof Error ? error.message : String(error);
      const { tableName } = run.spec;
      log.warn({ err: error, tableName }, "a version of a table could not be begun");
      const isPassing = !(error instanceof FeatureStoreError) || error.isRetryable;
      const to = isPassing
        ? ({ state: run.state, nextCheckMs: now() + RETRY_MS } as const)
        : ({ state: "FAILED" } as const);
      await runs.change(run, [run.state], { ...to, error: message });
      return false;
    }
  }

  async #plan(run: Run, signal: AbortSignal): Promise<boolean> {
    const { runs } = this.#options;
    if (run.plannedVersion >= 0) {
      const { openCount, failedCount, error } = await runs.versionStatus(run);
      if (failedCount > 0) {
        const text = `version ${run.plannedVersion}: ${failedCount} files failed: ${error}`;
        await runs.change(run, ["RUNNING"], { state: "FAILED", error: text });
        return false;
      }
      if (openCount > 0) return false;
    }
    return withTable(this.#options.access, run.spec, signal, (table) => this.#next(run, table));
  }

  async #next(run: Run, table: OpenTable): Promise<boolean> {
    const { source } = run.spec;
    const latest = await table.latestVersion();
    const version = nextVersion(run, latest);
    if (version === undefined) {
      await this.#rest(run);
      return false;
    }
    const plan =
      source.mode === "snapshot"
        ? this.#snapshotPlan(run, await table.snapshot(version))
        : await this.#changesPlan(run, table, version);
    return this.#options.runs.begin(run, plan);
  }

  #snapshotPlan(run: Run, snapshot: Awaited<ReturnType<OpenTable["snapshot"]>>): VersionPlan {
    return this.#versionPlan(run, { ...snapshot, deleteFileCount: 0, sendsDeletes: false });
  }

  async #changesPlan(run: Run, table: OpenTable, version: number): Promise<VersionPlan> {
    const changes = await table.changes(version);
    const { kind, files } = changes.deletes;
    const deleteFileCount = kind === "none" ? 0 : Math.max(1, files.length);
    const sendsDeletes = run.spec.deletes === "tombstone" && kind !== "none";
    return this.#versionPlan(run, {
      ...changes,
      files: changes.isDataChange ? changes.files : [],
      deleteFileCount: sendsDeletes ? 0 : deleteFileCount,
      sendsDeletes,
    });
  }

  #versionPlan(
    run: Run,
    {
      version,
      commitTimeMs,
      schema,
      files,
      deleteFileCount,
      sendsDeletes,
    }: {
      readonly version: number;
      readonly commitTimeMs: number;
      readonly schema: readonly TableField[];
      readonly files: readonly DataFile[];
      readonly deleteFileCount: number;
      readonly sendsDeletes: boolean;
    },
  ): VersionPlan {
    const { spec } = run;
    const { now, registries, rowsPerShard } = this.#options;
    const filter = compileFilter(spec.filter, schema);
    // So that a version that does not fit fails before its first row.
    if (files.length > 0 || sendsDeletes) createPlan(spec, schema, registries);
    const wanted = files.filter((file) => mayMatch(file, schema, filter));
    const shards = cutFiles(wanted, rowsPerShard);
    if (sendsDeletes) shards.push(deletesOf(version));
    if (shards.length > SHARDS_MAX) {
      const reason = `version ${version} has ${shards.length} files and parts of them, ${SHARDS_MAX} at most`;
      throw new FeatureStoreError("FAILED_PRECONDITION", reason);
    }
    // Versions of one millisecond: the later one wins. Never later than now, which consumers would not believe.
    const writeTimeMs = Math.min(Math.max(commitTimeMs, run.writeTimeMs + 1), now());
    return { version, schema, writeTimeMs, fileCount: files.length, shards, deleteFileCount };
  }

  /** Everything that there was is done. */
  async #rest(run: Run): Promise<void> {
    const { runs, now, watchMs, log } = this.#options;
    const { follow, tableName } = run.spec;
    if (follow.kind === "none") {
      if (await runs.change(run, ["RUNNING", "PENDING"], { state: "COMPLETED" })) {
        log.info({ tableName, progress: run.progress }, "a run is complete");
      }
      return;
    }
    const nextCheckMs =
      follow.kind === "watch" ? now() + watchMs : nextTimeMs(follow.expression, now());
    await runs.change(run, ["RUNNING", "PENDING"], { state: "PENDING", nextCheckMs, error: "" });
  }
}

/** @returns undefined if there is nothing to read now */
export function nextVersion(run: Run, latest: number): number | undefined {
  const { plannedVersion, spec } = run;
  const { source, follow } = spec;
  if (source.mode === "snapshot") {
    if (plannedVersion < 0) return source.version ?? latest;
    const isNew = follow.kind !== "none" && source.version === undefined && latest > plannedVersion;
    return isNew ? latest : undefined;
  }
  const { startVersion, endVersion = latest } = source;
  const version = plannedVersion < 0 ? startVersion : plannedVersion + 1;
  if (version > endVersion) return undefined;
  if (version <= latest) return version;
  if (follow.kind !== "none") return undefined;
  throw new FeatureStoreError(
    "FAILED_PRECONDITION",
    `version ${version} of ${spec.path} is not there; the latest is ${latest}`,
  );
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT for a text that is no cron expression, or never comes */
export function nextTimeMs(expression: string, nowMs: number): number {
  let next: Date | null;
  try {
    next = new Cron(expression, { timezone: "UTC" }).nextRun(new Date(nowMs));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FeatureStoreError("INVALID_ARGUMENT", `schedule ${expression}: ${reason}`, { cause });
  }
  if (next === null) {
    throw new FeatureStoreError("INVALID_ARGUMENT", `schedule ${expression} never comes`);
  }
  return next.getTime();
}
