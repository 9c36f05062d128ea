import { formatTtl } from "./format.ts";
import type { CacheFacts } from "./registry.ts";

/** @returns one line about a cache */
export function cacheText(cache: CacheFacts): string {
  return cache.isEnabled ? `on, ${formatTtl(cache.ttlSeconds)} ±${cache.jitterPercent} %` : "off";
}
