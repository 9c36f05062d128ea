import type { PeerCache } from "@ofs/cache";
import type { ReadMetrics } from "../metrics.ts";
import { areReadable } from "./cached-blocks.ts";
import type { Fetch, FetchContext } from "./fetch.ts";
import { startPeerSpan } from "./read-spans.ts";

/**
 * Asks other processes for the keys that this one does not hold. What they supply is kept by the peer cache itself, so
 * only the keys that nobody had are left to be filled.
 */
export async function readPeers(
  fetch: Fetch,
  cache: PeerCache,
  { span: parent }: Pick<FetchContext, "span">,
  metrics: ReadMetrics,
): Promise<void> {
  const { plan, keys, cells, nowMs, localMisses, localPosition } = fetch;
  const names = localMisses.map((k) => keys.names[k] as string);
  const endTimer = metrics.startCacheTimer(plan.entity.label, "p2p");
  const span = parent && startPeerSpan(parent, fetch, names.length);
  const found = await cache.readRemote(names, plan.processCachedIds, nowMs, localPosition);
  endTimer();
  span?.end();
  fetch.localMisses = localMisses.filter((k, index) => {
    const blocks = found[index];
    if (blocks === undefined || !areReadable(plan, blocks, undefined)) return true;
    const base = k * plan.groups.length;
    for (let g = 0; g < blocks.length; g++) cells[base + g] ??= blocks[g];
    return false;
  });
}
