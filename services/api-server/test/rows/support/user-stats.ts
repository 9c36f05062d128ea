import { entityOf, groupOf } from "../../../../../packages/rows/test/support/row-objects.ts";
import { type RowServer, startRowServer } from "./row-server.ts";

const USER = entityOf("user", { user_id: "INT", season: "INT" }, ["user_id", "season"]);
const COLUMNS = { wins: "BIGINT", badge: "TEXT" } as const;

/** A server with two versions of `user_stats`, and `old_stats`, which is archived. */
export async function openUserStats(env: Record<string, string> = {}): Promise<RowServer> {
  const server = await startRowServer(env);
  await server.register(
    [USER],
    [
      groupOf("user_stats", "user", COLUMNS, { version: "v1" }),
      groupOf("user_stats", "user", COLUMNS, { version: "v2" }),
      groupOf("old_stats", "user", COLUMNS, { state: "ARCHIVED" }),
    ],
  );
  return server;
}

export const WRITE = "/feature-group/write-features-v2";
export const BULK = "/feature-group/write-features-v1";
export const READ = "/feature-group/read-features";
export const MULTI = "/feature-group/multi-read-features";
export const PARTITION = "/feature-group/read-partition";

export const NAMES = ["user_id", "season", "wins", "badge"];

export function writeOf(values: unknown[][], extra: object = {}) {
  return { featureGroupName: "user_stats", features: { names: NAMES, values }, ...extra };
}

export function readOf(values: unknown[][], extra: object = {}) {
  return {
    featureGroupName: "user_stats",
    featureColumns: ["badge", "user_id"],
    primaryKeys: { names: ["user_id", "season"], values },
    ...extra,
  };
}

export function partitionOf(values: unknown[], extra: object = {}) {
  return {
    featureGroupName: "user_stats",
    featureColumns: ["season", "wins"],
    partitionKey: { names: ["user_id"], values },
    ...extra,
  };
}

export function envelope(code: string, message: string, cause: unknown = message) {
  return { error: { message, cause, code } };
}
