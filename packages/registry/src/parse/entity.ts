import type { Entity, FeatureGroup, RegistryFault, StoreDefinition } from "../model.ts";
import type { Steps } from "../steps.ts";
import type { ConfigNode } from "../tree/config-node.ts";
import { type EntityHeader, parseEntityHeader } from "./entity-header.ts";
import { addNote, attemptSteps, NodeFault, type Notes } from "./faults.ts";
import { type GroupCore, type ParsedGroup, parseGroup } from "./feature-group.ts";
import { LAST_GOOD_KEPT } from "./feature-schema.ts";
import { type Entry, Fields, joinPath, quote, readEntries } from "./fields.ts";
import { COLLIDED, collisionFault, isSameMap, type ParsedEntry } from "./section.ts";

/** Outcome of one `entities/<label>`, with all that the next parse can take over. */
export interface ParsedEntity {
  readonly node: ConfigNode;
  /** The stores it was put together with. */
  readonly stores: ParsedStores;
  /** undefined if the entity is disabled. */
  readonly entity: Entity | undefined;
  /** Why it is disabled. */
  readonly reason: string | undefined;
  readonly faults: readonly RegistryFault[];
  /** What the entity's nodes say; undefined if disabled. */
  readonly content: EntityContent | undefined;
}

export type ParsedStores = ReadonlyMap<string, ParsedEntry<StoreDefinition>>;

interface EntityContent {
  readonly header: EntityHeader;
  /** By label, sorted. */
  readonly groups: ReadonlyMap<string, ParsedGroup>;
  /** By label: groups whose name is taken. */
  readonly collisions: ReadonlyMap<string, RegistryFault>;
  /** Faults that are not a group's. */
  readonly notes: readonly RegistryFault[];
}

export interface EntityContext {
  readonly stores: ParsedStores;
  readonly keepsLastGood: boolean;
}

/**
 * Reads one entity.
 *
 * @param previous the last parse of the same path. Everything whose node is unchanged is taken over,
 * with its identity; faulty nodes keep their earlier good form if the context says so
 */
export function* parseEntity(
  entry: Entry,
  previous: ParsedEntity | undefined,
  context: EntityContext,
): Steps<ParsedEntity> {
  if (entry.collidesWith !== undefined) {
    return disable(COLLIDED, context, collisionFault(entry, "entity"));
  }
  if (previous?.node === entry.node) return withStores(previous, context);
  const notes: Notes = [];
  const content = yield* attemptSteps(parseContent(entry, previous, context, notes));
  if (!(content instanceof NodeFault)) return assemble(entry.node, content, context, previous);
  if (!context.keepsLastGood || previous?.content === undefined) {
    return disable(entry.node, context, content.toRegistryFault("entity"), notes);
  }
  addNote(notes, content.path, `${content.message}; ${LAST_GOOD_KEPT}`);
  return assemble(entry.node, { ...previous.content, notes }, context, previous);
}

/** Puts an unchanged entity together with the stores of now. */
export function withStores(previous: ParsedEntity, context: EntityContext): ParsedEntity {
  if (previous.stores === context.stores) return previous;
  if (previous.content === undefined) return { ...previous, stores: context.stores };
  return assemble(previous.node, previous.content, context, previous);
}

function disable(
  node: ConfigNode,
  context: EntityContext,
  fault: RegistryFault,
  notes: readonly RegistryFault[] = [],
): ParsedEntity {
  const { stores } = context;
  const reason = `${fault.path}: ${fault.reason}`;
  return { node, stores, entity: undefined, reason, faults: [...notes, fault], content: undefined };
}

function* parseContent(
  entry: Entry,
  previous: ParsedEntity | undefined,
  context: EntityContext,
  notes: Notes,
): Steps<EntityContent> {
  const fields = Fields.read(entry.node, entry.path, notes);
  const header = parseEntityHeader(entry, fields, notes);
  const groups = new Map<string, ParsedGroup>();
  const collisions = new Map<string, RegistryFault>();
  const groupsPath = fields.pathOf("feature-groups");
  for (const groupEntry of readEntries(fields.node("feature-groups"), groupsPath)) {
    if (groupEntry.collidesWith !== undefined) {
      collisions.set(groupEntry.name, collisionFault(groupEntry, "feature-group"));
      continue;
    }
    const before = previous?.content?.groups.get(groupEntry.name);
    const parsed = parseGroup(groupEntry, entry.name, before, context.keepsLastGood);
    groups.set(groupEntry.name, parsed);
    if (parsed !== before) yield;
  }
  return { header, groups, collisions, notes };
}

