import type { Selectable } from "kysely";
import type { ChangeKind } from "../../changes/model.ts";
import type { RequestTable } from "../schema.ts";
import { PLACES, type RequestTableName } from "./places.ts";

const COMMON_COLUMNS = [
  "request_id",
  "payload",
  "created_by",
  "approved_by",
  "status",
  "service",
  "reject_reason",
  "created_at",
  "updated_at",
  "attempt",
  "subject",
  "waiting_key",
  "created_at_ms",
  "updated_at_ms",
] as const;

/** What the columns of a request hold. */
export type RequestRow = Pick<Selectable<RequestTable>, (typeof COMMON_COLUMNS)[number]> & {
  readonly request_type?: string | undefined;
};

/**
 * The table of a kind, for Kysely. All five have one type there, so the name of one stands for any: a union of names would make
 * each query's type five times as large.
 */
export function tableOf(kind: ChangeKind): "features" {
  return typedTable(PLACES[kind].table);
}

export function typedTable(table: RequestTableName): "features" {
  return table as "features";
}

/** Columns of a kind's table that make a request. */
export function columnsOf(kind: ChangeKind) {
  return [
    ...COMMON_COLUMNS,
    ...(PLACES[kind].type === undefined ? [] : (["request_type"] as const)),
  ];
}

/** Text columns of a kind's table that a search looks into. */
export function searchedColumns(kind: ChangeKind) {
  const labels = Object.keys(PLACES[kind].labels) as ("job_id" | "entity_label")[];
  return ["subject", "created_by", "approved_by", ...labels] as const;
}
