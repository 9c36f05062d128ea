import type { RegistryFault } from "../model.ts";
import { ConfigNode } from "../tree/config-node.ts";
import { addNote, attempt, NodeFault, type Notes } from "./faults.ts";
import { LAST_GOOD_KEPT } from "./feature-schema.ts";
import { type Entry, Fields, quote, readEntries, readMembers } from "./fields.ts";

/** A map of the tree's upper levels, for example `storage/stores`. */
export interface Section {
  readonly node: ConfigNode;
  readonly path: string;
  /** A value on the way here could not be read, so entries may be missing that it would name. */
  readonly isDamaged: boolean;
}

/**
 * Goes down from the root. A value on the way that is not a JSON object is noted and left out: the
 * sub-keys beside it still count.
 */
export function openSection(
  root: ConfigNode,
  names: readonly string[],
  notes: Notes,
): Section | undefined {
  let section: Section | undefined = salvage({ node: root, path: "", isDamaged: false }, notes);
  for (const name of names) {
    if (section === undefined) return undefined;
    const fields = Fields.read(section.node, section.path, notes);
    const node = fields.node(name);
    const { isDamaged }: Section = section;
    section = node && salvage({ node, path: fields.pathOf(name), isDamaged }, notes);
  }
  return section;
}

function salvage(section: Section, notes: Notes): Section {
  const fault = attempt(() => readMembers(section.node, section.path));
  if (!(fault instanceof NodeFault)) return section;
  addNote(notes, fault.path, `${fault.message}; only its sub-keys count`);
  return { ...section, node: new ConfigNode([], section.node.children), isDamaged: true };
}

/** One entry of a section, and what it was read from. */
export interface ParsedEntry<T> {
  readonly node: ConfigNode;
  readonly value: T | undefined;
  /** Why there is no value. */
  readonly reason: string | undefined;
  readonly faults: readonly RegistryFault[];
}

export interface EntryParser<T> {
  readonly parse: (entry: Entry, notes: Notes) => T;
  /** What a faulty entry stops. */
  readonly disables: RegistryFault["disables"];
  /** Whether an entry's earlier good form stands in for a faulty one. */
  readonly keepsLastGood: boolean;
}

/**
 * Reads all entries of a section; unchanged ones are taken over from the last parse.
 *
 * @returns the same map as `previous` if nothing changed
 */
export function parseSection<T>(
  section: Section | undefined,
  previous: ReadonlyMap<string, ParsedEntry<T>>,
  parser: EntryParser<T>,
): ReadonlyMap<string, ParsedEntry<T>> {
  const parsed = new Map<string, ParsedEntry<T>>();
  if (section !== undefined) {
    for (const entry of readEntries(section.node, section.path)) {
      parsed.set(entry.name, parseEntry(entry, previous.get(entry.name), parser));
    }
    if (section.isDamaged && parser.keepsLastGood) keepMissing(parsed, previous);
  }
  return isSameMap(parsed, previous) ? previous : parsed;
}

/** Takes over what a damaged section no longer names. */
export function keepMissing<T>(target: Map<string, T>, previous: ReadonlyMap<string, T>): void {
  for (const [name, value] of previous) if (!target.has(name)) target.set(name, value);
}

function parseEntry<T>(
  entry: Entry,
  previous: ParsedEntry<T> | undefined,
  parser: EntryParser<T>,
): ParsedEntry<T> {
  if (entry.collidesWith !== undefined) return collision(entry, previous, parser.disables);
  if (previous?.node === entry.node) return previous;
  const faults: Notes = [];
  const value = attempt(() => parser.parse(entry, faults));
  if (!(value instanceof NodeFault)) return { node: entry.node, value, reason: undefined, faults };
  const lastGood = parser.keepsLastGood ? previous?.value : undefined;
  if (lastGood !== undefined) {
    addNote(faults, value.path, `${value.message}; ${LAST_GOOD_KEPT}`);
    return { node: entry.node, value: lastGood, reason: undefined, faults };
  }
  faults.push(value.toRegistryFault(parser.disables));
  return { node: entry.node, value: undefined, reason: `${value.path}: ${value.message}`, faults };
}

/** An entry whose name is taken by an earlier one. It has no node of its own: it is never taken over. */
function collision<T>(
  entry: Entry,
  previous: ParsedEntry<T> | undefined,
  disables: RegistryFault["disables"],
): ParsedEntry<T> {
  const fault = collisionFault(entry, disables);
  if (previous?.value === undefined && previous?.faults[0]?.reason === fault.reason)
    return previous;
  return { node: COLLIDED, value: undefined, reason: fault.reason, faults: [fault] };
}

/** Stands for the node of an entry that was not read, so that a later parse does not take it over. */
export const COLLIDED: ConfigNode = new ConfigNode([]);

/** The fault of an entry whose name is equal, after folding, to one earlier in sort order. */
export function collisionFault(entry: Entry, disables: RegistryFault["disables"]): RegistryFault {
  const reason = `is the same name as ${quote(entry.collidesWith ?? "")}, which comes first`;
  return { path: entry.path, reason, disables };
}

/** Whether both hold the same values, by identity, under the same names. */
export function isSameMap<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) if (b.get(name) !== value) return false;
  return true;
}

/** The usable entries of a section. */
export function valuesOf<T>(parsed: ReadonlyMap<string, ParsedEntry<T>>): ReadonlyMap<string, T> {
  const values = new Map<string, T>();
  for (const [name, { value }] of parsed) if (value !== undefined) values.set(name, value);
  return values;
}
