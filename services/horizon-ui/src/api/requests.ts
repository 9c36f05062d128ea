import { z } from "zod";
import {
  CHANGE_KINDS,
  type ChangeKind,
  type Family,
  REQUEST_STATUSES,
  type RequestStatus,
} from "../model/change-kinds.ts";
import type { Payload } from "../model/payloads.ts";
import { type Problem, parseJson, problemSchema } from "./api-error.ts";
import type { Http } from "./http.ts";
import { API_ROOT } from "./paths.ts";

/** A request for a change. */
export interface ChangeRequest {
  readonly id: number;
  readonly kind: ChangeKind;
  readonly payload: Payload;
  readonly createdBy: string;
  /** Empty until decided. */
  readonly approvedBy: string;
  readonly status: RequestStatus;
  /** Why it was rejected, or has failed. */
  readonly rejectReason: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface RequestPage {
  readonly requests: readonly ChangeRequest[];
  readonly total: number;
}

export interface RequestQuery {
  readonly status?: RequestStatus | undefined;
  readonly search?: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** A key of the registry, before and after a change; undefined = not there. */
export interface KeyChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface TableChange {
  readonly storeId: string;
  readonly dbType: string;
  readonly table: string;
  readonly primaryKeys: readonly string[];
  readonly columns: readonly string[];
}

/** What a change would do. */
export interface ChangePreview {
  readonly problems: readonly Problem[];
  readonly keys: readonly KeyChange[];
  readonly tables: readonly TableChange[];
  /** Ids and versions that the change makes. */
  readonly outcome: Readonly<Record<string, string | number>>;
}

export interface SubmittedRequest {
  readonly id: number;
  readonly message: string;
  /** Of a job whose request named none; shown this once. */
  readonly madeToken: string | undefined;
}

interface SubmitEndpoint {
  readonly method: "POST" | "DELETE";
  readonly path: string;
}

const SUBMIT: Readonly<Record<ChangeKind, SubmitEndpoint>> = {
  store: { method: "POST", path: "register-store" },
  job: { method: "POST", path: "register-job" },
  "job-rotate": { method: "POST", path: "rotate-job-token" },
  entity: { method: "POST", path: "register-entity" },
  "entity-edit": { method: "POST", path: "edit-entity" },
  "feature-group": { method: "POST", path: "register-feature-group" },
  "feature-group-edit": { method: "POST", path: "edit-feature-group" },
  "features-add": { method: "POST", path: "add-features" },
  "features-edit": { method: "POST", path: "edit-features" },
  "features-delete": { method: "DELETE", path: "delete-features" },
};

const LISTS: Readonly<Record<Family, string>> = {
  store: "get-store-requests",
  job: "get-job-requests",
  entity: "get-entity-requests",
  "feature-group": "get-feature-group-requests",
  features: "get-add-features-requests",
};

const DECISIONS: Readonly<Record<ChangeKind, string>> = {
  store: "process-store",
  job: "process-job",
  "job-rotate": "process-job",
  entity: "process-entity",
  "entity-edit": "process-entity",
  "feature-group": "process-feature-group",
  "feature-group-edit": "process-feature-group",
  "features-add": "process-add-features",
  "features-edit": "process-add-features",
  "features-delete": "process-delete-features",
};

const payloadSchema = z
  .union([z.string().transform(parseJson), z.unknown()])
  .pipe(z.record(z.string(), z.unknown()));

const rowSchema = z.object({
  RequestId: z.number(),
  Payload: payloadSchema,
  CreatedBy: z.string(),
  ApprovedBy: z.string(),
  Status: z.enum(REQUEST_STATUSES),
  RejectReason: z.string(),
  Kind: z.enum(CHANGE_KINDS),
  CreatedAt: z.string(),
  UpdatedAt: z.string(),
});

const submittedSchema = z.object({
  message: z.string(),
  "request-id": z.number(),
  token: z.string().optional(),
});

const tableSchema = z.object({
  storeId: z.string(),
  dbType: z.string(),
  table: z.string(),
  primaryKeys: z.array(z.string()),
  columns: z.array(z.string()),
});

const previewSchema = z.object({
  problems: z.array(problemSchema).default([]),
  plan: z
    .object({
      tables: z.array(tableSchema),
      outcome: z.record(z.string(), z.union([z.string(), z.number()])),
    })
    .nullish(),
  keys: z
    .array(
      z.object({ path: z.string(), before: z.string().nullish(), after: z.string().nullish() }),
    )
    .default([]),
});

const messageSchema = z.object({ message: z.string() });

/** Requests for changes, from the form to the decision. */
export interface RequestsApi {
  list(family: Family, query: RequestQuery, signal?: AbortSignal): Promise<RequestPage>;
  /** @throws {ApiError} 404 if there is none, or none that the user may see */
  find(kind: ChangeKind, id: number, signal?: AbortSignal): Promise<ChangeRequest>;
  submit(kind: ChangeKind, payload: Payload, idempotencyKey: string): Promise<SubmittedRequest>;
  preview(kind: ChangeKind, payload: Payload, signal?: AbortSignal): Promise<ChangePreview>;
  previewRequest(kind: ChangeKind, id: number, signal?: AbortSignal): Promise<ChangePreview>;
  decide(
    kind: ChangeKind,
    id: number,
    status: "APPROVED" | "REJECTED",
    rejectReason: string,
  ): Promise<string>;
}

export function createRequestsApi(http: Http): RequestsApi {
  const list: RequestsApi["list"] = async (family, query, signal) => {
    const schema = z.array(rowSchema).nullable();
    const options = { query: { ...query }, signal };
    const { body, headers } = await http.call(`${API_ROOT}/${LISTS[family]}`, schema, options);
    const requests = (body ?? []).map(changeRequest);
    return { requests, total: Number(headers.get("x-total-count") ?? requests.length) };
  };
  const preview = async (
    path: string,
    options: Parameters<Http["call"]>[2],
  ): Promise<ChangePreview> => {
    const { body } = await http.call(`${API_ROOT}/${path}`, previewSchema, options);
    return changePreview(body);
  };
  return {
    list,
    async find(kind, id, signal) {
      const { body } = await http.call(`${API_ROOT}/requests/${kind}/${id}`, rowSchema, { signal });
      return changeRequest(body);
    },
    async submit(kind, payload, idempotencyKey) {
      const { method, path } = SUBMIT[kind];
      const headers = { "idempotency-key": idempotencyKey };
      const options = { method, body: payload, headers };
      const { body } = await http.call(`${API_ROOT}/${path}`, submittedSchema, options);
      return { id: body["request-id"], message: body.message, madeToken: body.token };
    },
    preview: (kind, payload, signal) =>
      preview(`preview/${kind}`, { method: "POST", body: payload, signal }),
    previewRequest: (kind, id, signal) => preview(`requests/${kind}/${id}/preview`, { signal }),
    async decide(kind, id, status, rejectReason) {
      const body = { "request-id": id, status, "reject-reason": rejectReason };
      const path = `${API_ROOT}/${DECISIONS[kind]}`;
      return (await http.call(path, messageSchema, { method: "POST", body })).body.message;
    },
  };
}

function changeRequest(row: z.output<typeof rowSchema>): ChangeRequest {
  return {
    id: row.RequestId,
    kind: row.Kind,
    payload: row.Payload,
    createdBy: row.CreatedBy,
    approvedBy: row.ApprovedBy,
    status: row.Status,
    rejectReason: row.RejectReason,
    createdAtMs: Date.parse(row.CreatedAt),
    updatedAtMs: Date.parse(row.UpdatedAt),
  };
}

function changePreview(body: z.output<typeof previewSchema>): ChangePreview {
  return {
    problems: body.problems,
    keys: body.keys.map(({ path, before, after }) => ({
      path,
      before: before ?? undefined,
      after: after ?? undefined,
    })),
    tables: body.plan?.tables ?? [],
    outcome: body.plan?.outcome ?? {},
  };
}
