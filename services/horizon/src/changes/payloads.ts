import { DATA_TYPES } from "@ofs/codec";
import { z } from "zod";
import { job, jobRotate } from "./job-payloads.ts";
import {
  DEFAULT_TEXT_LENGTH_MAX,
  FEATURES_PER_CHANGE_MAX,
  GROUP_TTL_SECONDS_MAX,
  INTEGER_MAX,
  KEY_COUNT_MAX,
  SOURCE_COLUMN_LENGTH_MAX,
  SOURCE_PATH_LENGTH_MAX,
  TABLE_TTL_SECONDS_MAX,
} from "./limits.ts";
import type { ChangeKind } from "./model.ts";
import {
  cqlName,
  flagText,
  label,
  lengthText,
  listOf,
  listOrNothing,
  optionalCqlName,
  optionalLabel,
  plainText,
  reference,
  wholeNumber,
} from "./payload-fields.ts";

/** Where push clients find a feature's offline data; empty = nowhere. */
export const STORAGE_PROVIDERS = [
  "",
  "TABLE",
  "PARQUET_GCS",
  "PARQUET_S3",
  "PARQUET_ADLS",
  "DELTA_GCS",
  "DELTA_S3",
  "DELTA_ADLS",
] as const;
export type StorageProvider = (typeof STORAGE_PROVIDERS)[number];

const EXAMPLE_FEATURE = {
  labels: "ctr",
  "default-values": "0.0",
  "source-base-path": "db.t",
  "source-data-column": "c1",
  "storage-provider": "TABLE",
  "string-length": "0",
  "vector-length": "0",
};
const EXAMPLE_CACHE = {
  enabled: "true",
  "ttl-in-seconds": 300,
  "jitter-percentage": 10,
  "conf-id": 2,
};

const entityReference = reference({ description: "An entity that exists.", example: "user" });
const groupReference = reference({
  description: "A feature group of the entity.",
  example: "core",
});

const cache = z
  .object(
    {
      enabled: flagText({ description: "Whether the entity's rows are cached.", example: "true" }),
      "ttl-in-seconds": wholeNumber(0, INTEGER_MAX, {
        description: "0 = no expiry.",
        example: 300,
      }).default(0),
      "jitter-percentage": wholeNumber(0, 100, {
        description: "The TTL varies by up to this share of itself.",
        example: 10,
      }).default(0),
      "conf-id": wholeNumber(0, INTEGER_MAX, {
        description:
          "The configured cache. May be left out (or 0) where only one is configured, or where the cache is off. Edits keep the one that the entity has.",
        example: 2,
      }).default(0),
    },
    { error: "must be an object" },
  )
  .meta({ description: "How rows of the entity are cached.", example: EXAMPLE_CACHE });

const CACHE_OFF = {
  enabled: false,
  "ttl-in-seconds": 0,
  "jitter-percentage": 0,
  "conf-id": 0,
} as const;

const defaultValue = z
  .string({ error: "must be text" })
  .max(DEFAULT_TEXT_LENGTH_MAX, { error: `is longer than ${DEFAULT_TEXT_LENGTH_MAX} characters` })
  .meta({
    description: "Served where nothing is stored: a number, true, text, or for vectors [a,b,c].",
    examples: ["0.0", "[0.5,1]"],
  });
const sourceBasePath = plainText(SOURCE_PATH_LENGTH_MAX, {
  description: "Table or folder of the offline source. Counts where there is a provider.",
  example: "db.t",
});
const sourceDataColumn = plainText(SOURCE_COLUMN_LENGTH_MAX, {
  description: "Column of the offline source. Counts where there is a provider.",
  example: "c1",
});
const storageProvider = z
  .enum(STORAGE_PROVIDERS, { error: `must be one of ${STORAGE_PROVIDERS.join(", ")}, or empty` })
  .meta({ description: "Kind of the offline source; empty = none.", examples: ["TABLE"] });
