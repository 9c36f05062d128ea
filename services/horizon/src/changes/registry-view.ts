import {
  attempt,
  ConfigNode,
  createTree,
  type Entry,
  Fields,
  foldName,
  NodeFault,
  openSection,
  type RegistryTree,
  readEntries,
} from "@ofs/registry";
import { COLUMN_SIZE_BYTES, INTEGER_MAX, ROW_SIZE_BYTES_MAX } from "./limits.ts";

/** A store as the tree has it. */
export interface StoreView {
  readonly id: string;
  readonly dbType: string;
  readonly confId: number;
  readonly table: string;
  readonly primaryKeys: readonly string[];
  readonly tableTtlSeconds: number;
  readonly maxColumnSizeBytes: number;
  readonly maxRowSizeBytes: number;
}

/** A key of an entity as the tree has it. */
export interface KeyView {
  /** Under which the tree has it. */
  readonly name: string;
  readonly sequence: number;
  readonly label: string;
  readonly columnLabel: string;
}

const NO_ENTRIES: ReadonlyMap<string, Entry> = new Map();

/**
 * Looks at single nodes of a registry tree, faulty ones too, whichever of the tree's forms they have (sub-keys, JSON).
 * Nodes are found by their name as spelled.
 */
export class RegistryView {
  readonly tree: RegistryTree;
  readonly #root: ConfigNode;
  readonly #sections = new Map<string, ReadonlyMap<string, Entry>>();

  /** @param entityLabel whose groups are looked at; of those of others only stores and columns. undefined = nobody's */
  constructor(tree: RegistryTree, entityLabel?: string) {
    this.tree = tree;
    this.#root = createTree(withoutDetails(tree.entries, entityLabel));
  }

  /** By id. */
  get stores(): ReadonlyMap<string, Entry> {
    return this.#section("storage", "stores");
  }

  /** By label. */
  get entities(): ReadonlyMap<string, Entry> {
    return this.#section("entities");
  }

  /** Feature groups of one entity, by label. */
  groups(entity: Entry): ReadonlyMap<string, Entry> {
    const members = entriesOf(entity.node, entity.path);
    const name = findFolded(members.keys(), "feature-groups");
    const groups = name === undefined ? undefined : members.get(name);
    return groups === undefined ? NO_ENTRIES : entriesOf(groups.node, groups.path);
  }

  /** By id. */
  jobs(type: "writer" | "reader"): ReadonlyMap<string, Entry> {
    return this.#section("security", type);
  }

  /** The text of one path itself; undefined where there is none. */
  text(path: string): string | undefined {
    const bytes = this.tree.entries.get(path);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
  }

  #section(...names: readonly string[]): ReadonlyMap<string, Entry> {
    const key = names.join("/");
    let entries = this.#sections.get(key);
    if (entries === undefined) {
      const section = attempt(() => openSection(this.#root, names, []));
      entries =
        section === undefined || section instanceof NodeFault
          ? NO_ENTRIES
          : entriesOf(section.node, section.path);
      this.#sections.set(key, entries);
    }
    return entries;
  }
}

const GROUP_DETAIL =
  /^entities\/([^/]+)\/feature-groups\/[^/]+\/(?:features\/|(?:id|data-type|job-id|active-version|layout-version|ttl-in-seconds|in-memory-cache-enabled|distributed-cache-enabled)$)/;

/** Leaves out most of a large tree: to build it takes much longer than all else. */
function withoutDetails(
  entries: RegistryTree["entries"],
  entityLabel: string | undefined,
): RegistryTree["entries"] {
  const wanted = entityLabel === undefined ? undefined : foldName(entityLabel);
  const known = new Map<string, boolean>();
  const isWanted = (owner: string): boolean => {
    const answer = known.get(owner) ?? foldName(owner) === wanted;
    known.set(owner, answer);
    return answer;
  };
  const left = new Map<string, Uint8Array>();
  for (const [path, value] of entries) {
    // Sources are read by their paths alone.
    if (path.startsWith("source/")) continue;
    const owner = GROUP_DETAIL.exec(path)?.[1];
    if (owner === undefined || isWanted(owner)) left.set(path, value);
  }
  return left;
}

function entriesOf(node: Entry["node"] | undefined, path: string): ReadonlyMap<string, Entry> {
  const read = attempt(() => readEntries(node, path));
  // A value that is no JSON object: the sub-keys beside it count.
  const entries =
    read instanceof NodeFault && node !== undefined
      ? readEntries(withoutValues(node), path)
      : (read as readonly Entry[]);
  return new Map(entries.map((entry) => [entry.name, entry]));
}

function withoutValues(node: ConfigNode): ConfigNode {
  return new ConfigNode([], node.children);
}

/** The name among others that is the same after folding: readers cannot tell the two apart. */
export function findFolded(names: Iterable<string>, name: string): string | undefined {
  const folded = foldName(name);
  for (const other of names) if (foldName(other) === folded) return other;
  return undefined;
}

/** @returns the fault that keeps the store from being used, if there is one */
export function readStore(entry: Entry): StoreView | NodeFault {
  return attempt(() => {
    const fields = Fields.read(entry.node, entry.path, []);
    return {
      id: entry.name,
      dbType: fields.requiredText("db-type"),
      confId: fields.integer("conf-id", 0, INTEGER_MAX) ?? 0,
      table: fields.text("table") ?? "",
      primaryKeys: fields.list("primary-keys") ?? [],
      tableTtlSeconds: fields.integer("table-ttl", 0, INTEGER_MAX) ?? 0,
      // Stores without columns may say 0.
      maxColumnSizeBytes:
        fields.integer("max-column-size-in-bytes", 0, INTEGER_MAX) || COLUMN_SIZE_BYTES,
      maxRowSizeBytes:
        fields.integer("max-row-size-in-bytes", 1, INTEGER_MAX) ?? ROW_SIZE_BYTES_MAX,
    };
  });
}

/** @returns keys by sequence */
export function readKeys(entity: Entry): readonly KeyView[] | NodeFault {
  return attempt(() => {
    const fields = Fields.read(entity.node, entity.path, []);
    const keys = readEntries(fields.node("keys"), fields.pathOf("keys")).map((entry) => {
      const key = Fields.read(entry.node, entry.path, []);
      return {
        name: entry.name,
        sequence: key.requiredInteger("sequence", 0, INTEGER_MAX),
        label: key.requiredText("entity-label"),
        columnLabel: key.requiredText("column-label"),
      };
    });
    return keys.sort((a, b) => a.sequence - b.sequence);
  });
}

/** Stores that keep rows in tables, with columns for blocks. */
export function hasTables(dbType: string): boolean {
  return !dbType.startsWith("redis");
}
