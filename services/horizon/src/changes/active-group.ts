import { NodeFault, quote } from "@ofs/registry";
import { type FeatureDefinition, readFeatureList } from "./feature-list.ts";
import { type ExistingGroup, findGroup } from "./group-place.ts";
import type { Problems } from "./problems.ts";
import type { RegistryView } from "./registry-view.ts";

/** A group, and the features of its active version. */
export interface ActiveGroup extends ExistingGroup {
  readonly entityLabel: string;
  readonly label: string;
  readonly features: readonly FeatureDefinition[];
}

type GroupNames = {
  readonly "entity-label": string;
  readonly "feature-group-label": string;
};

/** Finds the group that a change of features names. */
export function findActive(
  names: GroupNames,
  view: RegistryView,
  problems: Problems,
): ActiveGroup | undefined {
  const field = "feature-group-label";
  const { "entity-label": entityLabel, "feature-group-label": groupLabel } = names;
  const found = findGroup({ entityLabel, groupLabel, field }, view, problems);
  if (found === undefined) return undefined;
  const { group } = found;
  const version = group.versions.get(group.activeVersion);
  // A group that was made without features has no version at all.
  const features = version === undefined ? [] : readFeatureList(version, group.dataType);
  if (!(features instanceof NodeFault)) {
    return { ...found, entityLabel, label: groupLabel, features };
  }
  const reason = `the registry's ${features.path} ${features.message}`;
  problems.conflict(field, `${quote(groupLabel)}: ${reason}`);
  return undefined;
}

/** Why a feature that a change names cannot be found. */
export function notActive(label: string, { group }: ActiveGroup): string {
  return `feature ${quote(label)} is not in the active version ${group.activeVersion}`;
}
