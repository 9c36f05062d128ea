import type { Revision } from "../model.ts";
import type { RegistryChange, RegistryChanges, RegistryTree } from "../source.ts";
import { type ConfigNode, EMPTY_NODE } from "../tree/config-node.ts";
import { diffTree } from "../tree/diff.ts";
import { applyChanges } from "../tree/tree.ts";

/** The tree of now: flat entries, and the nodes made of them. */
export class LiveTree {
  #entries = new Map<string, Uint8Array>();
  #root: ConfigNode = EMPTY_NODE;
  #revision: Revision = 0;

  get entries(): ReadonlyMap<string, Uint8Array> {
    return this.#entries;
  }

  get root(): ConfigNode {
    return this.#root;
  }

  get revision(): Revision {
    return this.#revision;
  }

  /** Takes a whole tree in place of this one; what is equal keeps its nodes. */
  replace(tree: RegistryTree): void {
    this.#apply(diffTree(this.#entries, tree.entries));
    this.#revision = tree.revision;
  }

  /** Applies batches that are newer than the tree, in order. */
  apply(batches: readonly RegistryChanges[]): void {
    const changes: RegistryChange[] = [];
    for (const batch of batches) {
      if (batch.revision <= this.#revision) continue;
      for (const change of batch.changes) changes.push(change);
      this.#revision = batch.revision;
    }
    this.#apply(changes);
  }

  #apply(changes: readonly RegistryChange[]): void {
    this.#root = applyChanges(this.#root, changes);
    for (const { path, value } of changes) {
      if (value === undefined) this.#entries.delete(path);
      else this.#entries.set(path, value);
    }
  }
}
