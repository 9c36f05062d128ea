import type { CheckResult } from "@ofs/platform";
import type { Snapshot } from "@ofs/registry";

/** Entities that are named. */
const MAX_SHOWN = 20;

/**
 * Whether what is written reaches the caches that readers use: an entity cached in a Redis that this process has no
 * connection to is read old until its TTL. A warning: what is stored is right.
 *
 * @param cacheFor the cache of a configuration id; undefined where there is none
 */
export function checkCaches(
  snapshot: Snapshot | undefined,
  invalidates: boolean,
  cacheFor: (confId: number) => object | undefined,
): CheckResult {
  if (!invalidates) return { status: "ok", detail: { invalidation: "off" } };
  const stale: string[] = [];
  for (const { label, distributedCache } of snapshot?.entities.values() ?? []) {
    const { isEnabled, confId } = distributedCache;
    if (!isEnabled || (confId !== undefined && cacheFor(confId) !== undefined)) continue;
    stale.push(`${label}: no distributed cache with conf-id ${confId}`);
  }
  if (stale.length === 0) return { status: "ok" };
  const detail = { staleCount: stale.length, notInvalidated: stale.slice(0, MAX_SHOWN) };
  return { status: "warning", detail };
}
