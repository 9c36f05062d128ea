import type { RingPeerCache } from "@ofs/cache";
import type { CallContext } from "@ofs/engine";
import { FeatureStoreError, type UnaryHandler } from "@ofs/platform";
import { p2p } from "@ofs/proto";
import { type GuardDeps, guardedHandler } from "./guarded-handler.ts";

export const PEER_SERVICE = "p2p.P2PCacheService";
export const CLUSTER_CONFIGS_METHOD = `/${PEER_SERVICE}/GetClusterConfigs`;
export const GET_VALUES_METHOD = `/${PEER_SERVICE}/GetP2PCacheValues`;
export const SET_VALUES_METHOD = `/${PEER_SERVICE}/SetP2PCacheValues`;

/** Keys of one call; a few at a time is what looking into a cache takes. */
const MAX_KEYS = 1_000;

const NO_VALUE = new Uint8Array(0);

/** Looking into the peer cache, and putting records into it, by full method name. */
export function peerRoutes(cache: RingPeerCache, deps: GuardDeps): Map<string, UnaryHandler> {
  const topology = guardedHandler(
    "read",
    (request) => {
      decode(p2p.Query, request);
      return { response: p2p.ClusterTopology.encode(describeCluster(cache)).finish() };
    },
    deps,
  );
  const get = guardedHandler(
    "read",
    async (request, context) => {
      const { entityLabel = "", keys = [] } = decode(p2p.CacheQuery, request);
      assertScope(entityLabel, keys.length, context);
      const records = await cache.inspect(keys.map((key) => `${entityLabel}:${key}`));
      const keyValue = Object.fromEntries(keys.map((key, i) => [key, records[i] ?? NO_VALUE]));
      return { response: p2p.CacheKeyValue.encode({ entityLabel, keyValue }).finish() };
    },
    deps,
  );
  const set = guardedHandler(
    "write",
    (request, context) => {
      const { entityLabel = "", keyValue = {} } = decode(p2p.CacheKeyValue, request);
      putAll(cache, entityLabel ?? "", keyValue ?? {}, context);
      return { response: request };
    },
    deps,
  );
  return new Map([
    [CLUSTER_CONFIGS_METHOD, topology],
    [GET_VALUES_METHOD, get],
    [SET_VALUES_METHOD, set],
  ]);
}

function describeCluster(cache: RingPeerCache): p2p.ClusterTopology.$Properties {
  const { points, members } = cache.topology();
  return {
    ringTopology: Object.fromEntries(points),
    clusterMembers: Object.fromEntries(
      members.map(({ id, nodeIp, podIp }) => [id, { nodeIp, podIp }]),
    ),
  };
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT, naming the first key whose value is no record; those before are put */
function putAll(
  cache: RingPeerCache,
  entityLabel: string,
  keyValue: Readonly<Record<string, Uint8Array>>,
  context: CallContext,
): void {
  const entries = Object.entries(keyValue);
  assertScope(entityLabel, entries.length, context);
  for (const [key, value] of entries) {
    if (cache.put(`${entityLabel}:${key}`, value)) continue;
    const message = `key_value ${JSON.stringify(key)}: ${value.length} bytes are not a cache record`;
    throw new FeatureStoreError("INVALID_ARGUMENT", message);
  }
}

function assertScope(
  entityLabel: string,
  keyCount: number,
  { callerId, entities }: CallContext,
): void {
  if (entityLabel === "") {
    throw new FeatureStoreError("INVALID_ARGUMENT", "entity_label is empty");
  }
  if (entities !== undefined && !entities.has(entityLabel)) {
    const message = `caller ${callerId} may not use entity ${entityLabel}`;
    throw new FeatureStoreError("PERMISSION_DENIED", message);
  }
  if (keyCount > MAX_KEYS) {
    const message = `${keyCount} keys are more than the ${MAX_KEYS} of one call`;
    throw new FeatureStoreError("RESOURCE_EXHAUSTED", message);
  }
}

function decode<T>(type: { decode(bytes: Uint8Array): T }, request: Uint8Array): T {
  try {
    return type.decode(request);
  } catch (error) {
    const message = `the request cannot be decoded: ${String(error)}`;
    throw new FeatureStoreError("INVALID_ARGUMENT", message, { cause: error });
  }
}
