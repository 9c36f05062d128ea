import { type Assembler, createAssembler, ValueError } from "@ofs/codec";
import type { PersistQuery } from "@ofs/proto";
import type { Entity, FeatureGroup, Snapshot, StoreDefinition } from "@ofs/registry";
import type { BlockStore } from "@ofs/store";
import { findEntity, matchKeysSchema, requireGroup } from "../requests.ts";
import type { WriteTarget } from "./prepared.ts";
import { refusedAs, UnwritableError, type UnwritableKind } from "./unwritable-error.ts";

/** What a persist query says apart from its rows. */
export type PersistHead = Pick<PersistQuery, "entityLabel" | "keysSchema" | "featureGroups">;

/** Where rows of one shape go: all that does not depend on the rows, resolved once. Enough for a delete. */
export interface RowShape {
  readonly entity: Entity;
  /** Position in the message's `keys_schema`, by key sequence. */
  readonly keyPositions: readonly number[];
  /** One a store. */
  readonly stores: readonly ShapeStore[];
}

/** How to check and encode every row of one shape, too. */
export interface WriteShape extends RowShape {
  /** In the message's order. */
  readonly groups: readonly ShapeGroup[];
}

/** A group of the message with its connection. */
export interface PlacedGroup {
  readonly group: FeatureGroup;
  readonly store: StoreDefinition;
  readonly blocks: BlockStore;
}

export interface ShapeGroup extends PlacedGroup {
  /** Knows where the message's labels go and what fills the others. */
  readonly assembler: Assembler;
}

export interface ShapeStore {
  readonly target: WriteTarget;
  /** Positions among the message's groups of those of the target, in the target's order. */
  readonly positions: readonly number[];
}

export interface ShapeSources {
  readonly snapshot: Snapshot;
  readonly storeFor: (definition: StoreDefinition) => BlockStore | undefined;
  /** @returns the one target for these groups, which shapes share; `create` makes it */
  readonly targetFor: (name: string, create: () => WriteTarget) => WriteTarget;
}

/**
 * @param head of a message
 * @throws {UnwritableError} naming the field and value
 */
export function resolveShape(head: PersistHead, sources: ShapeSources): WriteShape {
  const entity = resolveEntity(sources.snapshot, head.entityLabel);
  const keyPositions = resolveKeys(entity, head.keysSchema);
  assertDistinct(head.featureGroups.map(({ label }) => label));
  const groups = head.featureGroups.map(({ label, featureLabels }, index) => {
    const field = fieldOf(index);
    const group = resolveGroup(entity, label, field);
    const assembler = resolveLabels(group, featureLabels, field);
    return { group, assembler, ...resolveStore(group, field, sources) };
  });
  return { entity, keyPositions, groups, stores: splitByStore(entity, groups, sources) };
}

/**
 * Of a delete: the groups that the head names, or all of the entity if it names none.
 *
 * @throws {UnwritableError} naming the field and value
 */
export function resolveDeleteShape(head: PersistHead, sources: ShapeSources): RowShape {
  const entity = resolveEntity(sources.snapshot, head.entityLabel);
  const keyPositions = resolveKeys(entity, head.keysSchema);
  const named = head.featureGroups.map(({ label }) => label);
  assertDistinct(named);
  // One that is disabled is refused: what of it is stored would come back with it.
  const labels =
    named.length > 0 ? named : [...entity.groups.keys(), ...entity.disabledGroups.keys()];
  const groups = labels.map((label, index): PlacedGroup => {
    const field = fieldOf(index);
    const group = resolveGroup(entity, label, field);
    return { group, ...resolveStore(group, field, sources) };
  });
  return { entity, keyPositions, stores: splitByStore(entity, groups, sources) };
}

function fieldOf(index: number): string {
  return `feature_group_schema[${index}]`;
}

function assertDistinct(labels: readonly string[]): void {
  for (const [index, label] of labels.entries()) {
    if (labels.indexOf(label) === index) continue;
    throw new UnwritableError(
      "poison",
      "INVALID_ARGUMENT",
      `feature_group_schema: feature group ${label} is given twice`,
      { field: `${fieldOf(index)}.label` },
    );
  }
}

function resolveEntity(snapshot: Snapshot, label: string): Entity {
  const about = { field: "entity_label", missing: `entity ${label}` };
  return refusedAs(kindOfAbsence([label]), about, () => findEntity(snapshot, label));
}

function resolveKeys(entity: Entity, names: readonly string[]): number[] {
  const about = {
    field: "keys_schema",
    missing: `keys [${names.join(", ")}] of entity ${entity.label}`,
  };
  return refusedAs(kindOfAbsence(names), about, () => matchKeysSchema(entity, names));
}

function resolveGroup(entity: Entity, label: string, field: string): FeatureGroup {
  const about = {
    field: `${field}.label`,
    missing: `feature group ${label} of entity ${entity.label}`,
  };
  const absence = `feature group ${label} not found for entity : ${entity.label}`;
  return refusedAs(kindOfAbsence([label]), about, () => requireGroup(entity, label, absence));
}

function resolveLabels(group: FeatureGroup, labels: readonly string[], field: string): Assembler {
  try {
    return createAssembler(group.active, labels);
  } catch (cause) {
    if (!(cause instanceof ValueError)) throw cause;
    const { entityLabel, label } = group;
    const unknown = labels.filter((name) => !group.active.sequences.has(name));
    throw new UnwritableError(
      kindOfAbsence(labels),
      "INVALID_ARGUMENT",
      `feature_group_schema of feature group ${label}, in entity ${entityLabel}: ${cause.message}`,
      {
        field: `${field}.feature_labels`,
        missing: `feature ${unknown[0]} of feature group ${label}, in entity ${entityLabel}`,
        cause,
      },
    );
  }
}

/** No registry can ever have what has no name, or is named twice. */
function kindOfAbsence(names: readonly string[]): UnwritableKind {
  const isPossible = !names.includes("") && new Set(names).size === names.length;
  return isPossible ? "registry" : "poison";
}

function resolveStore(
  group: FeatureGroup,
  field: string,
  { snapshot, storeFor }: ShapeSources,
): Pick<ShapeGroup, "store" | "blocks"> {
  const { label, storeId } = group;
  const store = snapshot.stores.get(storeId);
  const blocks = store === undefined ? undefined : storeFor(store);
  if (store !== undefined && blocks !== undefined) return { store, blocks };
  throw new UnwritableError(
    store === undefined ? "registry" : "store",
    "FAILED_PRECONDITION",
    `failed to get store for feature group ${label}: store id ${storeId} not found`,
    { field: `${field}.label`, missing: `store ${storeId}` },
  );
}

function splitByStore(
  entity: Entity,
  groups: readonly PlacedGroup[],
  { targetFor }: ShapeSources,
): ShapeStore[] {
  const byStore = new Map<string, number[]>();
  for (const [position, { store }] of groups.entries()) {
    const positions = byStore.get(store.id);
    if (positions === undefined) byStore.set(store.id, [position]);
    else positions.push(position);
  }
  return [...byStore].map(([storeId, positions]) => {
    const at = (position: number): PlacedGroup => groups[position] as PlacedGroup;
    positions.sort((left, right) => at(left).group.id - at(right).group.id);
    const ids = positions.map((position) => at(position).group.id);
    const { store, blocks } = at(positions[0] as number);
    const target = targetFor(`${storeId} ${ids.join()} ${entity.label}`, () => ({
      entity,
      store,
      blocks,
      groups: positions.map((position) => at(position).group),
      connection: `${store.dbType} ${store.confId}`,
    }));
    return { target, positions };
  });
}
