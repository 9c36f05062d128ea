import { formatType } from "@ofs/delta";
import {
  type HttpCall,
  type HttpReply,
  type HttpRoute,
  jsonReply,
  parseJson,
  readBody,
} from "@ofs/http";
import { FeatureStoreError, toWireStatus } from "@ofs/platform";
import { MappingError } from "../mapping/mapping-error.ts";
import type { RejectFiles } from "../rejects/reject-files.ts";
import type { Run, RunState } from "../runs/model.ts";
import type { Registrar } from "../runs/registrar.ts";
import { parseRequest, READ_REQUEST, SINCE_REQUEST } from "../runs/run-request.ts";
import { type TableAccess, withTable } from "../runs/table-source.ts";
import type { RunStore } from "../store/run-store.ts";
import type { ShardStore } from "../store/shard-store.ts";

export interface TableRouteDeps {
  readonly runs: RunStore;
  readonly shards: ShardStore;
  readonly registrar: Registrar;
  readonly access: TableAccess;
  readonly rejects: RejectFiles;
  readonly maxRequestBytes: number;
  /** A run may go on. */
  readonly onChange: () => void;
}

type Handle = (call: HttpCall) => Promise<object>;

/** Tables that are read, and what is read of them. Paths and bodies are Darwin's, with more of our own. */
export function tableRoutes(deps: TableRouteDeps): HttpRoute[] {
  const { runs, registrar, maxRequestBytes } = deps;
  const body = async ({ request }: HttpCall): Promise<unknown> =>
    parseJson(await readBody(request, maxRequestBytes));
  return [
    ...lookRoutes(deps),
    route("POST", "/table/read", async (call) => {
      const request = parseRequest(READ_REQUEST, await body(call));
      return requestView(await registrar.read(request, call.signal));
    }),
    route("POST", "/table/read-since-timestamp", async (call) => {
      const request = parseRequest(SINCE_REQUEST, await body(call));
      return requestView(await registrar.readSince(request, call.signal));
    }),
    route("GET", "/table/list", async () => (await runs.list()).map(statusView)),
    route("GET", "/table/status", (call) => status(deps, call)),
    ...changeRoutes(deps),
  ];
}

function lookRoutes({ access }: TableRouteDeps): HttpRoute[] {
  const format = "delta";
  return [
    route("GET", "/table/latest-version", async (call) => {
      const path = requiredQuery(call, "path");
      const latestVersion = await withTable(access, { path, format }, call.signal, (table) =>
        table.latestVersion(),
      );
      return { path, latestVersion };
    }),
    route("GET", "/table/schema", async (call) => {
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
    route("POST", path, async (call) => {
      const run = await runs.require(requiredQuery(call, "name"));
      if (!(await runs.change(run, from, { state, nextCheckMs: 0 }))) throw wrongState(run, wanted);
      onChange();
      return { name: run.spec.tableName };
    });
  return [
    change("/table/pause", ["PENDING", "RUNNING"], "PAUSED", "be paused"),
    change("/table/cancel", ["PENDING", "RUNNING", "PAUSED"], "CANCELLED", "be cancelled"),
    route("POST", "/table/resume", async (call) => {
      const run = await runs.require(requiredQuery(call, "name"));
      const state = run.plannedVersion < 0 ? "PENDING" : "RUNNING";
      const isResumed =
        (await runs.change(run, ["PAUSED"], { state, nextCheckMs: 0 })) || (await runs.revive(run));
      if (!isResumed) throw wrongState(run, "be resumed");
      onChange();
      return { name: run.spec.tableName };
    }),
    route("POST", "/table/reset", async (call) => {
      const name = requiredQuery(call, "name");
      await runs.put((await runs.require(name)).spec);
      await rejects.forget(name);
      onChange();
      return { name };
    }),
    route("DELETE", "/table", async (call) => {
      const run = await runs.require(requiredQuery(call, "name"));
      await runs.remove(run);
      await rejects.forget(run.spec.tableName);
      return { name: run.spec.tableName };
    }),
  ];
}

async function status({ runs, shards, rejects }: TableRouteDeps, call: HttpCall): Promise<object> {
  const run = await runs.require(requiredQuery(call, "name"));
  const { tableName } = run.spec;
  const version = run.plannedVersion < 0 ? undefined : await runs.versionStatus(run);
  return {
    ...statusView(run),
    openFileCount: version?.openCount ?? 0,
    failedFileCount: version?.failedCount ?? 0,
    rejects: await shards.rejects(tableName, run.generation),
    rejectsFolder: rejects.folderOf({ tableName, generation: run.generation }),
    spec: run.spec,
  };
}

function statusView({ spec, state, plannedVersion, progress, ...run }: Run) {
  const { dialect } = spec.target;
  return {
    name: spec.tableName,
    state,
    dialect,
    currentVersion: plannedVersion < 0 ? undefined : plannedVersion,
    endVersion: spec.source.mode === "changes" ? spec.source.endVersion : spec.source.version,
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
    ...(target.dialect === "row"
      ? {
          featureGroupName: target.featureGroupName,
          featureGroupVersion: target.featureGroupVersion,
          replicateWrites: target.replicateWrites,
          singleBase64: !target.isBinaryDoubled,
        }
      : { entityLabel: target.entityLabel, featureGroups: target.groups }),
    ...source,
    watch: follow.kind === "watch",
    schedule: follow.kind === "cron" ? follow.expression : undefined,
  };
}

function wrongState({ spec, state }: Run, wanted: string): FeatureStoreError {
  const reason = `the run of table ${spec.tableName} is ${state} and cannot ${wanted}`;
  return new FeatureStoreError("FAILED_PRECONDITION", reason);
}

function requiredQuery({ query }: HttpCall, name: string): string {
  const value = query.get(name);
  if (value) return value;
  throw new FeatureStoreError("INVALID_ARGUMENT", `query parameter ${name} is required`);
}

/** Answers are `{"data": ...}`, errors `{"error": {"message", "cause", "code"}}`, as Darwin's clients want them. */
function route(method: HttpRoute["method"], path: string, handle: Handle): HttpRoute {
  return {
    method,
    path,
    isAdmin: true,
    async handle(call): Promise<HttpReply> {
      try {
        return jsonReply(200, { data: await handle(call) });
      } catch (error) {
        if (!(error instanceof FeatureStoreError)) throw error;
        const { http, name } = toWireStatus(error);
        const columns = error instanceof MappingError ? { columns: error.problems } : {};
        const { message } = error;
        return jsonReply(http, { error: { message, cause: message, code: name, ...columns } });
      }
    },
  };
}
