import { formatType } from "@ofs/delta";
import { type HttpCall, type HttpRoute, parseJson, readBody } from "@ofs/http";
import { FeatureStoreError } from "@ofs/platform";
import type { RejectFiles } from "../rejects/reject-files.ts";
import type { Run, RunState } from "../runs/model.ts";
import type { Registrar } from "../runs/registrar.ts";
import { parseRequest, READ_REQUEST, SINCE_REQUEST } from "../runs/run-request.ts";
import { type TableAccess, withTable } from "../runs/table-source.ts";
import type { FileList, VersionShare } from "../store/file-list.ts";
import type { RunStore } from "../store/run-store.ts";
import type { ShardStore } from "../store/shard-store.ts";
import { fileRoute } from "./file-routes.ts";
import { requiredQuery, tableRoute } from "./table-route.ts";

export interface TableRouteDeps {
  readonly runs: RunStore;
  readonly shards: ShardStore;
  readonly files: FileList;
  readonly registrar: Registrar;
  readonly access: TableAccess;
  readonly rejects: RejectFiles;
  readonly maxRequestBytes: number;
  /** A run may go on. */
  readonly onChange: () => void;
}

/** Tables that are read, and what is read of them. Paths and bodies are Darwin's, with more of our own. */
export function tableRoutes(deps: TableRouteDeps): HttpRoute[] {
  const { registrar, maxRequestBytes } = deps;
  const body = async ({ request }: HttpCall): Promise<unknown> =>
    parseJson(await readBody(request, maxRequestBytes));
  return [
    ...lookRoutes(deps),
    tableRoute("POST", "/table/read", async (call) => {
      const request = parseRequest(READ_REQUEST, await body(call));
      return requestView(await registrar.read(request, call.signal));
    }),
    tableRoute("POST", "/table/read-since-timestamp", async (call) => {
      const request = parseRequest(SINCE_REQUEST, await body(call));
      return requestView(await registrar.readSince(request, call.signal));
    }),
    tableRoute("GET", "/table/list", () => list(deps)),
    tableRoute("GET", "/table/status", (call) => status(deps, call)),
    fileRoute(deps),
    ...changeRoutes(deps),
  ];
}

function lookRoutes({ access }: TableRouteDeps): HttpRoute[] {
  const format = "delta";
  return [
    tableRoute("GET", "/table/latest-version", async (call) => {
      const path = requiredQuery(call, "path");
      const latestVersion = await withTable(access, { path, format }, call.signal, (table) =>
        table.latestVersion(),
      );
      return { path, latestVersion };
    }),
    tableRoute("GET", "/table/schema", async (call) => {
      const path = requiredQuery(call, "path");
      const { schema } = await withTable(access, { path, format }, call.signal, async (table) =>
        table.snapshot(await table.latestVersion()),
      );
      const types = schema.map((field) => [field.name, formatType(field.type)] as const);
      return { path, schema: Object.fromEntries(types) };
    }),
  ];
}

function changeRoutes(deps: TableRouteDeps): HttpRoute[] {
  const { runs, rejects, onChange } = deps;
  const change = (
    path: string,
    from: readonly RunState[],
    state: RunState,
    wanted: string,
  ): HttpRoute =>
    tableRoute("POST", path, async (call) => {
      const run = await runs.require(requiredQuery(call, "name"));
      if (!(await runs.change(run, from, { state, nextCheckMs: 0 }))) throw wrongState(run, wanted);
      onChange();
      return { name: run.spec.tableName };
    });
  return [
    change("/table/pause", ["PENDING", "RUNNING"], "PAUSED", "be paused"),
    change("/table/cancel", ["PENDING", "RUNNING", "PAUSED"], "CANCELLED", "be cancelled"),
    tableRoute("POST", "/table/resume", async (call) => {
      const run = await runs.require(requiredQuery(call, "name"));
      const state = run.plannedVersion < 0 ? "PENDING" : "RUNNING";
      const isResumed =
        (await runs.change(run, ["PAUSED"], { state, nextCheckMs: 0 })) || (await runs.revive(run));
      if (!isResumed) throw wrongState(run, "be resumed");
      onChange();
      return { name: run.spec.tableName };
    }),
    tableRoute("POST", "/table/reset", async (call) => {
      const name = requiredQuery(call, "name");
      await runs.put((await runs.require(name)).spec);
      await rejects.forget(name);
      onChange();
      return { name };
    }),
    tableRoute("DELETE", "/table", async (call) => {
      const run = await runs.require(requiredQuery(call, "name"));
      await runs.remove(run);
      await rejects.forget(run.spec.tableName);
      return { name: run.spec.tableName };
    }),
  ];
}

async function list({ runs, files }: TableRouteDeps): Promise<object> {
  const [all, shares] = await Promise.all([runs.list(), files.shares()]);
  return all.map((run) => statusView(run, shares.get(run.spec.tableName)));
}

async function status(deps: TableRouteDeps, call: HttpCall): Promise<object> {
  const { runs, shards, rejects, files } = deps;
  const run = await runs.require(requiredQuery(call, "name"));
  const { tableName } = run.spec;
  const version = run.plannedVersion < 0 ? undefined : await runs.versionStatus(run);
  return {
    ...statusView(run, (await files.shares()).get(tableName)),
    openFileCount: version?.openCount ?? 0,
    failedFileCount: version?.failedCount ?? 0,
    rejects: await shards.rejects(tableName, run.generation),
    rejectsFolder: rejects.folderOf({ tableName, generation: run.generation }),
    spec: run.spec,
  };
}

/** @param share how far its version is; undefined: it has begun none */
function statusView(run: Run, share: VersionShare | undefined): object {
  const { spec, state, plannedVersion, progress } = run;
  const { source, target, follow, path } = spec;
  return {
    name: spec.tableName,
    path,
    state,
    dialect: target.dialect,
    ...targetView(target),
    mode: source.mode,
    follow: follow.kind,
    startVersion: source.mode === "changes" ? source.startVersion : undefined,
    currentVersion: plannedVersion < 0 ? undefined : plannedVersion,
    endVersion: source.mode === "changes" ? source.endVersion : source.version,
    fileCount: share?.fileCount,
    doneShare: share?.doneShare,
    ...progress,
    ignoredDeleteFileCount: run.deleteFileCount,
    error: run.error === "" ? undefined : run.error,
    createdAt: run.createdMs,
    updatedAt: run.updatedMs,
  };
}

/** The body of the request with what was left out filled in. */
function requestView({ spec }: Run): object {
  const { source, target, follow, ...common } = spec;
  return {
    ...common,
    ...targetView(target),
    ...(target.dialect === "row"
      ? { replicateWrites: target.replicateWrites, singleBase64: !target.isBinaryDoubled }
      : {}),
    ...source,
    watch: follow.kind === "watch",
    schedule: follow.kind === "cron" ? follow.expression : undefined,
  };
}

function targetView(target: Run["spec"]["target"]): object {
  if (target.dialect === "block") {
    return { entityLabel: target.entityLabel, featureGroups: target.groups };
  }
  const { featureGroupName, featureGroupVersion } = target;
  return { featureGroupName, featureGroupVersion };
}

function wrongState({ spec, state }: Run, wanted: string): FeatureStoreError {
  const reason = `the run of table ${spec.tableName} is ${state} and cannot ${wanted}`;
  return new FeatureStoreError("FAILED_PRECONDITION", reason);
}
