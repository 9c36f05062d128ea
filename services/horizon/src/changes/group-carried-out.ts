import { attempt, type Entry, Fields, NodeFault } from "@ofs/registry";
import { isSameDefinition, readFeatureList } from "./feature-list.ts";
import { sourcePath } from "./feature-sources.ts";
import { dataTypeOf, defineFirstFeatures } from "./first-features.ts";
import { readGroup, readNumber } from "./group-view.ts";
import { groupFields } from "./group-writes.ts";
import { GROUP_TTL_SECONDS_MAX, UINT16_MAX } from "./limits.ts";
import type { SourcedFeature } from "./new-features.ts";
import type { Payloads } from "./payloads.ts";
import { Problems } from "./problems.ts";
import type { RegistryView } from "./registry-view.ts";

/** Whether the group is there as asked, whatever id and columns it got, and its first version, too. */
export function isGroupCarriedOut(payload: Payloads["feature-group"], view: RegistryView): boolean {
  const entity = view.entities.get(payload["entity-label"]);
  const entry = entity && view.groups(entity).get(payload["fg-label"]);
  if (entry === undefined) return false;
  const group = readGroup(entry);
  if (group instanceof NodeFault || group.columns.length === 0) return false;
  const fields = attempt(() => Fields.read(entry.node, entry.path, []));
  if (fields instanceof NodeFault) return false;
  const isAsAsked = attempt(() =>
    [...groupFields(payload)].every(([name, text]) => fields.text(name) === text),
  );
  if (isAsAsked !== true || readNumber(entry, "id") === undefined) return false;
  const features = defineFirstFeatures(payload, new Problems());
  return hasFirstVersion(payload, features, group.versions.get(1), group.activeVersion === 1, view);
}

/** @param isActive whether sources are still those of the first version */
function hasFirstVersion(
  payload: Payloads["feature-group"],
  features: readonly SourcedFeature[],
  version: Entry | undefined,
  isActive: boolean,
  view: RegistryView,
): boolean {
  if (version === undefined) return features.length === 0;
  const present = readFeatureList(version, dataTypeOf(payload));
  if (present instanceof NodeFault || present.length !== features.length) return false;
  return features.every(({ definition, source }, index) => {
    const there = present[index];
    if (there === undefined || !isSameDefinition(there, definition)) return false;
    const path = sourcePath(payload["entity-label"], payload["fg-label"], definition.label);
    return !isActive || view.text(path) === source;
  });
}

/** Whether TTL, flags and layout are as asked. */
export function isGroupEditCarriedOut(
  payload: Payloads["feature-group-edit"],
  view: RegistryView,
): boolean {
  const entity = view.entities.get(payload["entity-label"]);
  const group = entity && view.groups(entity).get(payload["fg-label"]);
  if (group === undefined) return false;
  const fields = attempt(() => Fields.read(group.node, group.path, []));
  if (fields instanceof NodeFault) return false;
  const hasFlags = attempt(
    () =>
      fields.boolean("in-memory-cache-enabled") === payload["in-memory-cache-enabled"] &&
      fields.boolean("distributed-cache-enabled") === payload["distributed-cache-enabled"] &&
      fields.integer("ttl-in-seconds", 0, GROUP_TTL_SECONDS_MAX) === payload["ttl-in-seconds"] &&
      fields.integer("layout-version", 0, UINT16_MAX) === payload["layout-version"],
  );
  return hasFlags === true;
}
