import {
  type CatalogFault,
  type ConsumerMetadata,
  type EntityMetadata,
  type GroupMetadata,
  type GroupVersion,
  type PopulatorMetadata,
  RowCatalog,
} from "@ofs/rows";
import type { Revision } from "../model.ts";
import type { RegistryChanges, RegistryTree } from "../source.ts";
import { isSameBytes } from "../tree/tree.ts";
import type { RowEntry } from "./row-entries.ts";
import { type RowNode, readRowNode } from "./row-node.ts";

/** The row dialect's tree of now: flat entries, and what each of them says. An entry is read once, when it changes. */
export class RowTree {
  #entries = new Map<string, Uint8Array>();
  #nodes = new Map<string, RowNode>();
  #revision: Revision = 0;

  get entries(): ReadonlyMap<string, Uint8Array> {
    return this.#entries;
  }

  get revision(): Revision {
    return this.#revision;
  }

  /** Takes a whole tree in place of this one. @returns whether anything is different */
  replace(tree: RegistryTree): boolean {
    const entries = new Map<string, Uint8Array>();
    const nodes = new Map<string, RowNode>();
    let isChanged = tree.entries.size !== this.#entries.size;
    for (const [path, value] of tree.entries) {
      const known = this.#nodes.get(path);
      const isSame = known !== undefined && isSameBytes(this.#entries.get(path), value);
      if (!isSame) isChanged = true;
      entries.set(path, value);
      nodes.set(path, isSame ? known : readRowNode(path, value));
    }
    this.#entries = entries;
    this.#nodes = nodes;
    this.#revision = tree.revision;
    return isChanged;
  }

  /** Applies batches that are newer than the tree, in order. @returns whether there was a change */
  apply(batches: readonly RegistryChanges[]): boolean {
    let isChanged = false;
    for (const { changes, revision } of batches) {
      if (revision <= this.#revision) continue;
      for (const { path, value } of changes) {
        if (isSameBytes(this.#entries.get(path), value)) continue;
        isChanged = true;
        this.#set(path, value);
      }
      this.#revision = revision;
    }
    return isChanged;
  }

  /**
   * Takes those entries of a copy that are newer than the tree's own, or that it does not have: objects are never deleted,
   * and tell when they were changed. The revision stays.
   *
   * @returns whether there was one
   */
  takeNewer(entries: readonly RowEntry[]): boolean {
    let isChanged = false;
    for (const { path, value } of entries) {
      const known = this.#nodes.get(path);
      const node = readRowNode(path, value);
      if (known !== undefined && updatedAt(node) <= updatedAt(known)) continue;
      this.#entries.set(path, value);
      this.#nodes.set(path, node);
      isChanged = true;
    }
    return isChanged;
  }

  /** @param previous the catalog that was made of this tree before */
  catalog(previous: RowCatalog | undefined): RowCatalog {
    const entities: EntityMetadata[] = [];
    const groups: GroupMetadata[] = [];
    const versions: GroupVersion[] = [];
    const consumers: ConsumerMetadata[] = [];
    const populators: PopulatorMetadata[] = [];
    const faults: CatalogFault[] = [];
    for (const [path, node] of this.#nodes) {
      switch (node.kind) {
        case "entity":
          entities.push(node.object);
          break;
        case "group":
          groups.push(node.object);
          break;
        case "version":
          versions.push(node.object);
          break;
        case "consumer":
          consumers.push(node.object);
          break;
        case "populator":
          populators.push(node.object);
          break;
        case "fault":
          faults.push({ path, reason: node.reason });
          break;
        case "unknown":
          break;
      }
    }
    const parts = { entities, groups, versions, consumers, populators };
    return RowCatalog.build(parts, previous, faults);
  }

  #set(path: string, value: Uint8Array | undefined): void {
    if (value === undefined) {
      this.#entries.delete(path);
      this.#nodes.delete(path);
    } else {
      this.#entries.set(path, value);
      this.#nodes.set(path, readRowNode(path, value));
    }
  }
}

/** @returns Unix milliseconds; before all others where it cannot be told */
function updatedAt(node: RowNode): number {
  return "object" in node ? node.object.updatedAt : Number.NEGATIVE_INFINITY;
}
