import { type DataType, dataTypeByName } from "@ofs/codec";
import { attempt, type Entry, Fields, NodeFault, quote, readEntries } from "@ofs/registry";
import { type Column, columnNumber, sortColumns } from "./columns.ts";
import { INTEGER_MAX, UINT16_MAX } from "./limits.ts";
import type { RegistryView } from "./registry-view.ts";

/** A feature group as the tree has it, with all that changes of it need. */
export interface GroupView {
  readonly path: string;
  readonly storeId: string;
  readonly dataType: DataType;
  readonly activeVersion: number;
  readonly columns: readonly Column[];
  /** By number. Those whose names are no numbers are left out. */
  readonly versions: ReadonlyMap<number, Entry>;
}

/** @returns the fault that keeps the group from being changed, if there is one */
export function readGroup(entry: Entry): GroupView | NodeFault {
  return attempt(() => {
    const fields = Fields.read(entry.node, entry.path, []);
    const name = fields.requiredText("data-type");
    const dataType = dataTypeByName(name);
    if (dataType === undefined) {
      throw fields.fault("data-type", `${quote(name)} is not a data type`);
    }
    return {
      path: entry.path,
      storeId: fields.requiredText("store-id"),
      dataType,
      activeVersion: fields.requiredInteger("active-version", 0, UINT16_MAX),
      columns: readColumns(entry),
      versions: readVersions(fields),
    };
  });
}

function readVersions(fields: Fields): ReadonlyMap<number, Entry> {
  const versions = new Map<number, Entry>();
  for (const version of readEntries(fields.node("features"), fields.pathOf("features"))) {
    if (/^(0|[1-9]\d{0,4})$/.test(version.name)) versions.set(Number(version.name), version);
  }
  return versions;
}

/** @returns columns by number, also of a group that is faulty otherwise; a size that cannot be read counts as 0 */
export function readColumns(group: Entry): readonly Column[] {
  const columns = attempt(() => {
    const fields = Fields.read(group.node, group.path, []);
    return readEntries(fields.node("columns"), fields.pathOf("columns")).map((column) => ({
      name: column.name,
      sizeBytes: readSize(column),
    }));
  });
  return columns instanceof NodeFault ? [] : sortColumns(columns);
}

function readSize(column: Entry): number {
  const size = attempt(() =>
    Fields.read(column.node, column.path, []).integer("current-size-in-bytes", 0, INTEGER_MAX),
  );
  return size instanceof NodeFault ? 0 : (size ?? 0);
}

/** Whole number of a field of a node; undefined where there is none that can be read. */
export function readNumber(entry: Entry, name: string): number | undefined {
  const number = attempt(() =>
    Fields.read(entry.node, entry.path, []).integer(name, 0, Number.MAX_SAFE_INTEGER),
  );
  return number instanceof NodeFault ? undefined : number;
}

/** Text of a field of a node; undefined where there is none that can be read. */
export function readText(entry: Entry, name: string): string | undefined {
  const text = attempt(() => Fields.read(entry.node, entry.path, []).text(name));
  return text instanceof NodeFault ? undefined : text;
}

/** A group of any entity, and whose it is. */
export interface GroupPlace {
  readonly entityLabel: string;
  readonly label: string;
  readonly group: Entry;
}

/** All groups whose blocks are in a store, faulty ones too. */
export function groupsOfStore(view: RegistryView, storeId: string): readonly GroupPlace[] {
  const places: GroupPlace[] = [];
  for (const [entityLabel, entity] of view.entities) {
    for (const [label, group] of view.groups(entity)) {
      if (readText(group, "store-id") === storeId) places.push({ entityLabel, label, group });
    }
  }
  return places;
}

/** @returns the number after the highest that any column of the groups has */
export function nextColumnNumber(groups: Iterable<Entry>): number {
  let next = 0;
  for (const group of groups) {
    for (const { name } of readColumns(group))
      next = Math.max(next, (columnNumber(name) ?? -1) + 1);
  }
  return next;
}
