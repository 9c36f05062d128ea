import { FeatureStoreError } from "@ofs/platform";
import type { Insertable } from "kysely";
import type { ChangeKind } from "../../changes/model.ts";
import {
  formatDateTime,
  hashParts,
  parseDateTime,
  parseJsonObject,
  requireText,
} from "../fields.ts";
import {
  type ChangeRequest,
  type NewChangeRequest,
  REQUEST_STATUSES,
  type RequestStatus,
} from "../ports.ts";
import type { RequestTable } from "../schema.ts";
import { PLACES, type RequestPlace } from "./places.ts";
import type { RequestRow } from "./request-queries.ts";

/** What the column `service` holds: existing readers share tables with other services. */
const SERVICE = "Online Feature Store";

/** @returns what `waiting_key` holds while the request waits */
export function waitingKey(kind: ChangeKind, subject: string): string {
  return hashParts(kind, subject);
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT naming the field that does not fit its column */
export function toNewRow(request: NewChangeRequest, nowMs: number): Insertable<RequestTable> {
  const { kind, payload, createdBy } = request;
  const place = PLACES[kind];
  const labels = Object.entries(place.labels).map(([column, field]) => {
    return [column, requireText(field, payload[field])] as const;
  });
  const subject = requireText("subject", request.subject);
  const at = formatDateTime(nowMs);
  return {
    ...Object.fromEntries(labels),
    ...(place.type === undefined ? {} : { request_type: place.type }),
    payload: formatPayload(payload, place),
    created_by: requireText("createdBy", createdBy),
    approved_by: "",
    status: "PENDING APPROVAL",
    service: SERVICE,
    reject_reason: "",
    created_at: at,
    updated_at: at,
    subject,
    waiting_key: waitingKey(kind, subject),
    created_at_ms: nowMs,
    updated_at_ms: nowMs,
  };
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT if it is too large for its column */
export function formatPayload(
  payload: Readonly<Record<string, unknown>>,
  { payloadBytesMax }: RequestPlace,
): string {
  const text = JSON.stringify(payload);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= payloadBytesMax) return text;
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    `the request has ${sizeBytes} bytes, at most ${payloadBytesMax} are allowed`,
  );
}

export function toRequest(kind: ChangeKind, row: RequestRow): ChangeRequest {
  const { table } = PLACES[kind];
  return {
    id: row.request_id,
    kind,
    payload: parseJsonObject(row.payload, `payload of request ${row.request_id} in ${table}`),
    createdBy: row.created_by,
    approvedBy: row.approved_by,
    status: toStatus(row),
    rejectReason: row.reject_reason,
    createdAtMs: row.created_at_ms ?? parseDateTime(row.created_at),
    // Other software sets the date alone, to a whole second.
    updatedAtMs: Math.max(row.updated_at_ms ?? 0, parseDateTime(row.updated_at)),
    attempt: row.attempt,
  };
}

/** Other software took any word but REJECTED for an approval, carried it out, and stored the word. */
function toStatus({ status }: RequestRow): RequestStatus {
  return REQUEST_STATUSES.find((each) => each === status) ?? "APPROVED";
}
