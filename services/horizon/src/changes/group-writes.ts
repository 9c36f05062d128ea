import type { Column } from "./columns.ts";
import { type FeatureDefinition, formatFeatureList } from "./feature-list.ts";
import { sourcePath } from "./feature-sources.ts";
import type { SourcedFeature } from "./new-features.ts";
import type { Payloads } from "./payloads.ts";
import type { Writes } from "./writes.ts";

/** Columns with the bytes that are counted for them. */
export function putColumns(writes: Writes, groupPath: string, columns: readonly Column[]): void {
  for (const { name, sizeBytes } of columns) {
    writes.put(`${groupPath}/columns/${name}/label`, name);
    writes.put(`${groupPath}/columns/${name}/current-size-in-bytes`, String(sizeBytes));
  }
}

/** One schema version of a group. */
export function putFeatureList(
  writes: Writes,
  groupPath: string,
  version: number,
  features: readonly FeatureDefinition[],
): void {
  const { labels, defaultValues, featureMeta } = formatFeatureList(features);
  writes.put(`${groupPath}/features/${version}/labels`, labels);
  writes.put(`${groupPath}/features/${version}/default-values`, defaultValues);
  writes.put(`${groupPath}/features/${version}/feature-meta`, featureMeta);
}

/** A feature without a source loses what an earlier one of its name had. */
export function putSources(
  writes: Writes,
  entityLabel: string,
  groupLabel: string,
  features: readonly SourcedFeature[],
): void {
  for (const { definition, source } of features) {
    const path = sourcePath(entityLabel, groupLabel, definition.label);
    if (source === undefined) writes.remove(path);
    else writes.put(path, source);
  }
}

/** Fields of a group that an edit may change, in their text form. */
export function* editableGroupFields(
  payload: Payloads["feature-group"] | Payloads["feature-group-edit"],
): Generator<readonly [string, string]> {
  yield ["ttl-in-seconds", String(payload["ttl-in-seconds"])];
  yield ["in-memory-cache-enabled", String(payload["in-memory-cache-enabled"])];
  yield ["distributed-cache-enabled", String(payload["distributed-cache-enabled"])];
  yield ["layout-version", String(payload["layout-version"])];
}

/** Fields of a group that the request says, in their text form. */
export function* groupFields(
  payload: Payloads["feature-group"],
): Generator<readonly [string, string]> {
  yield ["store-id", String(payload["store-id"])];
  yield ["data-type", payload["data-type"]];
  yield ["job-id", payload["job-id"]];
  yield* editableGroupFields(payload);
}
