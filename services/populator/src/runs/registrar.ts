import type { TableField } from "@ofs/delta";
import { DeltaError } from "@ofs/delta";
import { FeatureStoreError } from "@ofs/platform";
import { DEFAULT_TENANT } from "@ofs/rows";
import { compileFilter } from "../filter/row-filter.ts";
import { createPlan, type RegistryView, requireGroup } from "../messages/create-plan.ts";
import type { RejectFiles } from "../rejects/reject-files.ts";
import type { RunStore } from "../store/run-store.ts";
import type { BlockTarget, Follow, RowTarget, Run, RunSource, RunSpec } from "./model.ts";
import { nextTimeMs } from "./planner.ts";
import type { ReadRequest, SinceRequest } from "./run-request.ts";
import { type OpenTable, type TableAccess, withTable } from "./table-source.ts";

export interface RegistrarOptions {
  readonly runs: RunStore;
  readonly access: TableAccess;
  readonly registries: RegistryView;
  readonly rejects: RejectFiles;
  /** Of runs of the block dialect that name none. */
  readonly defaultTopic: string;
  readonly now: () => number;
  /** There is a new run. */
  readonly onRun: () => void;
}

type Wanted = Omit<ReadRequest, "startVersion" | "endVersion" | "mode" | "version"> & {
  readonly source: (table: OpenTable) => Promise<RunSource>;
};

/** Takes runs in: what cannot work is refused before anything of it is kept. */
export class Registrar {
  readonly #options: RegistrarOptions;

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  /** @throws {FeatureStoreError} INVALID_ARGUMENT, {MappingError}, {DeltaError} */
  read(request: ReadRequest, signal: AbortSignal): Promise<Run> {
    const source = (table: OpenTable): Promise<RunSource> => sourceOf(request, table);
    return this.#register({ ...request, source }, signal);
  }

  /** @throws as `read`; {FeatureStoreError} NOT_FOUND if nothing came after the time */
  readSince(request: SinceRequest, signal: AbortSignal): Promise<Run> {
    const source = (table: OpenTable): Promise<RunSource> => sourceSince(request.timestamp, table);
    return this.#register({ ...request, watch: false, schedule: undefined, source }, signal);
  }

  async #register(wanted: Wanted, signal: AbortSignal): Promise<Run> {
    const { access, registries, runs, rejects, now, onRun } = this.#options;
    const target = targetOf(wanted);
    const follow = followOf(wanted, now());
    const { tenantName, topicName } = this.#destination(wanted, target);
    const { tableName, path, format, columns, filter, maxRejects, deletes } = wanted;
    const spec = await withTable(access, { path, format }, signal, async (table) => {
      const source = await wanted.source(table);
      if (deletes === "tombstone") requireChanges(source, format);
      const schema = await schemaOf(table, source);
      createPlan({ target, columns }, schema, registries);
      compileFilter(filter, schema);
      return {
        tableName,
        path,
        format,
        source,
        target,
        tenantName,
        topicName,
        runId: wanted.runId ?? defaultRunId(now()),
        columns,
        filter,
        maxRejects,
        follow,
        deletes,
      } satisfies RunSpec;
    });
    const run = await runs.put(spec);
    await rejects.forget(tableName);
    onRun();
    return run;
  }

  #destination(
    wanted: Wanted,
    target: RowTarget | BlockTarget,
  ): { readonly tenantName: string; readonly topicName: string } {
    if (target.dialect === "block") {
      return {
        tenantName: wanted.tenantName ?? DEFAULT_TENANT,
        topicName: wanted.topicName ?? this.#options.defaultTopic,
      };
    }
    const catalog = this.#options.registries.catalog();
    const group = requireGroup(target, catalog);
    const topicName = wanted.topicName ?? catalog?.topicOf(group.metadata);
    if (topicName === undefined) {
      const reason = `topicName: tenant ${group.metadata.tenant.consume} has no topic, and none is given`;
      throw new FeatureStoreError("INVALID_ARGUMENT", reason);
    }
    return { tenantName: wanted.tenantName ?? group.metadata.tenant.consume, topicName };
  }
}

