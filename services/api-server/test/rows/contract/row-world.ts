import type { EntityMetadata, GroupMetadata } from "@ofs/rows";
import { entityOf, groupOf } from "../../../../../packages/rows/test/support/row-objects.ts";
import type { Reply } from "../support/row-server.ts";

/** A server of the row dialect with the objects of the contract. Tests share it: each takes ids of its own. */
export interface RowWorld {
  /** Asks the row port. @param body sent as it is if it is text, else as JSON */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply>;
  /** Of the main port, which has the same paths. */
  readonly mainPort: number;
  /** Never given before: a first key that nobody else has rows of. */
  newId(): number;
  close(): Promise<void>;
}

/** @returns the same world to each test of a file */
export type WorldOf = () => RowWorld;

export const WRITE = "/feature-group/write-features-v2";
export const BULK = "/feature-group/write-features-v1";
export const READ = "/feature-group/read-features";
export const MULTI = "/feature-group/multi-read-features";
export const PARTITION = "/feature-group/read-partition";

const USER = entityOf("user", { user_id: "INT", season: "INT", country: "TEXT" }, [
  "user_id",
  "season",
]);
const COLUMNS = { wins: "BIGINT", badge: "TEXT" } as const;

/** Of which keys may be given in parts. */
const EVENT = entityOf("Event", { Place: "TEXT", Day: "INT", Slot: "DECIMAL" }, [
  "Place",
  "Day",
  "Slot",
]);

export const ENTITIES: readonly EntityMetadata[] = [USER, EVENT];

export const GROUPS: readonly GroupMetadata[] = [
  groupOf("user_stats", "user", COLUMNS, { version: "v1" }),
  groupOf("user_stats", "user", COLUMNS, { version: "v2" }),
  groupOf("old_stats", "user", COLUMNS, { state: "ARCHIVED" }),
  groupOf("Profile", "user", { Level: "INT", Motto: "VARCHAR" }, { versionEnabled: false }),
  groupOf("extra", "user", { rank: "INT" }, { versionEnabled: false }),
  groupOf("visits", "Event", { Count: "INT", note: "TEXT" }),
];

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
