import { z } from "zod";
import type { RowColumn, RowEntity, RowGroup } from "../model/rows.ts";
import { parseJson } from "./api-error.ts";

const texts = z.array(z.string()).default([]);

const columnSchema = z.object({
  name: z.string(),
  type: z.string(),
  description: z.string().default(""),
  tags: texts,
});

const registered = {
  name: z.string(),
  state: z.enum(["LIVE", "ARCHIVED"]),
  owner: z.string(),
  tags: texts,
  description: z.string().default(""),
  createdAt: z.number(),
  updatedAt: z.number(),
} as const;

export const entitySchema = z
  .object({
    ...registered,
    entity: z.object({
      features: z.array(columnSchema),
      primaryKeys: z.array(z.string()),
      ttl: z.number().optional(),
    }),
  })
  .transform(
    ({ entity, createdAt, updatedAt, ...common }): RowEntity => ({
      ...common,
      columns: entity.features,
      primaryKeys: entity.primaryKeys,
      ttlSeconds: entity.ttl ?? 0,
      createdAtMs: createdAt,
      updatedAtMs: updatedAt,
    }),
  );

export const groupSchema = z
  .object({
    ...registered,
    version: z.string(),
    versionEnabled: z.boolean(),
    featureGroupType: z.enum(["ONLINE", "OFFLINE"]),
    featureGroup: z.object({ entityName: z.string(), features: z.array(columnSchema) }),
    tenant: z.object({ read: z.string(), write: z.string(), consume: z.string() }),
  })
  .transform(
    ({
      featureGroup,
      featureGroupType,
      versionEnabled,
      createdAt,
      updatedAt,
      tenant,
      ...common
    }): RowGroup => ({
      ...common,
      isVersioned: versionEnabled,
      type: featureGroupType,
      entityName: featureGroup.entityName,
      columns: featureGroup.features,
      tenants: tenant,
      createdAtMs: createdAt,
      updatedAtMs: updatedAt,
    }),
  );

/** The row dialect's envelope. */
export function dataOf<Schema extends z.ZodType>(schema: Schema) {
  return z
    .object({ data: schema })
    .transform((body): z.output<Schema> => (body as { data: z.output<Schema> }).data);
}

/** A whole list comes as JSON in a text. */
export function textOf<Schema extends z.ZodType>(schema: Schema) {
  return dataOf(z.string().transform(parseJson).pipe(schema));
}

export const storedColumnSchema = z
  .object({
    name: z.string(),
    type: z.string(),
    role: z.enum(["partition-key", "clustering-key", "shared", "own"]),
    "stored-as": z.string(),
    "storage-type": z.string(),
    description: z.string(),
    tags: texts,
  })
  .transform(({ "stored-as": storedAs, "storage-type": storageType, ...column }) => ({
    ...column,
    storedAs,
    storageType,
  }));

/** A column, and where its values are. */
export type StoredColumn = RowColumn & z.output<typeof storedColumnSchema>;
