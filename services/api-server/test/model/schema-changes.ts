import type { SeededRandom } from "@ofs/testkit";
import {
  activeFeatures,
  type FeatureValue,
  type ModelEntity,
  type ModelFeature,
  type ModelGroup,
  type ModelSchema,
  withEntity,
  withGroup,
} from "@ofs/testkit/model";
import { type AllowedCaches, randomFeature, TTLS_SECONDS } from "./model-schemas.ts";
import { randomValue } from "./random-values.ts";

const FEATURES_MAX = 7;
const VERSIONS_MAX = 12;

interface OfGroup {
  readonly entity: string;
  readonly group: string;
}

/** One change of the registry, as an operator makes it. */
export type SchemaChange =
  | ({ readonly kind: "add feature"; readonly feature: ModelFeature } & OfGroup)
  | ({ readonly kind: "drop feature"; readonly label: string } & OfGroup)
  | ({ readonly kind: "activate version"; readonly version: number } & OfGroup)
  | ({
      readonly kind: "change default";
      readonly label: string;
      readonly value: FeatureValue;
    } & OfGroup)
  | ({ readonly kind: "change TTL"; readonly ttlSeconds: number } & OfGroup)
  | ({ readonly kind: "cache group" } & AllowedCaches & OfGroup)
  | ({ readonly kind: "cache entity"; readonly entity: string } & AllowedCaches)
  | ({ readonly kind: "remove group"; readonly isRemoved: boolean } & OfGroup)
  | { readonly kind: "remove entity"; readonly entity: string; readonly isRemoved: boolean };

/** The schema afterwards; the same one if the change does not apply to it. */
export function applyChange(schema: ModelSchema, change: SchemaChange): ModelSchema {
  const entity = schema.get(change.entity);
  if (entity === undefined) return schema;
  return withEntity(schema, changeEntity(entity, change));
}

function changeEntity(entity: ModelEntity, change: SchemaChange): ModelEntity {
  switch (change.kind) {
    case "remove entity":
      return { ...entity, isRemoved: change.isRemoved };
    case "cache entity":
      return {
        ...entity,
        hasProcessCache: change.process,
        hasDistributedCache: change.distributed,
      };
    default: {
      const group = entity.groups.get(change.group);
      return group === undefined ? entity : withGroup(entity, changeGroup(group, change));
    }
  }
}

type GroupChange = Extract<SchemaChange, OfGroup>;

function changeGroup(group: ModelGroup, change: GroupChange): ModelGroup {
  switch (change.kind) {
    case "remove group":
      return { ...group, isRemoved: change.isRemoved };
    case "cache group":
      return {
        ...group,
        isInProcessCache: change.process,
        isInDistributedCache: change.distributed,
      };
    case "change TTL":
      return { ...group, ttlSeconds: change.ttlSeconds };
    case "activate version":
      return group.versions.has(change.version)
        ? { ...group, activeVersion: change.version }
        : group;
    case "change default":
      return changeDefault(group, change.label, change.value);
    case "add feature": {
      const features = activeFeatures(group);
      if (features.some(({ label }) => label === change.feature.label)) return group;
      return withVersion(group, [...features, change.feature]);
    }
    case "drop feature": {
      const features = activeFeatures(group).filter(({ label }) => label !== change.label);
      return features.length === 0 ? group : withVersion(group, features);
    }
  }
}

function withVersion(group: ModelGroup, features: readonly ModelFeature[]): ModelGroup {
  const version = Math.max(...group.versions.keys()) + 1;
  if (version > VERSIONS_MAX || features.length > FEATURES_MAX) return group;
  return {
    ...group,
    versions: new Map(group.versions).set(version, features),
    activeVersion: version,
  };
}

/** Edits the active version in place. */
function changeDefault(group: ModelGroup, label: string, value: FeatureValue): ModelGroup {
  const features = activeFeatures(group).map((feature) =>
    feature.label === label && fitsFeature(feature, value)
      ? { ...feature, default: value }
      : feature,
  );
  return { ...group, versions: new Map(group.versions).set(group.activeVersion, features) };
}

/** A change that was made for a feature of other lengths does not apply. */
function fitsFeature({ vectorLength, stringLength }: ModelFeature, value: FeatureValue): boolean {
  const elements = Array.isArray(value) ? value : [value];
  if (Array.isArray(value) && value.length !== vectorLength) return false;
  return elements.every((e) => typeof e !== "string" || Buffer.byteLength(e) <= stringLength);
}

/** A change that makes a difference, most of the time. @param serial makes the names of new features */
export function randomChange(
  random: SeededRandom,
  schema: ModelSchema,
  allowed: AllowedCaches,
  serial: number,
): SchemaChange {
  const entity = random.pick([...schema.values()]);
  const removed = [...entity.groups.values()].find(({ isRemoved }) => isRemoved);
  if (entity.isRemoved) return { kind: "remove entity", entity: entity.label, isRemoved: false };
  if (removed !== undefined && random.next() < 0.5) {
    return { kind: "remove group", entity: entity.label, group: removed.label, isRemoved: false };
  }
  const caches = {
    process: allowed.process && random.next() < 0.6,
    distributed: allowed.distributed && random.next() < 0.6,
  };
  const choice = random.next();
  const isOneGone = [...schema.values()].some(({ isRemoved }) => isRemoved);
  if (choice < 0.05 && !isOneGone) {
    return { kind: "remove entity", entity: entity.label, isRemoved: true };
  }
  if (choice < 0.25) return { kind: "cache entity", entity: entity.label, ...caches };
  const group = random.pick([...entity.groups.values()]);
  const place = { entity: entity.label, group: group.label };
  if (choice < 0.33 && removed === undefined) {
    return { kind: "remove group", ...place, isRemoved: true };
  }
  if (choice < 0.5) return { kind: "cache group", ...place, ...caches };
  if (choice < 0.58) return { kind: "change TTL", ...place, ttlSeconds: random.pick(TTLS_SECONDS) };
  return randomVersionChange(random, group, place, serial);
}

function randomVersionChange(
  random: SeededRandom,
  group: ModelGroup,
  place: OfGroup,
  serial: number,
): SchemaChange {
  const feature = random.pick(activeFeatures(group));
  switch (random.integer(0, 4)) {
    case 0:
    case 1: {
      const added = randomFeature(random, group.type, `f${serial}`);
      return { kind: "add feature", ...place, feature: added };
    }
    case 2:
      return { kind: "drop feature", ...place, label: feature.label };
    case 3:
      return {
        kind: "activate version",
        ...place,
        version: random.pick([...group.versions.keys()]),
      };
    default: {
      const value = randomValue(random, group.type, feature);
      return { kind: "change default", ...place, label: feature.label, value };
    }
  }
}
