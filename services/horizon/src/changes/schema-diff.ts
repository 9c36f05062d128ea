import { NodeFault, type RegistryTree } from "@ofs/registry";
import { type FeatureDefinition, readFeatureList } from "./feature-list.ts";
import { readGroup } from "./group-view.ts";
import { RegistryView } from "./registry-view.ts";

/** A feature of one schema version. */
export interface SchemaFeature {
  readonly label: string;
  readonly sequence: number;
  readonly defaultText: string;
  readonly stringLength: number;
  readonly vectorLength: number;
}

/** What is different between two versions of a feature list. */
export interface SchemaDiff {
  readonly added: readonly SchemaFeature[];
  readonly removed: readonly SchemaFeature[];
  /** In both, with another default or length, or in another place. */
  readonly changed: readonly { readonly before: SchemaFeature; readonly after: SchemaFeature }[];
}

/**
 * Reads one version of a group's features. Version 1 of a group that was made without any has none.
 *
 * @returns undefined where the entity, the group or the version is not there, or cannot be read
 */
export function readSchema(
  tree: RegistryTree,
  entityLabel: string,
  groupLabel: string,
  version: number,
): readonly SchemaFeature[] | undefined {
  const view = new RegistryView(tree, entityLabel);
  const entity = view.entities.get(entityLabel);
  const entry = entity && view.groups(entity).get(groupLabel);
  const group = entry && readGroup(entry);
  if (group === undefined || group instanceof NodeFault) return undefined;
  const node = group.versions.get(version);
  if (node === undefined) return version === group.activeVersion ? [] : undefined;
  const features = readFeatureList(node, group.dataType);
  return features instanceof NodeFault ? undefined : features.map(toSchemaFeature);
}

/** @returns undefined where one of the versions is not there, or cannot be read */
export function schemaDiff(
  tree: RegistryTree,
  group: { readonly entityLabel: string; readonly groupLabel: string },
  fromVersion: number,
  toVersion: number,
): SchemaDiff | undefined {
  const from = readSchema(tree, group.entityLabel, group.groupLabel, fromVersion);
  const to = readSchema(tree, group.entityLabel, group.groupLabel, toVersion);
  return from && to && diffSchemas(from, to);
}

/** What is different between two feature lists, features being told apart by their labels. */
export function diffSchemas(
  from: readonly SchemaFeature[],
  to: readonly SchemaFeature[],
): SchemaDiff {
  const before = new Map(from.map((feature) => [feature.label, feature]));
  const after = new Map(to.map((feature) => [feature.label, feature]));
  return {
    added: to.filter(({ label }) => !before.has(label)),
    removed: from.filter(({ label }) => !after.has(label)),
    changed: to.flatMap((feature) => {
      const earlier = before.get(feature.label);
      if (earlier === undefined || isSameFeature(earlier, feature)) return [];
      return [{ before: earlier, after: feature }];
    }),
  };
}

function isSameFeature(a: SchemaFeature, b: SchemaFeature): boolean {
  return (
    a.sequence === b.sequence &&
    a.defaultText === b.defaultText &&
    a.stringLength === b.stringLength &&
    a.vectorLength === b.vectorLength
  );
}

function toSchemaFeature(feature: FeatureDefinition, sequence: number): SchemaFeature {
  const { label, defaultText, stringLength, vectorLength } = feature;
  return { label, sequence, defaultText, stringLength, vectorLength };
}
