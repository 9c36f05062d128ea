import type { ChangeKind } from "../../changes/model.ts";
import type { RequestStatus } from "../ports.ts";

export type RequestTableName = "store" | "job" | "entity" | "feature_group" | "features";
export type RequestType = "CREATE" | "EDIT" | "DELETE";

/** Where requests of a kind are kept. */
export interface RequestPlace {
  readonly table: RequestTableName;
  /** What the column `request_type` holds; undefined in tables without it. */
  readonly type: RequestType | undefined;
  /** Columns that repeat fields of the payload, for those who look for rows by them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of the column `payload`. */
  readonly payloadBytesMax: number;
}

/** What a column of type `text` holds. */
const TEXT_BYTES_MAX = 65_535;
/** Far below what the servers take in one packet. */
const JSON_BYTES_MAX = 1_048_576;

const GROUP_LABELS = { entity_label: "entity-label", feature_group_label: "fg-label" };
const FEATURE_LABELS = { entity_label: "entity-label", feature_group_label: "feature-group-label" };

const store = place("store", undefined, {});
const job = (type: RequestType) => place("job", type, { job_id: "job-id" });
const entity = (type: RequestType) => place("entity", type, { entity_label: "entity-label" });
const group = (type: RequestType) => place("feature_group", type, GROUP_LABELS);
const features = (type: RequestType) => place("features", type, FEATURE_LABELS);

/** Tables and their columns are those that existing readers know. */
export const PLACES: Readonly<Record<ChangeKind, RequestPlace>> = {
  store,
  job: job("CREATE"),
  "job-rotate": job("EDIT"),
  entity: entity("CREATE"),
  "entity-edit": entity("EDIT"),
  "feature-group": group("CREATE"),
  "feature-group-edit": group("EDIT"),
  "features-add": features("CREATE"),
  "features-edit": features("EDIT"),
  "features-delete": features("DELETE"),
};

const WAITING: readonly RequestStatus[] = ["PENDING APPROVAL", "APPLYING"];

/** A request that waits, or is being carried out, keeps others of its kind and subject away. */
export function isWaiting(status: RequestStatus): boolean {
  return WAITING.includes(status);
}

/** @returns undefined for a row of a type that nothing here writes */
export function kindOf(table: RequestTableName, type: string | undefined): ChangeKind | undefined {
  const kinds = Object.keys(PLACES) as ChangeKind[];
  return kinds.find((kind) => PLACES[kind].table === table && PLACES[kind].type === type);
}

function place(
  table: RequestTableName,
  type: RequestType | undefined,
  labels: Readonly<Record<string, string>>,
): RequestPlace {
  const isJson = table === "feature_group" || table === "features";
  return { table, type, labels, payloadBytesMax: isJson ? JSON_BYTES_MAX : TEXT_BYTES_MAX };
}
