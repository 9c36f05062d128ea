import { z } from "zod";
import { CHANGE_KINDS } from "../changes/model.ts";
import { type ChangeRequest, REQUEST_STATUSES } from "../database/ports.ts";
import { REQUEST_TYPES } from "./request-kinds.ts";

const SERVICE = "Online Feature Store";

/** In place of a token: nobody who lists requests needs it. */
export const MASKED = "********";

/** A request as lists show it. `Payload` is text for stores, jobs and entities, and an object for the others. */
export const requestRowSchema = z.object({
  RequestId: z.number(),
  Payload: z.union([z.string(), z.record(z.string(), z.unknown())]),
  CreatedBy: z.string(),
  ApprovedBy: z.string(),
  Status: z.enum(REQUEST_STATUSES),
  Service: z.string(),
  RejectReason: z.string(),
  CreatedAt: z.string().describe("RFC 3339"),
  UpdatedAt: z.string().describe("RFC 3339"),
  Kind: z.enum(CHANGE_KINDS),
  JobId: z.string().optional(),
  EntityLabel: z.string().optional(),
  FeatureGroupLabel: z.string().optional(),
  RequestType: z.enum(["CREATE", "EDIT", "DELETE"]).optional(),
});

export type RequestRow = z.output<typeof requestRowSchema>;

export function requestRow(request: ChangeRequest): RequestRow {
  const { kind } = request;
  const payload = withoutSecrets(request.payload);
  const common = {
    RequestId: request.id,
    Payload: isShownAsText(kind) ? JSON.stringify(payload) : payload,
    CreatedBy: request.createdBy,
    ApprovedBy: request.approvedBy,
    Status: request.status,
    Service: SERVICE,
    RejectReason: request.rejectReason,
    CreatedAt: new Date(request.createdAtMs).toISOString(),
    UpdatedAt: new Date(request.updatedAtMs).toISOString(),
    Kind: kind,
  };
  if (kind === "store") return common;
  if (kind === "job" || kind === "job-rotate") {
    const job = { JobId: textOf(payload, "job-id"), RequestType: REQUEST_TYPES[kind] };
    return { ...common, ...job };
  }
  const entity = { EntityLabel: textOf(payload, "entity-label"), RequestType: REQUEST_TYPES[kind] };
  if (kind === "entity" || kind === "entity-edit") return { ...common, ...entity };
  const group = textOf(payload, "fg-label") || textOf(payload, "feature-group-label");
  return { ...common, ...entity, FeatureGroupLabel: group };
}

function isShownAsText(kind: ChangeRequest["kind"]): boolean {
  return kind === "store" || kind.startsWith("job") || kind.startsWith("entity");
}

function withoutSecrets(payload: ChangeRequest["payload"]): Record<string, unknown> {
  const { token } = payload;
  return token ? { ...payload, token: MASKED } : { ...payload };
}

function textOf(payload: Readonly<Record<string, unknown>>, name: string): string {
  const value = payload[name];
  return typeof value === "string" ? value : "";
}
