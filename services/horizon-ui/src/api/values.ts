import { z } from "zod";
import type { Http } from "./http.ts";
import { API_ROOT } from "./paths.ts";

const rowSchema = z
  .object({
    keys: z.record(z.string(), z.string()),
    error: z.string().nullable(),
    "groups-error": z.string().nullable(),
    groups: z.array(
      z.object({
        "feature-group-label": z.string(),
        presence: z.string().nullable(),
        "schema-version": z.number().nullable(),
        "expires-at": z.number().nullable(),
      }),
    ),
    values: z.array(
      z.object({
        "feature-group-label": z.string(),
        "feature-label": z.string(),
        "data-type": z.string(),
        value: z.string().nullable(),
        "size-in-bytes": z.number(),
        "equals-default": z.boolean(),
      }),
    ),
  })
  .transform(({ keys, error, "groups-error": groupsError, groups, values }) => ({
    keys,
    error,
    /** Why it is not known what is stored; null: it is, or the feature store does not tell. */
    groupsError,
    groups: groups.map((group) => ({
      group: group["feature-group-label"],
      /** null: the feature store does not tell. */
      presence: group.presence,
      schemaVersion: group["schema-version"],
      /** null: never, or nothing is stored. */
      expiresAtMs: group["expires-at"] === null ? null : group["expires-at"] * 1000,
    })),
    values: values.map((value) => ({
      group: value["feature-group-label"],
      feature: value["feature-label"],
      dataType: value["data-type"],
      /** null: the bytes are no value of the type. */
      value: value.value,
      sizeBytes: value["size-in-bytes"],
      equalsDefault: value["equals-default"],
    })),
  }));
/** Values of one key, as the data plane serves them. */
export type ValueRow = z.output<typeof rowSchema>;
export type GroupPresence = ValueRow["groups"][number];
export type FeatureValue = ValueRow["values"][number];

const valuesSchema = z.object({ rows: z.array(rowSchema) });

export interface ValueQuery {
  readonly entity: string;
  readonly keys: readonly Readonly<Record<string, string>>[];
  /** Labels by group; an empty list: all of the group. */
  readonly features: Readonly<Record<string, readonly string[]>>;
}

export interface ValuesApi {
  lookUp(query: ValueQuery, signal?: AbortSignal): Promise<ValueRow[]>;
}

export function createValuesApi(http: Http): ValuesApi {
  return {
    async lookUp(body, signal) {
      const options = { method: "POST", body, signal } as const;
      return (await http.call(`${API_ROOT}/values`, valuesSchema, options)).body.rows;
    },
  };
}
