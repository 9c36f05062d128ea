import type { DataType } from "@ofs/codec";
import { formatType, type TableField } from "@ofs/delta";
import type { Entity, FeatureGroup } from "@ofs/registry";
import { type TextOf, textOf } from "./cell-text.ts";
import { elementOf, type ToElement } from "./feature-value.ts";
import { type ColumnProblem, MappingError } from "./mapping-error.ts";

/** A column of the table, and the feature that its values are. */
export interface FeatureColumn {
  readonly field: TableField;
  readonly label: string;
  readonly toElement: ToElement;
  /** Elements of a vector; undefined for scalars. */
  readonly vectorLength: number | undefined;
}

export interface GroupColumns {
  readonly label: string;
  readonly dataType: DataType;
  readonly features: readonly FeatureColumn[];
}

export interface KeyColumn {
  readonly field: TableField;
  readonly label: string;
  readonly toText: TextOf;
}

export interface BlockMapping {
  readonly entityLabel: string;
  /** In the order of the entity's keys. */
  readonly keys: readonly KeyColumn[];
  readonly groups: readonly GroupColumns[];
}

export interface BlockMappingOptions {
  /** Groups whose features are meant by their label alone; undefined: all of the entity's. */
  readonly groups: readonly string[] | undefined;
  /**
   * By the table's column: a key's label, or `group:feature`. undefined: columns are named as keys and features are, and all
   * of the table's must have one.
   */
  readonly columns: ReadonlyMap<string, string> | undefined;
}

/**
 * The same of the keys alone: what else the table has does not matter.
 *
 * @throws {MappingError}
 */
export function mapBlockKeys(
  schema: readonly TableField[],
  entity: Entity,
  columns: ReadonlyMap<string, string> | undefined,
): readonly KeyColumn[] {
  const wanted = columns ?? schema.map(({ name }) => [name, name] as const);
  const keys = [...wanted].filter(([, target]) => entity.keyIndexes.has(target));
  return new BlockMapper(entity, { groups: undefined, columns: new Map(keys) }).mapKeys(schema);
}

interface Target {
  readonly group: FeatureGroup;
  readonly label: string;
}

/**
 * Decides which column of a table is which key or feature of an entity.
 *
 * @throws {MappingError} listing every column that cannot be sent, and every key without a column
 */
export function mapBlockColumns(
  schema: readonly TableField[],
  entity: Entity,
  options: BlockMappingOptions,
): BlockMapping {
  return new BlockMapper(entity, options).map(schema);
}

class BlockMapper {
  readonly #entity: Entity;
  readonly #options: BlockMappingOptions;
  readonly #problems: ColumnProblem[] = [];
  readonly #keys = new Map<string, KeyColumn>();
  readonly #features = new Map<FeatureGroup, FeatureColumn[]>();

  constructor(entity: Entity, options: BlockMappingOptions) {
    this.#entity = entity;
    this.#options = options;
  }

  map(schema: readonly TableField[]): BlockMapping {
    for (const label of this.#options.groups ?? []) {
      if (this.#entity.groups.has(label)) continue;
      this.#refuse(label, `entity ${this.#entity.label} has no feature group ${label} that serves`);
    }
    const keys = this.#placeAll(schema);
    const groups = [...this.#features].map(([{ label, dataType }, features]) => ({
      label,
      dataType,
      features,
    }));
    if (this.#problems.length > 0) throw new MappingError(this.#problems);
    if (groups.length === 0) {
      throw new MappingError([{ column: "(any)", reason: "no column is a feature" }]);
    }
    return { entityLabel: this.#entity.label, keys, groups };
  }

  mapKeys(schema: readonly TableField[]): readonly KeyColumn[] {
    const keys = this.#placeAll(schema);
    if (this.#problems.length > 0) throw new MappingError(this.#problems);
    return keys;
  }

  /** @returns the keys, in the entity's order */
  #placeAll(schema: readonly TableField[]): KeyColumn[] {
    const wanted = this.#options.columns ?? schema.map(({ name }) => [name, name] as const);
    for (const [column, target] of wanted) {
      const field = schema.find(({ name }) => name === column);
      if (field === undefined) this.#refuse(column, "the table has no such column");
      else this.#place(field, target);
    }
    return this.#entity.keys.flatMap(({ label }) => {
      const key = this.#keys.get(label);
      if (key === undefined) this.#refuse(label, "no column for this key");
      return key ?? [];
    });
  }

  #place(field: TableField, target: string): void {
    if (this.#entity.keyIndexes.has(target)) {
      this.#placeKey(field, target);
      return;
    }
    const found = this.#find(target);
    if (typeof found === "string") this.#refuse(field.name, found);
    else this.#placeFeature(field, found);
  }

  #placeKey(field: TableField, label: string): void {
    const toText = textOf(field.type);
    const other = this.#keys.get(label);
    if (other !== undefined)
      this.#refuse(field.name, `${other.field.name} is key ${label} already`);
    else if (toText === undefined) {
      this.#refuse(field.name, `${formatType(field.type)} cannot be key ${label}`);
    } else this.#keys.set(label, { field, label, toText });
  }

  #placeFeature(field: TableField, { group, label }: Target): void {
    const { dataType, active } = group;
    const features = this.#features.get(group) ?? [];
    const title = `feature ${group.label}:${label}`;
    const other = features.find((feature) => feature.label === label);
    if (other !== undefined) {
      this.#refuse(field.name, `${other.field.name} is ${title} already`);
      return;
    }
    const sequence = active.sequences.get(label) as number;
    const { type } = field;
    const elementType = dataType.isVector && type.kind === "array" ? type.element : type;
    const isShaped = dataType.isVector === (type.kind === "array");
    const stringLength = active.layout.stringLengths[sequence] ?? 0;
    const toElement = isShaped ? elementOf(elementType, dataType.element, stringLength) : undefined;
    if (toElement === undefined) {
      const reason = `${formatType(type)} cannot be sent as ${dataType.name}, ${title}`;
      this.#refuse(field.name, reason);
      return;
    }
    const vectorLength = dataType.isVector ? active.layout.vectorLengths[sequence] : undefined;
    this.#features.set(group, [...features, { field, label, toElement, vectorLength }]);
  }

  /** @returns the feature, or why there is none */
  #find(target: string): Target | string {
    const { label: entityLabel, groups } = this.#entity;
    const colon = target.indexOf(":");
    const named = colon < 0 ? undefined : groups.get(target.slice(0, colon));
    const label = named === undefined ? target : target.slice(colon + 1);
    const chosen = this.#options.groups;
    const candidates =
      named === undefined
        ? [...groups.values()].filter((group) => chosen?.includes(group.label) ?? true)
        : [named];
    const found = candidates.filter(({ active }) => active.sequences.has(label));
    const [group] = found;
    if (group === undefined) return `entity ${entityLabel} has no key or feature ${target}`;
    if (found.length === 1) return { group, label };
    const names = found.map((each) => `${each.label}:${label}`);
    return `it could be ${names.join(" or ")}: name one`;
  }

  #refuse(column: string, reason: string): void {
    this.#problems.push({ column, reason });
  }
}
