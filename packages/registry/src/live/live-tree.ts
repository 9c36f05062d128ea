import type { Revision } from "../model.ts";
import type { RegistryChange, RegistryChanges, RegistryTree } from "../source.ts";
import type { Steps } from "../steps.ts";
import { type ConfigNode, EMPTY_NODE } from "../tree/config-node.ts";
import { applyChangesSteps, isSameBytes } from "../tree/tree.ts";

/** Entries compared in one step. */
const ENTRIES_PER_STEP = 1_000;

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

  /**
   * Takes a whole tree in place of this one; what is equal keeps its nodes. The tree is the old one
   * until the last step.
   */
  *replaceSteps(tree: RegistryTree): Steps<void> {
    const before = this.#entries;
    const entries = new Map<string, Uint8Array>();
    const changes: RegistryChange[] = [];
    for (const [path, value] of tree.entries) {
      const known = before.get(path);
      const isSame = isSameBytes(known, value);
      entries.set(path, isSame && known !== undefined ? known : value);
      if (!isSame) changes.push({ path, value });
      if (entries.size % ENTRIES_PER_STEP === 0) yield;
    }
    let lookedAtCount = 0;
    for (const path of before.keys()) {
      if (!entries.has(path)) changes.push({ path, value: undefined });
      lookedAtCount += 1;
      if (lookedAtCount % ENTRIES_PER_STEP === 0) yield;
    }
    const root = yield* applyChangesSteps(this.#root, changes);
    this.#entries = entries;
    this.#root = root;
    this.#revision = tree.revision;
  }

  /** Applies batches that are newer than the tree, in order and all with the last step. */
  *applySteps(batches: readonly RegistryChanges[]): Steps<void> {
    const changes: RegistryChange[] = [];
    let revision = this.#revision;
    for (const batch of batches) {
      if (batch.revision <= revision) continue;
      for (const change of batch.changes) changes.push(change);
      revision = batch.revision;
    }
    const root = yield* applyChangesSteps(this.#root, changes);
    for (const { path, value } of changes) {
      if (value === undefined) this.#entries.delete(path);
      else this.#entries.set(path, value);
    }
    this.#root = root;
    this.#revision = revision;
  }
}
