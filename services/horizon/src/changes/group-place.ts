import { type Entry, foldName, NodeFault, quote } from "@ofs/registry";
import { type GroupView, readGroup } from "./group-view.ts";
import type { Problems } from "./problems.ts";
import { type RegistryView, readStore, type StoreView } from "./registry-view.ts";

/** Finds the entity that a change names. */
export function findEntity(
  label: string,
  view: RegistryView,
  problems: Problems,
): Entry | undefined {
  const entity = view.entities.get(label);
  if (entity === undefined) {
    problems.missing("entity-label", `entity ${quote(label)} is not there`);
  }
  return entity;
}

/** A group that exists, with the store that its blocks are in. */
export interface ExistingGroup {
  readonly entity: Entry;
  readonly group: GroupView;
  readonly store: StoreView;
}

/** Finds the group that a change names; it must be readable, with its store. */
export function findGroup(
  names: { readonly entityLabel: string; readonly groupLabel: string; readonly field: string },
  view: RegistryView,
  problems: Problems,
): ExistingGroup | undefined {
  const entity = findEntity(names.entityLabel, view, problems);
  if (entity === undefined) return undefined;
  const entry = view.groups(entity).get(names.groupLabel);
  if (entry === undefined) {
    const of = `of entity ${quote(names.entityLabel)}`;
    problems.missing(names.field, `feature group ${quote(names.groupLabel)} ${of} is not there`);
    return undefined;
  }
  const group = readGroup(entry);
  if (group instanceof NodeFault) {
    problems.conflict(names.field, `${quote(names.groupLabel)}: ${describeFault(group)}`);
    return undefined;
  }
  const store = findStore(group.storeId, names.field, view, problems);
  return store && { entity, group, store };
}

/** @param field that names the store, or the group that is in it */
export function findStore(
  id: string,
  field: string,
  view: RegistryView,
  problems: Problems,
): StoreView | undefined {
  const entry = view.stores.get(id);
  if (entry === undefined) {
    problems.missing(field, `store ${quote(id)} is not there`);
    return undefined;
  }
  const store = readStore(entry);
  if (!(store instanceof NodeFault)) return store;
  problems.conflict(field, `store ${quote(id)}: ${describeFault(store)}`);
  return undefined;
}

/** Where the registry is at fault, and why. */
export function describeFault(fault: NodeFault): string {
  return `the registry's ${fault.path} ${fault.message}`;
}

/** Names that were met, and those that readers take for the same. */
export class NameSet {
  readonly #byFolded = new Map<string, string>();

  constructor(names: Iterable<string> = []) {
    for (const name of names) this.#byFolded.set(foldName(name), name);
  }

  /** @returns the name that it is the same as, if any */
  add(name: string): string | undefined {
    const folded = foldName(name);
    const known = this.#byFolded.get(folded);
    if (known === undefined) this.#byFolded.set(folded, name);
    return known;
  }
}