/** Decides what hangs on more than one node: stores, ids, the entity's caches. */
function assemble(
  node: ConfigNode,
  content: EntityContent,
  context: EntityContext,
  previous: ParsedEntity | undefined,
): ParsedEntity {
  const { header } = content;
  const { stores } = context;
  const { groups, disabledGroups, faults } = assembleGroups(content, stores, previous?.entity);
  const before = previous?.entity;
  const isSame =
    before !== undefined &&
    previous?.content?.header === header &&
    isSameMap(before.groups, groups) &&
    isSameMap(before.disabledGroups, disabledGroups);
  const entity = isSame ? before : createEntity(header, groups, disabledGroups);
  return { node, stores, entity, reason: undefined, faults, content };
}

function createEntity(
  header: EntityHeader,
  groups: Entity["groups"],
  disabledGroups: Entity["disabledGroups"],
): Entity {
  const distributedGroups = [...groups.values()]
    .filter((group) => group.isDistributedCached)
    .sort((a, b) => a.id - b.id);
  return { ...header, groups, disabledGroups, distributedGroups };
}

interface AssembledGroups {
  readonly groups: Map<string, FeatureGroup>;
  readonly disabledGroups: Map<string, string>;
  readonly faults: readonly RegistryFault[];
}

function assembleGroups(
  content: EntityContent,
  stores: ParsedStores,
  before: Entity | undefined,
): AssembledGroups {
  const faults: Notes = [...content.notes];
  const groups = new Map<string, FeatureGroup>();
  const disabledGroups = new Map<string, string>();
  const disableGroup = (label: string, fault: RegistryFault): void => {
    faults.push(fault);
    disabledGroups.set(label, `${fault.path}: ${fault.reason}`);
  };
  for (const [label, fault] of content.collisions) disableGroup(label, fault);
  const labelsById = new Map<number, string>();
  for (const [label, parsed] of content.groups) {
    for (const fault of parsed.faults) faults.push(fault);
    const { core } = parsed;
    if (core === undefined) {
      disabledGroups.set(label, parsed.reason ?? "");
      continue;
    }
    if (!labelsById.has(core.id)) labelsById.set(core.id, label);
    const fault = refuseId(core, parsed, labelsById) ?? refuseStore(core, parsed, stores);
    if (fault !== undefined) {
      disableGroup(label, fault);
      continue;
    }
    groups.set(label, toGroup(core, content.header, before?.groups.get(label)));
  }
  return { groups, disabledGroups, faults };
}

/** Of two groups with one id, the first in sort order serves. */
function refuseId(
  core: GroupCore,
  parsed: ParsedGroup,
  labelsById: ReadonlyMap<number, string>,
): RegistryFault | undefined {
  const holder = labelsById.get(core.id);
  if (holder === undefined || holder === core.label) return undefined;
  const reason = `${core.id} is the id of feature group ${quote(holder)} already`;
  return { path: joinPath(parsed.path, "id"), reason, disables: "feature-group" };
}

function refuseStore(
  core: GroupCore,
  parsed: ParsedGroup,
  stores: ParsedStores,
): RegistryFault | undefined {
  const store = stores.get(core.storeId);
  if (store?.value === undefined) {
    const why = store === undefined ? "is not in the registry" : `is disabled: ${store.reason}`;
    const reason = `store ${quote(core.storeId)} ${why}`;
    return { path: joinPath(parsed.path, "store-id"), reason, disables: "feature-group" };
  }
  if (store.value.dbType !== "scylla" || core.columns.length > 0) return undefined;
  const reason = `is missing: store ${quote(core.storeId)} keeps blocks in columns`;
  return { path: joinPath(parsed.path, "columns"), reason, disables: "feature-group" };
}

/** @returns `previous` if it was made of the same core and the caches are as before */
function toGroup(
  core: GroupCore,
  header: EntityHeader,
  previous: FeatureGroup | undefined,
): FeatureGroup {
  const { wantsProcessCache, wantsDistributedCache, ...group } = core;
  const isProcessCached = wantsProcessCache && header.processCache.isEnabled;
  const isDistributedCached = wantsDistributedCache && header.distributedCache.isEnabled;
  // Each core has a `versions` map of its own, so the map tells whether it is the same core.
  const isSame =
    previous?.versions === core.versions &&
    previous.isProcessCached === isProcessCached &&
    previous.isDistributedCached === isDistributedCached;
  return isSame ? previous : { ...group, isProcessCached, isDistributedCached };
}
