import type { EntityDescription } from "@ofs/client";
import { type DataType, dataTypeByName } from "@ofs/codec";
import { UsageError } from "./failures.ts";
import { suggest } from "./suggest.ts";

/** One feature with all that is needed to read or write its values. */
export interface Feature {
  readonly group: string;
  readonly label: string;
  readonly dataType: DataType;
  /** Exact element count; 1 for scalars. */
  readonly vectorLength: number;
  /** Largest size of one string in UTF-8 bytes. */
  readonly stringLength: number;
}

/** What a column of the input stands for. */
export type Column =
  | { readonly kind: "key"; readonly label: string }
  | { readonly kind: "feature"; readonly feature: Feature };

/** An entity's names, for looking up what users write. */
export class EntityIndex {
  readonly label: string;
  readonly keyLabels: readonly string[];
  /** Features by group and label, in the registry's order. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, Feature>>;
  /** Features by their full name, `group.feature`. */
  readonly #byFullName = new Map<string, Feature>();
  /** Features by label: several where groups share one. */
  readonly #byLabel = new Map<string, Feature[]>();

  constructor(entity: EntityDescription) {
    this.label = entity.label;
    this.keyLabels = entity.keyLabels;
    this.groups = indexGroups(entity);
    for (const features of this.groups.values()) {
      for (const feature of features.values()) this.#add(feature);
    }
  }

  #add(feature: Feature): void {
    this.#byFullName.set(fullName(feature), feature);
    const others = this.#byLabel.get(feature.label);
    if (others === undefined) this.#byLabel.set(feature.label, [feature]);
    else others.push(feature);
  }

  /** @throws {UsageError} naming what it could be */
  group(label: string): ReadonlyMap<string, Feature> {
    const group = this.groups.get(label);
    if (group !== undefined) return group;
    throw new UsageError(
      `entity "${this.label}" has no feature group "${label}"${suggest(label, this.groups.keys())}`,
    );
  }

  /** @throws {UsageError} naming what it could be */
  feature(group: string, label: string): Feature {
    const features = this.group(group);
    const feature = features.get(label);
    if (feature !== undefined) return feature;
    throw new UsageError(
      `feature group "${group}" has no feature "${label}"${suggest(label, features.keys())}`,
    );
  }

  /**
   * Finds a column by name: a key's label, `group.feature`, or a feature's label that only one group has.
   *
   * @throws {UsageError} naming what it could be
   */
  column(name: string): Column {
    if (this.keyLabels.includes(name)) return { kind: "key", label: name };
    const named = this.#byFullName.get(name);
    if (named !== undefined) return { kind: "feature", feature: named };
    const [feature, ...others] = this.#byLabel.get(name) ?? [];
    if (feature !== undefined && others.length === 0) return { kind: "feature", feature };
    if (feature !== undefined) {
      const names = [feature, ...others].map(fullName).join(" or ");
      throw new UsageError(`column "${name}" is in several feature groups: write ${names}`);
    }
    const known = name.includes(".")
      ? this.#byFullName.keys()
      : [...this.keyLabels, ...this.#byLabel.keys()];
    throw new UsageError(
      `column "${name}" is neither a key nor a feature of entity "${this.label}"${suggest(name, known)}`,
    );
  }
}

/** `group.feature` */
export function fullName(feature: Feature): string {
  return `${feature.group}.${feature.label}`;
}

/** Groups of a data type that this program does not know are left out. */
function indexGroups(entity: EntityDescription): Map<string, Map<string, Feature>> {
  const groups = new Map<string, Map<string, Feature>>();
  for (const group of entity.groups) {
    const dataType = dataTypeByName(group.dataType);
    if (dataType === undefined) continue;
    const features = group.features.map(({ label, vectorLength, stringLength }) => {
      return [label, { group: group.label, label, dataType, vectorLength, stringLength }] as const;
    });
    groups.set(group.label, new Map(features));
  }
  return groups;
}
