import { COLUMN_TYPES, ROW_STATES } from "@ofs/rows";
import { z } from "zod";
import { problemSchema } from "../../http/schemas.ts";
import type { Creation } from "../metastore/creation-repository.ts";
import type { CheckedCreation } from "./check-entity.ts";
import { COLUMN_ROLES, type ColumnStorage } from "./column-storage.ts";

const time = z.string().describe("ISO 8601");

export const creationShape = z.object({
  kind: z.enum(["entity", "feature-group"]),
  name: z.string(),
  version: z.string().nullable().describe("null for entities"),
  "entity-name": z.string(),
  owner: z.string(),
  state: z.literal("PENDING"),
  "created-at": time,
  "is-held": z.boolean().describe("Whether a process works on it now; else it is taken up again"),
});

export const columnShape = z.object({
  name: z.string(),
  type: z.enum(COLUMN_TYPES),
  role: z.enum(COLUMN_ROLES),
  "stored-as": z.string().describe("Name of the column in the table"),
  "storage-type": z.string().describe("As CQL names it"),
  description: z.string(),
  tags: z.array(z.string()),
});

export const checkShape = z.object({
  problems: z.array(problemSchema),
  plan: z
    .object({
      table: z.string(),
      version: z.string().nullable(),
      tenants: z.array(z.string()),
      columns: z.array(columnShape),
    })
    .nullable(),
});

export const storageShape = z.object({
  table: z.string(),
  version: z.string().nullable(),
  columns: z.array(columnShape),
});

export const versionShape = z.object({
  version: z.string(),
  state: z.enum(ROW_STATES),
  "is-latest": z.boolean(),
  owner: z.string(),
  "column-count": z.number(),
  "created-at": time,
  "updated-at": time,
});

export const consumerShape = z.object({
  "tenant-name": z.string(),
  "topic-name": z.string(),
  "num-partitions": z.number().describe("As registered"),
  "num-consumers": z.number(),
  "topic-partitions": z.number().nullable().describe("Of the topic itself; null: see topic-fault"),
  "topic-fault": z.string().nullable().describe("Why that is not known"),
  "updated-at": time,
});

export function shapeOfCreation(creation: Creation, nowMs: number): z.output<typeof creationShape> {
  return {
    kind: creation.kind,
    name: creation.name,
    version: creation.version ?? null,
    "entity-name": creation.entityName,
    owner: creation.owner,
    state: "PENDING",
    "created-at": isoOf(creation.createdAt),
    "is-held": creation.heldUntil > nowMs,
  };
}

export function shapeOfColumn(column: ColumnStorage): z.output<typeof columnShape> {
  return {
    name: column.name,
    type: column.type,
    role: column.role,
    "stored-as": column.storedAs,
    "storage-type": column.storageType,
    description: column.description,
    tags: [...column.tags],
  };
}

export function shapeOfCheck({ problems, plan }: CheckedCreation): z.output<typeof checkShape> {
  const found = problems.list();
  if (found !== undefined) return { problems: [...found], plan: null };
  if (plan === undefined) return { problems: [], plan: null };
  const { table, version = null, tenants, columns } = plan;
  return {
    problems: [],
    plan: { table, version, tenants: [...tenants], columns: columns.map(shapeOfColumn) },
  };
}

/** @param ms Unix milliseconds */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