function targetOf(wanted: Wanted): RowTarget | BlockTarget {
  const { featureGroupName, entityLabel, featureGroupVersion, featureGroups } = wanted;
  if ((featureGroupName === undefined) === (entityLabel === undefined)) {
    const reason = "featureGroupName (row dialect) or entityLabel (block dialect) is required";
    throw new FeatureStoreError("INVALID_ARGUMENT", `${reason}, one of them`);
  }
  if (featureGroupName !== undefined) {
    return {
      dialect: "row",
      featureGroupName,
      featureGroupVersion,
      replicateWrites: wanted.replicateWrites,
      isBinaryDoubled: !wanted.singleBase64,
    };
  }
  return { dialect: "block", entityLabel: entityLabel as string, groups: featureGroups };
}

function followOf({ watch, schedule }: Wanted, nowMs: number): Follow {
  if (schedule === undefined) return { kind: watch ? "watch" : "none" };
  if (watch) {
    throw new FeatureStoreError("INVALID_ARGUMENT", "watch and schedule exclude each other");
  }
  nextTimeMs(schedule, nowMs);
  return { kind: "cron", expression: schedule };
}

async function sourceOf(request: ReadRequest, table: OpenTable): Promise<RunSource> {
  const { startVersion, endVersion, mode, version } = request;
  const latest = await table.latestVersion();
  const isFollowing = request.watch || request.schedule !== undefined;
  if (mode === "snapshot") {
    refuse("startVersion", startVersion, "is for changes; a snapshot has version");
    refuse("endVersion", endVersion, "is for changes; a snapshot has version");
    if (version !== undefined) requireVersion("version", version, latest);
    return { mode, version: version ?? (isFollowing ? undefined : latest) };
  }
  refuse("version", version, "is for a snapshot; changes have startVersion and endVersion");
  if (startVersion === undefined) {
    throw new FeatureStoreError("INVALID_ARGUMENT", "startVersion is required");
  }
  if (isFollowing) {
    refuse("endVersion", endVersion, "has no meaning for a run that goes on for ever");
    return { mode, startVersion, endVersion: undefined };
  }
  if (endVersion === undefined) {
    throw new FeatureStoreError("INVALID_ARGUMENT", "endVersion is required");
  }
  requireVersion("endVersion", endVersion, latest);
  if (startVersion > endVersion) {
    const reason = `startVersion ${startVersion} is beyond endVersion ${endVersion}`;
    throw new FeatureStoreError("INVALID_ARGUMENT", reason);
  }
  return { mode, startVersion, endVersion };
}

/** Only versions of a Delta table tell what was taken away. */
function requireChanges({ mode }: RunSource, format: RunSpec["format"]): void {
  if (mode === "changes" && format === "delta") return;
  const what = format === "delta" ? "a snapshot" : `format ${format}`;
  const reason = `deletes tombstone is for the changes of a Delta table; ${what} does not tell of rows that are gone`;
  throw new FeatureStoreError("INVALID_ARGUMENT", reason);
}

async function sourceSince(timestampMs: number, table: OpenTable): Promise<RunSource> {
  const latest = await table.latestVersion();
  const startVersion = await firstVersionAfter(timestampMs, table);
  if (startVersion > latest) {
    const reason = `timestamp: no version is younger than ${timestampMs}; the latest is ${latest}`;
    throw new FeatureStoreError("NOT_FOUND", reason);
  }
  return { mode: "changes", startVersion, endVersion: latest };
}

async function firstVersionAfter(timestampMs: number, table: OpenTable): Promise<number> {
  try {
    return (await table.versionAsOf(timestampMs)) + 1;
  } catch (error) {
    // Everything is younger. If older versions are not known any more, reading the first one says so.
    if (error instanceof DeltaError && error.code === "NOT_FOUND") return 0;
    throw error;
  }
}

/** Of what is read last, as far as it is known. */
async function schemaOf(table: OpenTable, source: RunSource): Promise<readonly TableField[]> {
  const known = source.mode === "changes" ? source.endVersion : source.version;
  return (await table.snapshot(known ?? (await table.latestVersion()))).schema;
}

function requireVersion(field: string, version: number, latest: number): void {
  if (version <= latest) return;
  const reason = `${field} ${version} is beyond the latest version, ${latest}`;
  throw new FeatureStoreError("INVALID_ARGUMENT", reason);
}

function refuse(field: string, value: unknown, reason: string): void {
  if (value !== undefined) throw new FeatureStoreError("INVALID_ARGUMENT", `${field} ${reason}`);
}

/** `run-yyyy-MM-dd-HH-mm-ss`, UTC. */
function defaultRunId(nowMs: number): string {
  const text = new Date(nowMs).toISOString().slice(0, "2026-01-01T00:00:00".length);
  return `run-${text.replaceAll(/[T:]/g, "-")}`;
}