const stringLength = lengthText({
  description: "Largest size of one string in bytes of UTF-8. Counts for string types.",
  example: "0",
});
const vectorLength = lengthText({
  description: "Elements of a vector. Counts for vector types.",
  example: "0",
});

const newFeature = z
  .object({
    labels: label({ description: "The feature's name: one, despite the plural.", example: "ctr" }),
    "default-values": defaultValue.default(""),
    "source-base-path": sourceBasePath.default(""),
    "source-data-column": sourceDataColumn.default(""),
    "storage-provider": storageProvider.default(""),
    "string-length": stringLength.default(0),
    "vector-length": vectorLength.default(0),
  })
  .meta({ example: EXAMPLE_FEATURE });

/** Clients send a row that nobody filled in, too. */
const firstFeature = newFeature.extend({
  labels: optionalLabel({
    description: "The feature's name: one, despite the plural. A row without anything is left out.",
    example: "ctr",
  }),
});

const featureEdit = z
  .object({
    labels: reference({ description: "A feature of the active version.", example: "ctr" }),
    "default-values": defaultValue.optional(),
    "source-base-path": sourceBasePath.optional(),
    "source-data-column": sourceDataColumn.optional(),
    "storage-provider": storageProvider.optional(),
    "string-length": stringLength.optional(),
    "vector-length": vectorLength.optional(),
  })
  .meta({ description: "What is left out stays as it is.", example: EXAMPLE_FEATURE });

const groupTtl = wholeNumber(0, GROUP_TTL_SECONDS_MAX, {
  description: "How long a stored value counts; 0 = for ever.",
  example: 86_400,
});
const layoutVersion = wholeNumber(1, 1, {
  description: "Layout of stored blocks.",
  example: 1,
}).default(1);

function groupFlag(description: string) {
  return z
    .boolean({ error: "must be true or false" })
    .default(false)
    .meta({ description, examples: [true] });
}

const inMemoryFlag = groupFlag("Cached in processes, where the entity is, too.");
const distributedFlag = groupFlag("Cached in the distributed cache, where the entity is, too.");

const store = z.object({
  "conf-id": wholeNumber(0, INTEGER_MAX, {
    description: "The configured connection.",
    example: 1,
  }),
  "db-type": plainText(64, {
    description: "What the connection is configured as.",
    example: "scylla",
  }),
  table: optionalCqlName({
    description: "The table, of no other store. May be empty for Redis.",
    example: "user_features",
  }),
  "primary-keys": listOrNothing(
    cqlName({ description: "A key column.", example: "user_id" }),
    KEY_COUNT_MAX,
    { description: "Key columns in order. May be empty for Redis.", example: ["user_id"] },
  ),
  "table-ttl": wholeNumber(0, TABLE_TTL_SECONDS_MAX, {
    description: "Default TTL of the table in seconds; 0 = none. Cannot be changed later.",
    example: 0,
  }).default(0),
});

const KEY_MAP_ERROR = `must be an object of 1 to ${KEY_COUNT_MAX} keys`;

const entity = z.object({
  "entity-label": label({ description: "The entity's name.", example: "user" }),
  "key-map": z
    .record(
      label({ description: "Any name, mostly 0, 1, ...", example: "0" }),
      z.object(
        {
          sequence: wholeNumber(0, KEY_COUNT_MAX - 1, {
            description: "Place among the keys, from 0.",
            example: 0,
          }),
          "entity-label": label({
            description: "Name of the key in calls.",
            example: "user_id",
          }),
          "column-label": cqlName({
            description: "Name of the key's column in tables.",
            example: "user_id",
          }),
        },
        { error: "must be an object" },
      ),
      { error: KEY_MAP_ERROR },
    )
    .refine((keys) => Object.keys(keys).length >= 1 && Object.keys(keys).length <= KEY_COUNT_MAX, {
      error: KEY_MAP_ERROR,
    })
    .meta({
      description: "What identifies a row.",
      examples: [{ "0": { sequence: 0, "entity-label": "user_id", "column-label": "user_id" } }],
    }),
  "distributed-cache": cache.default(CACHE_OFF),
  "in-memory-cache": cache.default(CACHE_OFF),
});

