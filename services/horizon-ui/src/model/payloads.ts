import type { ChangeKind } from "./change-kinds.ts";
import { isStringType, isVectorType } from "./data-types.ts";

/** What is sent; its names are the contract's. */
export type Payload = Readonly<Record<string, unknown>>;

/** What forms hold. Fields bear the payload's names, so that problems of the server find them. */
export interface StoreDraft extends Record<string, unknown> {
  readonly "conf-id": string;
  readonly table: string;
  readonly "primary-keys": string[];
  readonly "table-ttl": number | string;
}

export interface JobDraft extends Record<string, unknown> {
  readonly "job-type": string;
  readonly "job-id": string;
  /** Empty: the server makes one. */
  readonly token: string;
  /** Of a reader: what it may do, and with which entities; none of these = all. */
  readonly access: string[];
  readonly entities: string[];
}

export interface JobRotateDraft extends Record<string, unknown> {
  readonly "job-type": string;
  readonly "job-id": string;
  /** Empty: the server makes one. */
  readonly token: string;
  readonly "overlap-seconds": number | string;
  readonly restore: boolean;
}

export interface KeyDraft {
  readonly "entity-label": string;
  readonly "column-label": string;
}

export interface CacheDraft {
  readonly enabled: boolean;
  readonly "ttl-in-seconds": number | string;
  readonly "jitter-percentage": number | string;
  readonly "conf-id": string;
}

export interface EntityDraft extends Record<string, unknown> {
  readonly "entity-label": string;
  readonly "key-map": KeyDraft[];
  readonly "distributed-cache": CacheDraft;
  readonly "in-memory-cache": CacheDraft;
}

export interface EntityEditDraft extends Record<string, unknown> {
  readonly "entity-label": string;
  readonly "distributed-cache": CacheDraft;
  readonly "in-memory-cache": CacheDraft;
}

export interface FeatureDraft {
  readonly labels: string;
  readonly "default-values": string;
  readonly "storage-provider": string;
  readonly "source-base-path": string;
  readonly "source-data-column": string;
  readonly "string-length": number | string;
  readonly "vector-length": number | string;
}

export interface GroupDraft extends Record<string, unknown> {
  readonly "entity-label": string;
  readonly "fg-label": string;
  readonly "job-id": string;
  readonly "store-id": string;
  readonly "ttl-in-seconds": number | string;
  readonly "in-memory-cache-enabled": boolean;
  readonly "distributed-cache-enabled": boolean;
  readonly "data-type": string;
  readonly features: FeatureDraft[];
}

export interface GroupEditDraft extends Record<string, unknown> {
  readonly "entity-label": string;
  readonly "fg-label": string;
  readonly "ttl-in-seconds": number | string;
  readonly "in-memory-cache-enabled": boolean;
  readonly "distributed-cache-enabled": boolean;
}

export interface FeaturesDraft extends Record<string, unknown> {
  readonly "entity-label": string;
  readonly "feature-group-label": string;
  readonly features: FeatureDraft[];
}

export interface FeaturesDeleteDraft extends Record<string, unknown> {
  readonly "entity-label": string;
  readonly "feature-group-label": string;
  readonly "feature-labels": string[];
}

/** What a reader may be allowed. */
export const ACCESS_NAMES = ["read", "write"] as const;

/** The only layout of blocks there is. */
const LAYOUT_VERSION = 1;

export const EMPTY_CACHE: CacheDraft = {
  enabled: false,
  "ttl-in-seconds": 300,
  "jitter-percentage": 10,
  "conf-id": "",
};

export const EMPTY_FEATURE: FeatureDraft = {
  labels: "",
  "default-values": "",
  "storage-provider": "",
  "source-base-path": "",
  "source-data-column": "",
  "string-length": 0,
  "vector-length": 0,
};

/** @param dbTypes conf-id -> kind of the configured stores */
export function storePayload(
  draft: StoreDraft,
  dbTypes: Readonly<Record<string, string>>,
): Payload {
  return {
    "conf-id": numberOf(draft["conf-id"]),
    "db-type": dbTypes[draft["conf-id"]] ?? "",
    table: draft.table.trim(),
    "primary-keys": draft["primary-keys"].map((key) => key.trim()).filter(Boolean),
    "table-ttl": numberOf(draft["table-ttl"]),
  };
}

export function jobPayload(draft: JobDraft): Payload {
  const token = draft.token.trim();
  return {
    "job-type": draft["job-type"],
    "job-id": draft["job-id"].trim(),
    ...(token === "" ? {} : { token }),
    ...scopesPayload(draft),
  };
}

/** Nothing where a reader is not limited: that is how clients without scopes are written. */
function scopesPayload({ access, entities, "job-type": type }: JobDraft): Payload {
  const scopes = {
    ...(entities.length === 0 ? {} : { entities }),
    ...(access.length === ACCESS_NAMES.length ? {} : { access }),
  };
  return type !== "reader" || Object.keys(scopes).length === 0 ? {} : { scopes };
}

