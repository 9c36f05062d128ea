import type { Catalog, CatalogEntity, CatalogGroup, CatalogSource } from "../catalog/model.ts";
import { activeVersionOf, compareText } from "../catalog/read-group.ts";
import { isMapped, sourceName } from "../catalog/read-sources.ts";
import { recordOf } from "../views/discovery-shapes.ts";
import { groupsOfJob } from "../views/jobs.ts";

/** One feature of a source. Published: existing clients refuse further fields. */
export interface DataPath {
  readonly "entity-label": string;
  readonly "feature-group-label": string;
  readonly "feature-label": string;
  readonly "source-data-column": string;
  readonly "default-value": string;
  readonly "data-type": string;
}

export interface BasePath {
  readonly "source-base-path": string;
  readonly "data-paths": DataPath[];
}

export interface SourceMapping {
  /** Entity -> names of its keys by sequence. Clients use the first entity only: it is one with sources, if there is one. */
  readonly keys: Record<string, string[]>;
  readonly data: { readonly "storage-provider": string; readonly "base-path": BasePath[] }[];
}

interface Mapped {
  readonly group: CatalogGroup;
  readonly source: CatalogSource;
  readonly defaultText: string;
}

/**
 * Which features a writer job feeds, and from where: those of the active versions of its groups that have a source.
 * Sorted by provider, path, entity, group, and features as they follow in their group.
 */
export function sourceMapping(catalog: Catalog, jobId: string): SourceMapping {
  const groups = groupsOfJob(catalog, jobId);
  const mapped = groups.flatMap((group) => mappedFeatures(catalog, group));
  const withSources = new Set(mapped.map(({ group }) => group.entityLabel));
  const labels =
    withSources.size > 0 ? withSources : new Set(groups.map((group) => group.entityLabel));
  const providers = groupBy(mapped, ({ source }) => source.provider);
  return {
    keys: recordOf(
      [...labels].map((label) => [label, keyLabels(catalog.entities.get(label))] as const),
    ),
    data: providers.map(([provider, ofProvider]) => ({
      "storage-provider": provider,
      "base-path": groupBy(ofProvider, ({ source }) => source.basePath).map(([path, ofPath]) => ({
        "source-base-path": path,
        "data-paths": ofPath.map(toDataPath),
      })),
    })),
  };
}

function mappedFeatures(catalog: Catalog, group: CatalogGroup): Mapped[] {
  return (activeVersionOf(group)?.features ?? []).flatMap(({ label, defaultText }) => {
    const source = catalog.sources.get(sourceName(group.entityLabel, group.label, label));
    return isMapped(source) ? [{ group, source, defaultText }] : [];
  });
}

function toDataPath({ group, source, defaultText }: Mapped): DataPath {
  return {
    "entity-label": group.entityLabel,
    "feature-group-label": group.label,
    "feature-label": source.featureLabel,
    "source-data-column": source.column,
    "default-value": source.defaultText === "" ? defaultText : source.defaultText,
    "data-type": group.dataTypeName,
  };
}

function keyLabels(entity: CatalogEntity | undefined): string[] {
  return (entity?.keys ?? []).map(({ label }) => label);
}

/** @returns names in sort order, each with its items in their order */
function groupBy<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
): (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return [...groups].sort(([a], [b]) => compareText(a, b));
}
