import { z } from "zod";
import { brokenTable } from "../errors.ts";

/*
 * Actions of the log, as far as reading needs them (Delta protocol, "Actions"). Writers add fields of their own.
 */

const size = z.number().int().nonnegative();
const optional = <T extends z.ZodType>(type: T) =>
  type.nullish().transform((value) => value ?? undefined);

const deletionVector = z.object({
  storageType: z.enum(["u", "i", "p"]),
  pathOrInlineDv: z.string(),
  offset: optional(size),
  sizeInBytes: size,
  cardinality: size,
});

const partitionValues = z.record(z.string(), z.string().nullable());

const add = z.object({
  path: z.string(),
  partitionValues,
  size,
  dataChange: z.boolean().nullish(),
  stats: optional(z.string()),
  deletionVector: optional(deletionVector),
});

const remove = z.object({
  path: z.string(),
  dataChange: z.boolean().nullish(),
  partitionValues: optional(partitionValues),
  size: optional(size),
  deletionVector: optional(deletionVector),
});

const cdc = z.object({ path: z.string(), partitionValues, size });

const metaData = z.object({
  schemaString: z.string(),
  partitionColumns: z.array(z.string()),
  configuration: z
    .record(z.string(), z.string().nullable())
    .nullish()
    .transform((value) => value ?? {}),
  format: z.object({ provider: z.string() }).nullish(),
});

const protocol = z.object({
  minReaderVersion: z.number().int(),
  readerFeatures: optional(z.array(z.string())),
});

const commitInfo = z.object({ inCommitTimestamp: z.number().int().nullish() });

const sidecar = z.object({ path: z.string(), sizeInBytes: size });

const action = z.object({
  add: optional(add),
  remove: optional(remove),
  cdc: optional(cdc),
  metaData: optional(metaData),
  protocol: optional(protocol),
  commitInfo: z.unknown().optional(),
  sidecar: optional(sidecar),
});

export type AddAction = z.output<typeof add>;
export type RemoveAction = z.output<typeof remove>;
export type CdcAction = z.output<typeof cdc>;
export type MetaDataAction = z.output<typeof metaData>;
export type ProtocolAction = z.output<typeof protocol>;
export type SidecarAction = z.output<typeof sidecar>;
export type DeletionVectorAction = z.output<typeof deletionVector>;
export type Action = z.output<typeof action>;

/** @param source names file and line in errors. @throws {DeltaError} FAILED_PRECONDITION */
export function parseAction(json: unknown, source: string): Action {
  const result = action.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw brokenTable(`${source}: ${issue?.path.join(".") || "the action"}: ${issue?.message}`);
}

/** Milliseconds; undefined if the writer did not tell. It writes other things there too, of any shape. */
export function inCommitTimestamp({ commitInfo: info }: Action): number | undefined {
  const result = commitInfo.safeParse(info);
  return result.success ? (result.data.inCommitTimestamp ?? undefined) : undefined;
}
