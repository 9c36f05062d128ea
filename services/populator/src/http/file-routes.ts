import type { HttpRoute } from "@ofs/http";
import { FeatureStoreError } from "@ofs/platform";
import { FILES_SHOWN_MAX, type FileList } from "../store/file-list.ts";
import type { RunStore } from "../store/run-store.ts";
import { requiredQuery, tableRoute } from "./table-route.ts";

/** Files that are told if nobody says how many. */
const FILES_SHOWN_DEFAULT = 200;

export interface FileRouteDeps {
  readonly runs: RunStore;
  readonly files: FileList;
}

/** `GET /table/files?name=&limit=`: who has which file of the version that a run is at, and why files failed. */
export function fileRoute({ runs, files }: FileRouteDeps): HttpRoute {
  return tableRoute("GET", "/table/files", async ({ query }) => {
    const limit = limitOf(query.get("limit"));
    const run = await runs.require(requiredQuery({ query }, "name"));
    const { plannedVersion: version } = run;
    const all = version < 0 ? [] : await files.ofRun(run, limit);
    return {
      name: run.spec.tableName,
      version: version < 0 ? undefined : version,
      files: all.map(({ progress, updatedMs, ...file }) => ({
        ...file,
        ...progress,
        updatedAt: updatedMs,
      })),
    };
  });
}

function limitOf(text: string | null): number {
  if (text === null || text === "") return FILES_SHOWN_DEFAULT;
  const limit = Number(text);
  if (/^\d{1,9}$/.test(text) && limit >= 1 && limit <= FILES_SHOWN_MAX) return limit;
  const reason = `query parameter limit must be from 1 to ${FILES_SHOWN_MAX}, not ${text.slice(0, 100)}`;
  throw new FeatureStoreError("INVALID_ARGUMENT", reason);
}
