import { FeatureStoreError } from "@ofs/platform";
import { z } from "zod";
import { FILTER_OPERATORS } from "../filter/row-filter.ts";
import { NAME_LENGTH_MAX } from "../store/tables.ts";
import { DELETE_MODES } from "./model.ts";

const COLUMNS_MAX = 10_000;
const TERMS_MAX = 100;
const PATH_LENGTH_MAX = 2_000;
const VALUE_LENGTH_MAX = 10_000;
const TOPIC_NAME = /^[\w.-]{1,249}$/;
const REJECTS_DEFAULT = 1_000;

const name = z.string().min(1).max(NAME_LENGTH_MAX);
const version = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const filterTerm = z.strictObject({
  column: name,
  operator: z.enum(FILTER_OPERATORS),
  value: z.string().max(VALUE_LENGTH_MAX).optional(),
});

const COMMON = {
  tableName: name,
  path: z.string().min(1).max(PATH_LENGTH_MAX),
  tenantName: name.optional(),
  topicName: z.string().regex(TOPIC_NAME, "is no topic's name").optional(),
  runId: name.optional(),
  featureGroupName: name.optional(),
  featureGroupVersion: z
    .string()
    .regex(/^v\d{1,9}$/, "must be v1, v2, ...")
    .optional(),
  replicateWrites: z.boolean().default(true),
  /** Ours. */
  singleBase64: z.boolean().default(false),
  entityLabel: name.optional(),
  featureGroups: z.array(name).min(1).max(COLUMNS_MAX).optional(),
  columns: z
    .record(name, name)
    .refine((all) => Object.keys(all).length <= COLUMNS_MAX, `at most ${COLUMNS_MAX}`)
    .optional(),
  filter: z.array(filterTerm).max(TERMS_MAX).default([]),
  maxRejects: z.number().int().min(0).default(REJECTS_DEFAULT),
  format: z.enum(["delta", "parquet"]).default("delta"),
  deletes: z.enum(DELETE_MODES).default("report"),
} as const;

/** `POST /table/read`: one whole version, versions from one to another, or from one on for ever. */
export const READ_REQUEST = z.strictObject({
  ...COMMON,
  startVersion: version.optional(),
  endVersion: version.optional(),
  mode: z.enum(["changes", "snapshot"]).default("changes"),
  /** Of a snapshot. */
  version: version.optional(),
  watch: z.boolean().default(false),
  schedule: z.string().min(1).max(200).optional(),
});

/** `POST /table/read-since-timestamp`: what came after a time, Unix ms. */
export const SINCE_REQUEST = z.strictObject({ ...COMMON, timestamp: version });

export type ReadRequest = z.output<typeof READ_REQUEST>;
export type SinceRequest = z.output<typeof SINCE_REQUEST>;

/** Messages that an error names. */
const NAMED_MAX = 10;

/** What is wrong with one field. */
export interface FieldFault {
  /** With dots; empty for the body as a whole. */
  readonly field: string;
  readonly message: string;
}

/** A body that is at fault in one or more fields. */
export class RequestError extends FeatureStoreError {
  override readonly name = "RequestError";
  readonly faults: readonly FieldFault[];

  constructor(faults: readonly FieldFault[]) {
    const texts = faults.map(({ field, message }) => (field ? `${field}: ${message}` : message));
    super("INVALID_ARGUMENT", texts.join("; "));
    this.faults = faults;
  }
}

/** @throws {RequestError} */
export function parseRequest<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  throw new RequestError(
    issues
      .slice(0, NAMED_MAX)
      .map(({ path, message }) => ({ field: path.map(String).join("."), message })),
  );
}
