import type { Catalog, CatalogFeature, CatalogGroup, CatalogVersion } from "../catalog/model.ts";
import { isMapped, sourceName } from "../catalog/read-sources.ts";
import { type FaultsShape, faultsShape } from "./discovery-shapes.ts";
import { blockSize, type GroupSizes, groupSizes } from "./sizes.ts";

/** One feature of one version. Sources are those of now, in the active version only: old ones are not kept. */
export interface FeatureShape {
  readonly label: string;
  readonly sequence: number;
  readonly "data-type": string;
  readonly "string-length": number;
  readonly "vector-length": number;
  readonly "default-value": string;
  /** Base64 of the bytes that a client gets; null where they are not known. */
  readonly "default-bytes": string | null;
  readonly "storage-provider": string;
  readonly "source-base-path": string;
  readonly "source-data-column": string;
}

export interface VersionShape extends FaultsShape {
  readonly version: string;
  readonly "is-active": boolean;
  readonly "block-size-in-bytes": number | null;
  readonly features: FeatureShape[];
}

export interface VersionsShape extends GroupSizes, FaultsShape {
  readonly "entity-label": string;
  readonly "feature-group-label": string;
  readonly "store-id": string;
  readonly "job-id": string;
  readonly "data-type": string;
  readonly "active-version": string;
  readonly total: number;
  /** Newest first. */
  readonly versions: VersionShape[];
}

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** One page of a group's versions, the newest first. */
export function listVersions(catalog: Catalog, group: CatalogGroup, page: Page): VersionsShape {
  const names = group.versionNames.toReversed().slice(page.offset, page.offset + page.limit);
  return {
    "entity-label": group.entityLabel,
    "feature-group-label": group.label,
    "store-id": group.storeId,
    "job-id": group.jobId,
    "data-type": group.dataTypeName,
    "active-version": group.activeVersion,
    ...groupSizes(catalog, group),
    total: group.versionNames.length,
    versions: names.flatMap((name) => {
      const version = group.version(name);
      return version === undefined ? [] : [versionShape(catalog, group, version)];
    }),
    ...faultsShape(group.faults),
  };
}

function versionShape(
  catalog: Catalog,
  group: CatalogGroup,
  version: CatalogVersion,
): VersionShape {
  const { dataType } = group;
  return {
    version: version.name,
    "is-active": version.name === group.activeVersion,
    "block-size-in-bytes": dataType === undefined ? null : blockSize(dataType, version.features),
    features: version.features.map((feature) => featureShape(catalog, group, version, feature)),
    ...faultsShape(version.faults),
  };
}

export function featureShape(
  catalog: Catalog,
  group: CatalogGroup,
  version: CatalogVersion,
  feature: CatalogFeature,
): FeatureShape {
  const { label, defaultBytes } = feature;
  const name = sourceName(group.entityLabel, group.label, label);
  const known = version.name === group.activeVersion ? catalog.sources.get(name) : undefined;
  const source = isMapped(known) ? known : undefined;
  return {
    label,
    sequence: feature.sequence,
    "data-type": group.dataTypeName,
    "string-length": feature.stringLength,
    "vector-length": feature.vectorLength,
    "default-value": feature.defaultText,
    "default-bytes":
      defaultBytes === undefined ? null : Buffer.from(defaultBytes).toString("base64"),
    "storage-provider": source?.provider ?? "",
    "source-base-path": source?.basePath ?? "",
    "source-data-column": source?.column ?? "",
  };
}

/** What became different of one feature. */
export interface FeatureChange {
  readonly label: string;
  readonly fields: { readonly field: string; readonly before: string; readonly after: string }[];
}

export interface VersionDiff {
  readonly from: string;
  readonly to: string;
  readonly added: string[];
  readonly removed: string[];
  readonly changed: FeatureChange[];
  /** Whether blocks of both can be read with one layout: no feature has moved or changed its lengths. */
  readonly "is-same-layout": boolean;
}

/** Compares two versions of one group. */
export function diffVersions(from: CatalogVersion, to: CatalogVersion): VersionDiff {
  const before = new Map(from.features.map((feature) => [feature.label, feature]));
  const after = new Map(to.features.map((feature) => [feature.label, feature]));
  const added = [...after.keys()].filter((label) => !before.has(label));
  const removed = [...before.keys()].filter((label) => !after.has(label));
  const changed: FeatureChange[] = [];
  for (const [label, old] of before) {
    const now = after.get(label);
    const fields = now === undefined ? [] : changedFields(old, now);
    if (fields.length > 0) changed.push({ label, fields });
  }
  const hasMoved = changed.some(({ fields }) =>
    fields.some(({ field }) => field !== "default-value" && field !== "default-bytes"),
  );
  return {
    from: from.name,
    to: to.name,
    added,
    removed,
    changed,
    "is-same-layout": added.length === 0 && removed.length === 0 && !hasMoved,
  };
}

function changedFields(before: CatalogFeature, after: CatalogFeature): FeatureChange["fields"] {
  const texts = (feature: CatalogFeature): readonly (readonly [string, string])[] => [
    ["sequence", String(feature.sequence)],
    ["string-length", String(feature.stringLength)],
    ["vector-length", String(feature.vectorLength)],
    ["default-value", feature.defaultText],
    ["default-bytes", Buffer.from(feature.defaultBytes ?? []).toString("base64")],
  ];
  const now = new Map(texts(after));
  return texts(before).flatMap(([field, old]) => {
    const value = now.get(field) ?? "";
    return value === old ? [] : [{ field, before: old, after: value }];
  });
}
