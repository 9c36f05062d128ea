import { COLUMN_TYPES } from "@ofs/rows";
import { z } from "zod";

/** Columns, keys or tags of one creation that are checked; larger ones are told at the creation alone. */
const ITEMS_MAX = 10_000;
const TEXT_LENGTH_MAX = 70_000;

const text = z.string().max(TEXT_LENGTH_MAX).default("");
const texts = z.array(z.string().max(TEXT_LENGTH_MAX)).max(ITEMS_MAX).default([]);

const column = z.object({ name: text, type: text, description: text, tags: texts });

const registration = { owner: text, tags: texts, description: text } as const;

/** A creation as far as it is filled in: what is missing is told, and not refused. */
export const entityDraft = z.object({
  entity: z.object({
    tableName: text,
    features: z.array(column).max(ITEMS_MAX).default([]),
    primaryKeys: texts,
    ttl: z.number().optional().describe("Seconds"),
  }),
  ...registration,
});

export const groupDraft = z.object({
  featureGroup: z.object({
    featureGroupName: text,
    entityName: text,
    versionEnabled: z.boolean().default(true),
    featureGroupType: z.string().max(TEXT_LENGTH_MAX).default("ONLINE"),
    features: z.array(column).max(ITEMS_MAX).default([]),
  }),
  ...registration,
});

export type ColumnDraft = z.output<typeof column>;
export type EntityDraft = z.output<typeof entityDraft>;
export type GroupDraft = z.output<typeof groupDraft>;

export function isColumnType(type: string): boolean {
  return COLUMN_TYPES.some((known) => known === type);
}