const entityEdit = z.object({
  "entity-label": entityReference,
  "distributed-cache": cache.optional(),
  "in-memory-cache": cache.optional(),
});

const DATA_TYPE_NAMES = DATA_TYPES.map(({ name }) => name);

const featureGroup = z.object({
  "entity-label": entityReference,
  "fg-label": label({ description: "The group's name.", example: "core" }),
  "job-id": reference({ description: "A writer job that exists.", example: "user_job" }),
  "store-id": wholeNumber(0, INTEGER_MAX, {
    description: "A store that exists and that no other entity uses.",
    example: 1,
  }),
  "ttl-in-seconds": groupTtl.default(0),
  "in-memory-cache-enabled": inMemoryFlag,
  "distributed-cache-enabled": distributedFlag,
  "data-type": z
    .enum(DATA_TYPE_NAMES, { error: `must be one of ${DATA_TYPE_NAMES.join(", ")}` })
    .meta({ description: "Type of all features of the group.", examples: ["DataTypeFP32"] }),
  "layout-version": layoutVersion,
  features: listOrNothing(firstFeature, FEATURES_PER_CHANGE_MAX, {
    description: "The features of the first version; may be added later.",
    example: [EXAMPLE_FEATURE],
  }),
});

const featureGroupEdit = z.object({
  "entity-label": entityReference,
  "fg-label": groupReference,
  "ttl-in-seconds": groupTtl,
  "in-memory-cache-enabled": z
    .boolean({ error: "must be true or false" })
    .meta({ description: "Cached in processes.", examples: [true] }),
  "distributed-cache-enabled": z
    .boolean({ error: "must be true or false" })
    .meta({ description: "Cached in the distributed cache.", examples: [true] }),
  "layout-version": layoutVersion,
});

const featuresAdd = z.object({
  "entity-label": entityReference,
  "feature-group-label": groupReference,
  features: listOf(newFeature, FEATURES_PER_CHANGE_MAX, {
    description: "They come after those that the group has, in a new version.",
    example: [EXAMPLE_FEATURE],
  }),
});

const featuresEdit = z.object({
  "entity-label": entityReference,
  "feature-group-label": groupReference,
  features: listOf(featureEdit, FEATURES_PER_CHANGE_MAX, {
    description: "A change of a length makes a new version.",
    example: [EXAMPLE_FEATURE],
  }),
});

const featuresDelete = z.object({
  "entity-label": entityReference,
  "feature-group-label": groupReference,
  "feature-labels": listOf(
    reference({ description: "A feature of the active version.", example: "ctr" }),
    FEATURES_PER_CHANGE_MAX,
    { description: "What the new version no longer has.", example: ["ctr"] },
  ),
});

/**
 * Bodies of requests for change, by kind: what OpenAPI is made of, too. Unknown fields are ignored, `user-id` and `role`
 * among them: the server knows who asks.
 */
export const payloadSchemas = {
  store,
  job,
  "job-rotate": jobRotate,
  entity,
  "entity-edit": entityEdit,
  "feature-group": featureGroup,
  "feature-group-edit": featureGroupEdit,
  "features-add": featuresAdd,
  "features-edit": featuresEdit,
  "features-delete": featuresDelete,
} as const satisfies Record<ChangeKind, z.ZodType>;

/** Content of requests, by kind, with flags and lengths as values. */
export type Payloads = { readonly [K in ChangeKind]: z.output<(typeof payloadSchemas)[K]> };

export type CachePayload = z.output<typeof cache>;
export type NewFeaturePayload = z.output<typeof newFeature>;
export type FeatureEditPayload = z.output<typeof featureEdit>;
