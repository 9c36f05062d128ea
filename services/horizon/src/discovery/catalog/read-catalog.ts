import {
  attempt,
  type ConfigNode,
  type Entry,
  NodeFault,
  type Notes,
  openSection,
  parseReader,
  quote,
  type Reader,
  readEntries,
  type Snapshot,
} from "@ofs/registry";
import type {
  Catalog,
  CatalogCache,
  CatalogEntity,
  CatalogGroup,
  CatalogJob,
  CatalogKey,
  CatalogStore,
} from "./model.ts";
import { FaultList, NodeFields } from "./node-fields.ts";
import { readGroup } from "./read-group.ts";
import { readSources } from "./read-sources.ts";

/** What was read of earlier trees, by node: what is unchanged is not read again. */
export class KnownNodes {
  readonly groups = new WeakMap<ConfigNode, CatalogGroup>();
  /** All sources, by the node that they are below. */
  readonly sources = new WeakMap<ConfigNode, Catalog["sources"]>();
}

/**
 * Lists everything that a tree holds. Never throws for what the tree holds: what is faulty is listed with its reasons, and
 * hides nothing else.
 *
 * @param snapshot of the same tree
 * @param known of earlier trees, to which this one's are added
 */
export function readCatalog(
  root: ConfigNode,
  snapshot: Snapshot,
  known: KnownNodes = new KnownNodes(),
): Catalog {
  return {
    revision: snapshot.revision,
    entities: listSection(root, ["entities"], (entry) => readEntity(entry, snapshot, known)),
    stores: listSection(root, ["storage", "stores"], (entry) => readStore(entry, snapshot)),
    writers: listSection(root, ["security", "writer"], (entry) => readJob(entry, "writer")),
    readers: listSection(root, ["security", "reader"], (entry) => readJob(entry, "reader")),
    sources: readSources(root, known.sources),
    snapshot,
  };
}

/** @returns by name, in sort order */
function listSection<T>(
  root: ConfigNode,
  names: readonly string[],
  read: (entry: Entry) => T,
): ReadonlyMap<string, T> {
  const listed = new Map<string, T>();
  const section = attempt(() => openSection(root, names, []));
  if (section instanceof NodeFault || section === undefined) return listed;
  for (const entry of readEntries(section.node, section.path)) listed.set(entry.name, read(entry));
  return listed;
}

function readEntity(entry: Entry, snapshot: Snapshot, known: KnownNodes): CatalogEntity {
  const faults = new FaultList();
  const reason = snapshot.disabledEntities.get(entry.name);
  if (reason !== undefined) faults.add({ path: entry.path, reason });
  const fields = new NodeFields(entry.node, entry.path, faults);
  const served = snapshot.entities.get(entry.name);
  const groups = fields
    .entries("feature-groups")
    .map((group) => knownGroup(group, entry.name, served?.disabledGroups.get(group.name), known));
  return {
    label: entry.name,
    keys: readKeys(fields, faults),
    inMemoryCache: readCache(fields, "in-memory-cache", faults),
    distributedCache: readCache(fields, "distributed-cache", faults),
    groups: new Map(groups.map((group) => [group.label, group])),
    faults: faults.toArray(),
  };
}

/** Why a group is not served may change without its own node: with a store, for example. */
function knownGroup(
  entry: Entry,
  entityLabel: string,
  disabledReason: string | undefined,
  known: KnownNodes,
): CatalogGroup {
  const before = known.groups.get(entry.node);
  if (
    before?.label === entry.name &&
    before.entityLabel === entityLabel &&
    before.disabledReason === disabledReason
  ) {
    return before;
  }
  const group = readGroup(entry, entityLabel, disabledReason);
  known.groups.set(entry.node, group);
  return group;
}

function readKeys(fields: NodeFields, faults: FaultList): readonly CatalogKey[] {
  const keys = fields.entries("keys").map(({ name, node, path }) => {
    const key = new NodeFields(node, path, faults);
    return {
      name,
      sequence: key.integer("sequence"),
      label: key.text("entity-label"),
      columnLabel: key.text("column-label"),
    };
  });
  return keys.sort((a, b) => a.sequence - b.sequence);
}

function readCache(fields: NodeFields, name: string, faults: FaultList): CatalogCache {
  const node = fields.node(name);
  if (node === undefined) return { isEnabled: false, ttlSeconds: 0, jitterPercent: 0, confId: 0 };
  const cache = new NodeFields(node, fields.pathOf(name), faults);
  return {
    isEnabled: cache.boolean("enabled"),
    ttlSeconds: cache.integer("ttl-in-seconds"),
    jitterPercent: cache.integer("jitter-percentage"),
    confId: cache.integer("conf-id"),
  };
}

function readStore(entry: Entry, snapshot: Snapshot): CatalogStore {
  const faults = new FaultList();
  const definition = snapshot.stores.get(entry.name);
  if (definition === undefined) {
    const known = snapshot.faults.filter(({ path }) => isAtOrBelow(path, entry.path));
    faults.addAll(known);
  }
  const fields = new NodeFields(entry.node, entry.path, faults);
  return {
    id: entry.name,
    dbType: fields.text("db-type"),
    confId: fields.integer("conf-id"),
    table: fields.text("table"),
    maxColumnSizeBytes:
      definition?.maxColumnSizeBytes ?? fields.integer("max-column-size-in-bytes"),
    maxRowSizeBytes: definition?.maxRowSizeBytes ?? fields.integer("max-row-size-in-bytes"),
    primaryKeys: fields.list("primary-keys"),
    tableTtlSeconds: fields.integer("table-ttl"),
    definition,
    faults: faults.toArray(),
  };
}

/** Writers are written like readers: a token, perhaps a previous one, perhaps scopes. */
function readJob(entry: Entry, kind: CatalogJob["kind"]): CatalogJob {
  const faults = new FaultList();
  if (entry.collidesWith !== undefined) {
    const reason = `is the same name as ${quote(entry.collidesWith)}, which comes first`;
    faults.add({ path: entry.path, reason });
    return { id: entry.name, kind, access: undefined, faults: faults.toArray() };
  }
  const notes: Notes = [];
  const access = faults.orElse<Reader | undefined>(undefined, () => parseReader(entry, notes));
  faults.addAll(notes);
  return { id: entry.name, kind, access, faults: faults.toArray() };
}

export function isAtOrBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}
