import { z } from "zod";

/** Stored payloads, as far as the comparison needs them: fields that were not sent are empty. */
const text = z.string().default("");
const integer = z.int().default(0);
const flag = z.boolean().default(false);

const cache = z
  .object({
    enabled: z.union([z.string(), z.boolean()]).default("false"),
    "ttl-in-seconds": integer,
    "jitter-percentage": integer,
  })
  .transform((sent) => ({
    isEnabled: String(sent.enabled) === "true",
    ttlSeconds: sent["ttl-in-seconds"],
    jitterPercent: sent["jitter-percentage"],
  }));
export type ApprovedCache = z.output<typeof cache>;

const feature = z
  .object({
    labels: z.string(),
    "source-base-path": text,
    "source-data-column": text,
    "storage-provider": text,
  })
  .transform((sent) => ({
    label: sent.labels,
    provider: sent["storage-provider"],
    basePath: sent["source-base-path"],
    column: sent["source-data-column"],
  }));
export type ApprovedFeature = z.output<typeof feature>;

/** What is left out stays as it is. */
const featureEdit = z
  .object({
    labels: z.string(),
    "source-base-path": z.string().optional(),
    "source-data-column": z.string().optional(),
    "storage-provider": z.string().optional(),
  })
  .transform((sent) => ({
    label: sent.labels,
    provider: sent["storage-provider"],
    basePath: sent["source-base-path"],
    column: sent["source-data-column"],
  }));
export type ApprovedFeatureEdit = z.output<typeof featureEdit>;

/** Older clients send null for an empty list. */
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const key = z.object({ sequence: z.int(), "entity-label": z.string(), "column-label": z.string() });

export const storePayload = z.object({
  "conf-id": integer,
  "db-type": z.string(),
  table: text,
  "primary-keys": listOf(z.string()),
});

export const jobPayload = z.object({
  "job-type": z.enum(["writer", "reader"]),
  "job-id": z.string().min(1),
});

const caches = { "distributed-cache": cache.optional(), "in-memory-cache": cache.optional() };

export const entityPayload = z.object({
  "entity-label": z.string().min(1),
  "key-map": z.record(z.string(), key).default({}),
  ...caches,
});

export const entityEditPayload = z.object({ "entity-label": z.string().min(1), ...caches });

const groupSettings = {
  "entity-label": z.string().min(1),
  "fg-label": z.string().min(1),
  "ttl-in-seconds": integer,
  "in-memory-cache-enabled": flag,
  "distributed-cache-enabled": flag,
};

export const groupPayload = z.object({
  ...groupSettings,
  "job-id": text,
  "store-id": z.union([z.string(), z.int()]).transform(String),
  "data-type": z.string(),
  features: listOf(feature),
});

export const groupEditPayload = z.object(groupSettings);

export const featuresPayload = z.object({
  "entity-label": z.string().min(1),
  "feature-group-label": z.string().min(1),
  features: listOf(feature),
});

export const featureEditsPayload = z.object({
  "entity-label": z.string().min(1),
  "feature-group-label": z.string().min(1),
  features: listOf(featureEdit),
});

export const deletePayload = z.object({
  "entity-label": z.string().min(1),
  "feature-group-label": z.string().min(1),
  "feature-labels": listOf(z.string()),
});
