import { persist, retrieve } from "@ofs/proto";
import { entityTree, type GroupOptions, type RegistryEntries } from "@ofs/testkit";
import { CALLER_TOKEN } from "../../../services/api-server/test/scenarios/scenario-tree.ts";
import type { StoreKind } from "../../../services/api-server/test/scenarios/server-under-test.ts";
import { storeDefinition } from "../../../services/api-server/test/scenarios/server-under-test.ts";

const ENTITY = "user";
const KEYS_SCHEMA = ["user_id"];
/** Longer than any run: nothing expires while it is measured. */
const CACHE_TTL_SECONDS = 86_400;
const MAX_BLOCK_BYTES = 4_096;

/** fp32 features of a row. Each has a feature group of its own. */
export const FEATURE_COUNTS = [20, 100, 500] as const;
export type FeatureCount = (typeof FEATURE_COUNTS)[number];

export const READ = "/retrieve.FeatureService/RetrieveFeatures";
export const WRITE = "/persist.FeatureService/PersistFeatures";

function labelsOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `f${i}`);
}

/** Every group may be in the process cache: whether it is, a server's environment says. */
export function scaleTree(store: StoreKind, name: string): RegistryEntries {
  const groups = FEATURE_COUNTS.map((count, id): [string, GroupOptions] => {
    const features = Object.fromEntries(labelsOf(count).map((label) => [label, {}]));
    return [`fp32_${count}`, { id, type: "FP32", versions: [features], process: true }];
  });
  return {
    "security/reader/scenario": JSON.stringify({ token: CALLER_TOKEN }),
    "storage/stores/1": JSON.stringify({
      ...storeDefinition(store, name),
      "max-column-size-in-bytes": MAX_BLOCK_BYTES,
    }),
    ...entityTree(ENTITY, KEYS_SCHEMA, Object.fromEntries(groups)),
    [`entities/${ENTITY}/in-memory-cache/ttl-in-seconds`]: String(CACHE_TTL_SECONDS),
  };
}

/** @param keys numbers of the keys */
export function readRequest(features: FeatureCount, keys: readonly number[]): Uint8Array {
  return retrieve.Query.encode({
    entityLabel: ENTITY,
    keysSchema: KEYS_SCHEMA,
    featureGroups: [{ label: `fp32_${features}`, featureLabels: labelsOf(features) }],
    keys: keys.map((key) => ({ cols: [`user-${key}`] })),
  }).finish();
}

/** @param keys numbers of the keys */
export function writeRequest(features: FeatureCount, keys: readonly number[]): Uint8Array {
  return persist.Query.encode({
    entityLabel: ENTITY,
    keysSchema: KEYS_SCHEMA,
    featureGroupSchema: [{ label: `fp32_${features}`, featureLabels: labelsOf(features) }],
    data: keys.map((key) => ({
      keyValues: [`user-${key}`],
      featureValues: [
        { values: { fp32Values: Array.from({ length: features }, (_, f) => key + f / 7) } },
      ],
    })),
  }).finish();
}

/** Steps through the keys in no order; it has no divisor in common with a power of ten. */
const STRIDE = 7_919;

/**
 * @param keyCount keys that there are: a power of ten
 * @returns numbers of keys for so many requests of so many keys, in no order, from all over
 */
export function scattered(keyCount: number, requests: number, keysOfEach: number): number[][] {
  return Array.from({ length: requests }, (_, request) =>
    Array.from(
      { length: keysOfEach },
      (_, place) => ((request * keysOfEach + place) * STRIDE) % keyCount,
    ),
  );
}

/** All keys once, in order. */
export function inOrder(keyCount: number, keysOfEach: number): number[][] {
  return Array.from({ length: Math.ceil(keyCount / keysOfEach) }, (_, request) =>
    Array.from(
      { length: Math.min(keysOfEach, keyCount - request * keysOfEach) },
      (_, place) => request * keysOfEach + place,
    ),
  );
}
