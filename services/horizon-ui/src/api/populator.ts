import { z } from "zod";
import type { RunBody } from "../model/run-drafts.ts";
import type { Http } from "./http.ts";

const ROOT = "/api/v1/horizon/populator";

export const RUN_STATES = [
  "PENDING",
  "RUNNING",
  "PAUSED",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
] as const;
export type RunState = (typeof RUN_STATES)[number];

const count = z.number().default(0);

const runShape = {
  name: z.string(),
  path: z.string().default(""),
  state: z.enum(RUN_STATES),
  dialect: z.enum(["block", "row"]),
  entityLabel: z.string().optional(),
  featureGroups: z.array(z.string()).optional(),
  featureGroupName: z.string().optional(),
  featureGroupVersion: z.string().optional(),
  mode: z.enum(["changes", "snapshot"]).default("changes"),
  /** How it goes on when it has done what there was. */
  follow: z.enum(["none", "watch", "cron"]).default("none"),
  startVersion: z.number().optional(),
  /** undefined: none is begun. */
  currentVersion: z.number().optional(),
  endVersion: z.number().optional(),
  /** Files of the version that it is at, or parts of them. */
  fileCount: z.number().optional(),
  /** Of that version, 0 to 1. */
  doneShare: z.number().optional(),
  sentCount: z.number(),
  rejectedCount: z.number(),
  /** By the filter. */
  skippedCount: z.number(),
  deletedCount: count,
  sentBytes: count,
  ignoredDeleteFileCount: count,
  error: z.string().default(""),
  createdAt: z.number(),
  updatedAt: z.number(),
} as const;

const runSchema = z.object(runShape);
/** One run of the populator. Times are Unix milliseconds. */
export type PopulatorRun = z.output<typeof runSchema>;

const rejectSchema = z.object({
  cause: z.string(),
  rowCount: z.number(),
  samples: z.array(z.object({ file: z.string(), row: z.number(), reason: z.string() })),
});
/** Why rows were refused, with examples. */
export type RejectCause = z.output<typeof rejectSchema>;

const detailSchema = z.object({
  ...runShape,
  openFileCount: count,
  failedFileCount: count,
  rejects: z.array(rejectSchema).default([]),
  /** On the machine that found the rows. */
  rejectsFolder: z.string().optional(),
  spec: z.looseObject({
    format: z.string().default("delta"),
    tenantName: z.string().default(""),
    topicName: z.string().default(""),
    runId: z.string().default(""),
    maxRejects: count,
    deletes: z.string().optional(),
    columns: z.record(z.string(), z.string()).optional(),
    filter: z
      .array(z.object({ column: z.string(), operator: z.string(), value: z.string().optional() }))
      .default([]),
    follow: z
      .object({ kind: z.string(), expression: z.string().optional() })
      .default({ kind: "none" }),
  }),
});
/** A run with all that is known of it. */
export type RunDetail = z.output<typeof detailSchema>;

const fileSchema = z.object({
  number: z.number(),
  path: z.string(),
  state: z.enum(["PENDING", "RUNNING", "COMPLETED", "FAILED"]),
  worker: z.string().optional(),
  rowCount: z.number().optional(),
  fromRow: z.number(),
  doneRowCount: z.number(),
  sentCount: z.number(),
  rejectedCount: z.number(),
  skippedCount: z.number(),
  deletedCount: count,
  tryCount: z.number(),
  error: z.string().default(""),
  updatedAt: z.number(),
});
/** A file of a version, or a part of one. */
export type RunFile = z.output<typeof fileSchema>;

const tableSchema = z.object({
  latestVersion: z.number(),
  schema: z.record(z.string(), z.string()),
});
/** Latest version and columns of a table: types by names. */
export type TableFacts = z.output<typeof tableSchema>;

export const RUN_ACTIONS = ["pause", "resume", "cancel", "reset"] as const;
export type RunAction = (typeof RUN_ACTIONS)[number];

/** Runs of the populator, by way of the control plane. */
export interface PopulatorApi {
  /** By name. @throws {ApiError} 412 if no populator is configured */
  runs(signal?: AbortSignal): Promise<PopulatorRun[]>;
  /** @throws {ApiError} 404 */
  run(name: string, signal?: AbortSignal): Promise<RunDetail>;
  /** What failed first, then what is under way. */
  files(name: string, limit: number, signal?: AbortSignal): Promise<RunFile[]>;
  table(path: string, signal?: AbortSignal): Promise<TableFacts>;
  start(body: RunBody): Promise<void>;
  act(name: string, action: RunAction): Promise<void>;
  /** What it sent stays. */
  remove(name: string): Promise<void>;
}

export function createPopulatorApi(http: Http): PopulatorApi {
  return {
    async runs(signal) {
      return (await http.call(`${ROOT}/runs`, z.array(runSchema), { signal })).body;
    },
    async run(name, signal) {
      const options = { query: { name }, signal };
      return (await http.call(`${ROOT}/run`, detailSchema, options)).body;
    },
    async files(name, limit, signal) {
      const schema = z.object({ files: z.array(fileSchema) });
      const options = { query: { name, limit }, signal };
      return (await http.call(`${ROOT}/run/files`, schema, options)).body.files;
    },
    async table(path, signal) {
      const options = { query: { path }, signal };
      return (await http.call(`${ROOT}/table`, tableSchema, options)).body;
    },
    async start(body) {
      await http.call(`${ROOT}/runs`, z.unknown(), { method: "POST", body });
    },
    async act(name, action) {
      const options = { method: "POST", query: { name } } as const;
      await http.call(`${ROOT}/run/${action}`, z.unknown(), options);
    },
    async remove(name) {
      await http.call(`${ROOT}/run`, z.unknown(), { method: "DELETE", query: { name } });
    },
  };
}
