import { type DataType, parseFeatureLabel, ValueError } from "@ofs/codec";
import type { EntityIndex } from "./entity-index.ts";
import { UsageError } from "./failures.ts";

/** One feature that is asked for. */
export interface SelectedFeature {
  /** As it is asked for, with the type to convert to: `imdb_rating@DataTypeFP16`. */
  readonly label: string;
  readonly baseLabel: string;
  /** Of the answer. */
  readonly dataType: DataType;
  readonly vectorLength: number;
}

/** Features of one group that are asked for. */
export interface SelectedGroup {
  readonly label: string;
  readonly features: readonly SelectedFeature[];
}

/**
 * Turns what `--features` says into a selection, in the order given: `group` for all of a group,
 * `group:a,b` for some of it, each feature with `@DataType...` for a narrower type. A group or feature that is
 * named twice comes once.
 *
 * @param args none = everything of the entity
 * @throws {UsageError} for names that the entity does not have, naming those it could be
 */
export function selectFeatures(index: EntityIndex, args: readonly string[]): SelectedGroup[] {
  if (args.length === 0) {
    return [...index.groups.keys()].map((group) => selectGroup(index, group));
  }
  const groups = new Map<string, Map<string, SelectedFeature>>();
  for (const { label, features } of args.map((arg) => parseSelection(index, arg))) {
    const known = groups.get(label) ?? new Map<string, SelectedFeature>();
    for (const feature of features) known.set(feature.label, feature);
    groups.set(label, known);
  }
  return [...groups].map(([label, features]) => ({ label, features: [...features.values()] }));
}

function parseSelection(index: EntityIndex, arg: string): SelectedGroup {
  const at = arg.indexOf(":");
  if (at < 0) return selectGroup(index, arg);
  const group = arg.slice(0, at);
  const labels = arg.slice(at + 1).split(",");
  if (labels.includes("")) throw new UsageError(`--features ${arg}: a feature's name is missing`);
  return { label: group, features: labels.map((label) => selectFeature(index, group, label)) };
}

function selectGroup(index: EntityIndex, group: string): SelectedGroup {
  const labels = [...index.group(group).keys()];
  return { label: group, features: labels.map((label) => selectFeature(index, group, label)) };
}

function selectFeature(index: EntityIndex, group: string, label: string): SelectedFeature {
  const plain = index.group(group).get(label);
  if (plain !== undefined) {
    return {
      label,
      baseLabel: label,
      dataType: plain.dataType,
      vectorLength: plain.vectorLength,
    };
  }
  const feature = index.feature(group, label.split("@")[0] as string);
  try {
    const { baseLabel, target } = parseFeatureLabel(label, feature.dataType);
    const dataType = target ?? feature.dataType;
    return { label, baseLabel, dataType, vectorLength: feature.vectorLength };
  } catch (cause) {
    if (!(cause instanceof ValueError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}
