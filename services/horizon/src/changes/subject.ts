import type { Change } from "./model.ts";

/**
 * What a change is about, for lists and logs, and so that one of a kind waits at a time: the table of a store,
 * `writer/user_job`, `user`, `user/core`.
 */
export function subjectOf(change: Change): string {
  switch (change.kind) {
    case "store": {
      const { table, "conf-id": confId } = change.payload;
      return table === "" ? `conf-id ${confId}` : table;
    }
    case "job":
    case "job-rotate":
      return `${change.payload["job-type"]}/${change.payload["job-id"]}`;
    case "entity":
    case "entity-edit":
      return change.payload["entity-label"];
    case "feature-group":
    case "feature-group-edit":
      return `${change.payload["entity-label"]}/${change.payload["fg-label"]}`;
    default:
      return `${change.payload["entity-label"]}/${change.payload["feature-group-label"]}`;
  }
}
