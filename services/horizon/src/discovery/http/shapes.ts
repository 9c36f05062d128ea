import { z } from "zod";
import { REPAIR_RESULTS } from "../drift/drift-reporter.ts";
import { DIFFERENCE_KINDS, SEVERITIES } from "../drift/model.ts";
import { SEARCH_KINDS } from "../views/search.ts";

const text = z.string();
const texts = z.array(z.string());
const number = z.number();

/** Where a node of the registry is not as it should be. */
const faults = z
  .array(z.object({ path: text, reason: text }))
  .optional()
  .describe("Only where something is wrong: it is shown as far as it can be read");

const cache = z.object({
  enabled: z.enum(["true", "false"]),
  "ttl-in-seconds": number,
  "jitter-percentage": number,
  "conf-id": number,
});

export const entity = z.object({
  "entity-label": text,
  keys: z.record(
    z.string(),
    z.object({ sequence: number, "entity-label": text, "column-label": text }),
  ),
  "in-memory-cache": cache,
  "distributed-cache": cache,
  faults,
});

export const groupName = z.object({ label: text, "data-type": text });

export const group = z.object({
  "entity-label": text,
  "feature-group-label": text,
  id: number,
  "active-version": text,
  features: z.record(
    z.string(),
    z.object({
      labels: text,
      "default-values": texts,
      "source-base-paths": texts,
      "source-data-columns": texts,
      "storage-providers": texts,
      "string-lengths": z.array(number),
      "vector-lengths": z.array(number),
    }),
  ),
  "store-id": text,
  "data-type": text,
  "ttl-in-seconds": number,
  "ttl-in-epoch": number,
  "job-id": text,
  "in-memory-cache-enabled": z.boolean(),
  "distributed-cache-enabled": z.boolean(),
  "layout-version": number,
  faults,
});

export const stores = z.record(
  z.string(),
  z.object({
    "db-type": text,
    "conf-id": number,
    table: text,
    "max-column-size-in-bytes": number,
    "max-row-size-in-bytes": number,
    "primary-keys": texts,
    "table-ttl": number,
    faults,
  }),
);

export const namesById = z.record(z.string(), z.string());

export const mappedNames = z.object({ error: text, data: namesById });

export const job = z.object({
  "job-id": text,
  "job-type": z.enum(["writer", "reader"]),
  writes: z.array(z.object({ "entity-label": text, "feature-group-label": text })),
  entities: texts.nullable().describe("null: all"),
  "may-read": z.boolean(),
  "may-write": z.boolean(),
  "previous-token-until": number.nullable().describe("Unix seconds"),
  revoked: z.boolean().describe("Whether no token of it is accepted any more"),
  faults,
});

const feature = z.object({
  label: text,
  sequence: number,
  "data-type": text,
  "string-length": number,
  "vector-length": number,
  "default-value": text,
  "default-bytes": text.nullable().describe("Base64"),
  "storage-provider": text,
  "source-base-path": text,
  "source-data-column": text,
});

export const versions = z.object({
  "entity-label": text,
  "feature-group-label": text,
  "store-id": text,
  "job-id": text,
  "data-type": text,
  "active-version": text,
  columns: z.array(
    z.object({ label: text, "current-size-in-bytes": number, "max-size-in-bytes": number }),
  ),
  "accounted-size-in-bytes": number,
  "block-size-in-bytes": number.nullable(),
  "row-size-in-bytes": number,
  "max-row-size-in-bytes": number,
  total: number,
  versions: z.array(
    z.object({
      version: text,
      "is-active": z.boolean(),
      "block-size-in-bytes": number.nullable(),
      features: z.array(feature),
      faults,
    }),
  ),
  faults,
});

export const versionDiff = z.object({
  from: text,
  to: text,
  added: texts,
  removed: texts,
  changed: z.array(
    z.object({
      label: text,
      fields: z.array(z.object({ field: text, before: text, after: text })),
    }),
  ),
  "is-same-layout": z.boolean(),
});

export const featureDetails = z.object({
  "entity-label": text,
  "feature-group-label": text,
  feature,
  versions: texts,
  storage: z.object({
    "store-id": text,
    "db-type": text,
    "conf-id": number.nullable(),
    table: text,
    columns: texts,
    "primary-keys": texts,
    "ttl-in-seconds": number,
    "in-memory-cached": z.boolean(),
    "distributed-cached": z.boolean(),
  }),
  "job-id": text,
  "may-write": texts,
  "may-read": texts,
});

export const searchResult = z.object({
  hits: z.array(
    z.object({
      kind: z.enum(SEARCH_KINDS),
      label: text,
      "entity-label": text,
      "feature-group-label": text,
      "feature-label": text,
      score: number,
    }),
  ),
  total: number,
});

export const registryFaults = z.array(z.object({ path: text, reason: text, disables: text }));

/** Existing clients refuse further fields. */
export const sourceMapping = z.strictObject({
  keys: z.record(z.string(), texts),
  data: z.array(
    z.strictObject({
      "storage-provider": text,
      "base-path": z.array(
        z.strictObject({
          "source-base-path": text,
          "data-paths": z.array(
            z.strictObject({
              "entity-label": text,
              "feature-group-label": text,
              "feature-label": text,
              "source-data-column": text,
              "default-value": text,
              "data-type": text,
            }),
          ),
        }),
      ),
    }),
  ),
});

export const driftReport = z.object({
  revision: number,
  "request-count": number,
  total: number,
  differences: z.array(
    z.object({
      id: text,
      kind: z.enum(DIFFERENCE_KINDS),
      severity: z.enum(SEVERITIES),
      subject: text,
      message: text,
      expected: text,
      found: text,
      repair: z
        .object({
          description: text,
          tables: z.array(z.object({ "store-id": text, table: text, columns: texts })),
          keys: z.array(z.object({ path: text, after: text.nullable() })),
        })
        .nullable()
        .describe("What repairing would do; null: a person has to decide"),
    }),
  ),
});

export const repairOutcomes = z.object({
  results: z.array(z.object({ id: text, result: z.enum(REPAIR_RESULTS), message: text })),
});

export const values = z.object({
  "entity-label": text,
  "feature-group-labels": texts,
  rows: z.array(
    z.object({
      keys: namesById,
      error: text.nullable(),
      "groups-error": text
        .nullable()
        .describe("Why nothing is known of the groups; null: something is, or nothing can be"),
      groups: z.array(
        z.object({
          "feature-group-label": text,
          presence: text
            .nullable()
            .describe(
              "stored, absent, expired, unreadable, failed; null: the data plane does not tell",
            ),
          "schema-version": number.nullable().describe("that the stored values were written with"),
          "expires-at": number
            .nullable()
            .describe("Unix seconds; null: never, nothing is stored, or not known"),
        }),
      ),
      values: z.array(
        z.object({
          "feature-group-label": text,
          "feature-label": text,
          "data-type": text,
          value: text.nullable().describe("null: the bytes are no value of the type"),
          "size-in-bytes": number,
          "equals-default": z
            .boolean()
            .describe(
              "Nothing is stored, or exactly the default: the group's presence tells which",
            ),
        }),
      ),
    }),
  ),
});