export function jobRotatePayload(draft: JobRotateDraft): Payload {
  const token = draft.token.trim();
  return {
    "job-type": draft["job-type"],
    "job-id": draft["job-id"],
    ...(token === "" ? {} : { token }),
    "overlap-seconds": numberOf(draft["overlap-seconds"]),
    ...(draft.restore ? { restore: true } : {}),
  };
}

export function entityPayload(draft: EntityDraft): Payload {
  const keys = draft["key-map"].map((key, sequence) => [
    String(sequence),
    {
      sequence,
      "entity-label": key["entity-label"].trim(),
      "column-label": key["column-label"].trim() || key["entity-label"].trim(),
    },
  ]);
  return {
    "entity-label": draft["entity-label"].trim(),
    "key-map": Object.fromEntries(keys),
    ...cachesPayload(draft),
  };
}

export function entityEditPayload(draft: EntityEditDraft): Payload {
  return { "entity-label": draft["entity-label"], ...cachesPayload(draft) };
}

function cachesPayload(draft: Pick<EntityDraft, "distributed-cache" | "in-memory-cache">): Payload {
  return {
    "distributed-cache": cachePayload(draft["distributed-cache"]),
    "in-memory-cache": cachePayload(draft["in-memory-cache"]),
  };
}

function cachePayload(cache: CacheDraft): Payload {
  return {
    enabled: cache.enabled ? "true" : "false",
    "ttl-in-seconds": numberOf(cache["ttl-in-seconds"]),
    "jitter-percentage": numberOf(cache["jitter-percentage"]),
    "conf-id": numberOf(cache["conf-id"]),
  };
}

export function groupPayload(draft: GroupDraft): Payload {
  return {
    "entity-label": draft["entity-label"],
    "fg-label": draft["fg-label"].trim(),
    "job-id": draft["job-id"],
    "store-id": numberOf(draft["store-id"]),
    "ttl-in-seconds": numberOf(draft["ttl-in-seconds"]),
    "in-memory-cache-enabled": draft["in-memory-cache-enabled"],
    "distributed-cache-enabled": draft["distributed-cache-enabled"],
    "data-type": draft["data-type"],
    "layout-version": LAYOUT_VERSION,
    features: draft.features.map((feature) => featurePayload(feature, draft["data-type"])),
  };
}

export function groupEditPayload(draft: GroupEditDraft): Payload {
  return {
    "entity-label": draft["entity-label"],
    "fg-label": draft["fg-label"],
    "ttl-in-seconds": numberOf(draft["ttl-in-seconds"]),
    "in-memory-cache-enabled": draft["in-memory-cache-enabled"],
    "distributed-cache-enabled": draft["distributed-cache-enabled"],
    "layout-version": LAYOUT_VERSION,
  };
}

/** Of adding and of editing. @param dataType of the group; empty while none is chosen */
export function featuresPayload(draft: FeaturesDraft, dataType: string): Payload {
  return {
    "entity-label": draft["entity-label"],
    "feature-group-label": draft["feature-group-label"],
    features: draft.features.map((feature) => featurePayload(feature, dataType)),
  };
}

export function featuresDeletePayload(draft: FeaturesDeleteDraft): Payload {
  return {
    "entity-label": draft["entity-label"],
    "feature-group-label": draft["feature-group-label"],
    "feature-labels": draft["feature-labels"],
  };
}

/** Lengths are decimal texts, `0` where the data type has none. */
function featurePayload(feature: FeatureDraft, dataType: string): Payload {
  const hasSource = feature["storage-provider"] !== "";
  return {
    labels: feature.labels.trim(),
    "default-values": feature["default-values"],
    "source-base-path": hasSource ? feature["source-base-path"].trim() : "",
    "source-data-column": hasSource ? feature["source-data-column"].trim() : "",
    "storage-provider": feature["storage-provider"],
    "string-length": isStringType(dataType) ? String(numberOf(feature["string-length"])) : "0",
    "vector-length": isVectorType(dataType) ? String(numberOf(feature["vector-length"])) : "0",
  };
}

/** Fields of a payload that are called something else in forms. */
const FORM_FIELDS: Readonly<Partial<Record<ChangeKind, Readonly<Record<string, string>>>>> = {
  store: { "db-type": "conf-id" },
  job: { "scopes.access": "access", "scopes.entities": "entities" },
};

/** Where in a form to show a problem with a field of the payload. */
export function formField(kind: ChangeKind, payloadField: string): string {
  return FORM_FIELDS[kind]?.[payloadField] ?? payloadField;
}

/** Fields of numbers hold text while they are typed in: an empty one is 0. */
function numberOf(value: number | string): number {
  const number = typeof value === "number" ? value : Number(value.trim());
  return Number.isFinite(number) ? number : 0;
}
