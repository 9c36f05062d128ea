import { FeatureStoreError } from "@ofs/platform";
import type { RowStore } from "@ofs/store";
import type { Groups } from "./groups.ts";
import type { RowMetrics } from "./row-metrics.ts";
import type { RowPlans } from "./row-plans.ts";
import type { RowStores } from "./row-stores.ts";

/** What reading, scanning and writing rows have in common. */
export interface RowParts {
  readonly groups: Groups;
  readonly plans: RowPlans;
  readonly stores: RowStores;
  readonly metrics: RowMetrics;
  /** Unix milliseconds. */
  now(): number;
}

/** @throws {FeatureStoreError} FAILED_PRECONDITION */
export function requireStore(stores: RowStores, tenant: string): RowStore {
  const store = stores.storeOf(tenant);
  if (store !== undefined) return store;
  throw new FeatureStoreError(
    "FAILED_PRECONDITION",
    `tenant ${tenant}: no connection is configured`,
  );
}

export function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1000;
}
