import { roundValue } from "./float-format.ts";
import type { FeatureValue, ModelType } from "./model-type.ts";
import { zeroValue } from "./model-type.ts";

export interface ModelFeature {
  readonly label: string;
  /** Without one, the zero value. */
  readonly default: FeatureValue | undefined;
  /** Elements of a vector; 0 for scalars. */
  readonly vectorLength: number;
  /** Bytes of a string at most; 0 for other types. */
  readonly stringLength: number;
}

export interface ModelGroup {
  readonly label: string;
  /** Unique in the entity. */
  readonly id: number;
  readonly type: ModelType;
  /** Features in sequence order, by version. */
  readonly versions: ReadonlyMap<number, readonly ModelFeature[]>;
  readonly activeVersion: number;
  /** 0 = never expires. */
  readonly ttlSeconds: number;
  readonly isInProcessCache: boolean;
  readonly isInDistributedCache: boolean;
  /** Taken out of the registry for now; its definition is kept. */
  readonly isRemoved: boolean;
}

export interface ModelEntity {
  readonly label: string;
  readonly keys: readonly string[];
  readonly storeId: string;
  readonly groups: ReadonlyMap<string, ModelGroup>;
  readonly hasProcessCache: boolean;
  readonly hasDistributedCache: boolean;
  readonly isRemoved: boolean;
}

export type ModelSchema = ReadonlyMap<string, ModelEntity>;

/** The features that writes and reads may name. */
export function activeFeatures(group: ModelGroup): readonly ModelFeature[] {
  return group.versions.get(group.activeVersion) ?? [];
}

export function defaultOf({ type }: ModelGroup, feature: ModelFeature): FeatureValue {
  return roundValue(feature.default ?? zeroValue(type, feature.vectorLength), type);
}

/** The entity, unless it is removed. */
export function findEntity(schema: ModelSchema, label: string): ModelEntity | undefined {
  const entity = schema.get(label);
  return entity?.isRemoved === true ? undefined : entity;
}

/** The group, unless it is removed. */
export function findGroup(entity: ModelEntity, label: string): ModelGroup | undefined {
  const group = entity.groups.get(label);
  return group?.isRemoved === true ? undefined : group;
}

/** A schema with another entity in place of its own. */
export function withEntity(schema: ModelSchema, entity: ModelEntity): ModelSchema {
  return new Map(schema).set(entity.label, entity);
}

export function withGroup(entity: ModelEntity, group: ModelGroup): ModelEntity {
  return { ...entity, groups: new Map(entity.groups).set(group.label, group) };
}
