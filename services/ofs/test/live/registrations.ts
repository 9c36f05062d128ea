import type { ApprovedRequest } from "../../../horizon/test/support/operator.ts";
import { ENTITY, GROUP, KEY } from "./feature-rows.ts";
import { CALLER, CALLER_TOKEN, type LiveStores } from "./live-fleet.ts";

const WRITER = "live_writer";
const CACHE_TTL_SECONDS = 300;

/** A feature of FP32 with its default. */
export function feature(label: string, defaultValue: number): Readonly<Record<string, string>> {
  return { labels: label, "default-values": String(defaultValue) };
}

export function registerStore({ confId, dbType }: LiveStores, table: string): ApprovedRequest {
  return {
    submit: "register-store",
    decide: "process-store",
    body: { "conf-id": confId, "db-type": dbType, table, "primary-keys": [KEY], "table-ttl": 0 },
  };
}

/** Behind all caches that there are. */
export function registerEntity(
  { processConfId, distributedConfId }: LiveStores,
  entity: string,
): ApprovedRequest {
  const cache = (confId: number) => ({
    enabled: "true",
    "ttl-in-seconds": CACHE_TTL_SECONDS,
    "jitter-percentage": 10,
    "conf-id": confId,
  });
  return {
    submit: "register-entity",
    decide: "process-entity",
    body: {
      "entity-label": entity,
      "key-map": { "0": { sequence: 0, "entity-label": KEY, "column-label": KEY } },
      "in-memory-cache": cache(processConfId),
      ...(distributedConfId === undefined ? {} : { "distributed-cache": cache(distributedConfId) }),
    },
  };
}

export function registerGroup(
  { distributedConfId }: LiveStores,
  entity: string,
  group: string,
  storeId: number,
  features: readonly Readonly<Record<string, string>>[],
): ApprovedRequest {
  return {
    submit: "register-feature-group",
    decide: "process-feature-group",
    body: {
      "entity-label": entity,
      "fg-label": group,
      "job-id": WRITER,
      "store-id": storeId,
      "ttl-in-seconds": 86_400,
      "in-memory-cache-enabled": true,
      "distributed-cache-enabled": distributedConfId !== undefined,
      "data-type": "DataTypeFP32",
      "layout-version": 1,
      features,
    },
  };
}

/**
 * What the load reads and writes: an entity with one group of the features `a` (0.5 by default) and `b` (0.25).
 *
 * @param callers who may read, with the token of all
 */
export function groundwork(
  stores: LiveStores,
  callers: readonly string[] = [CALLER],
): ApprovedRequest[] {
  const job = (type: "reader" | "writer", id: string): ApprovedRequest => ({
    submit: "register-job",
    decide: "process-job",
    body: { "job-type": type, "job-id": id, token: CALLER_TOKEN },
  });
  return [
    job("writer", WRITER),
    ...callers.map((caller) => job("reader", caller)),
    registerStore(stores, "live_rows"),
    registerEntity(stores, ENTITY),
    registerGroup(stores, ENTITY, GROUP, 1, [feature("a", 0.5), feature("b", 0.25)]),
  ];
}
