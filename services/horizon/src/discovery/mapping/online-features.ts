import type { Catalog } from "../catalog/model.ts";
import { activeVersionOf, compareText } from "../catalog/read-group.ts";
import { isMapped, sourceName } from "../catalog/read-sources.ts";
import { recordOf } from "../views/discovery-shapes.ts";

/** What may stand before an offline feature; it comes back in lower case before the online one. */
const PREFIXES: ReadonlySet<string> = new Set(["PARENT", "PCTR_CALIBRATION", "PCVR_CALIBRATION"]);

/**
 * Finds the online features that are fed by offline ones.
 *
 * @param offline `provider|path|column`, perhaps with a prefix
 * @returns `entity:group:feature` by what was asked; what feeds nothing is left out. Of several features with one source
 * the first wins, by entity, group and feature label
 */
export function onlineFeatures(
  catalog: Catalog,
  offline: readonly string[],
): Record<string, string> {
  const bySource = featuresBySource(catalog);
  const found: [string, string][] = [];
  for (const asked of offline) {
    const { prefix, source } = splitPrefix(asked);
    const feature = bySource.get(source);
    if (feature !== undefined) found.push([asked, `${prefix}${feature}`]);
  }
  return recordOf(found);
}

function splitPrefix(asked: string): { readonly prefix: string; readonly source: string } {
  const end = asked.indexOf("|");
  const first = asked.slice(0, Math.max(end, 0));
  if (!PREFIXES.has(first)) return { prefix: "", source: asked };
  return { prefix: `${first.toLowerCase()}:`, source: asked.slice(end + 1) };
}

function featuresBySource(catalog: Catalog): ReadonlyMap<string, string> {
  const bySource = new Map<string, string>();
  for (const { groups } of catalog.entities.values()) {
    for (const group of groups.values()) {
      const labels = (activeVersionOf(group)?.features ?? []).map(({ label }) => label);
      for (const label of labels.sort(compareText)) {
        const source = catalog.sources.get(sourceName(group.entityLabel, group.label, label));
        if (!isMapped(source)) continue;
        const key = [source.provider, source.basePath, source.column].join("|");
        if (!bySource.has(key)) bySource.set(key, `${group.entityLabel}:${group.label}:${label}`);
      }
    }
  }
  return bySource;
}
