import type { RegistryChange } from "../source.ts";
import type { Steps } from "../steps.ts";
import { ConfigNode, EMPTY_NODE } from "./config-node.ts";

/** Deeper paths mean nothing to the registry; they are left out of the tree. */
const PATH_DEPTH_MAX = 32;

/** Builds the tree of flat entries. Empty values count as absent. */
export function createTree(entries: ReadonlyMap<string, Uint8Array>): ConfigNode {
  const draft = new TreeDraft(EMPTY_NODE);
  for (const [path, value] of entries) draft.set(path, value);
  return draft.finish();
}

/**
 * Applies changes in order.
 *
 * @returns a tree that shares every unchanged node with `root`; `root` itself if nothing changed
 */
export function applyChanges(root: ConfigNode, changes: Iterable<RegistryChange>): ConfigNode {
  const draft = new TreeDraft(root);
  for (const { path, value } of changes) draft.set(path, value);
  return draft.finish();
}

/** Changes applied in one step. */
const CHANGES_PER_STEP = 100;

/** {@link applyChanges} in steps. */
export function* applyChangesSteps(
  root: ConfigNode,
  changes: readonly RegistryChange[],
): Steps<ConfigNode> {
  const draft = new TreeDraft(root);
  for (const [index, { path, value }] of changes.entries()) {
    draft.set(path, value);
    if (index % CHANGES_PER_STEP === CHANGES_PER_STEP - 1) yield;
  }
  return yield* draft.finishSteps();
}

/** A node under change: its children map is copied once for all changes, not once for each. */
interface DraftNode {
  readonly original: ConfigNode;
  value: Uint8Array | undefined;
  /** Children under change. */
  readonly drafts: Map<string, DraftNode>;
}

class TreeDraft {
  readonly #root: DraftNode;

  constructor(root: ConfigNode) {
    this.#root = toDraft(root);
  }

  set(path: string, value: Uint8Array | undefined): void {
    const names = path === "" ? [] : path.split("/");
    if (names.length > PATH_DEPTH_MAX || names.includes("")) return;
    let node = this.#root;
    for (const name of names) {
      let child = node.drafts.get(name);
      if (child === undefined) {
        child = toDraft(node.original.children.get(name) ?? EMPTY_NODE);
        node.drafts.set(name, child);
      }
      node = child;
    }
    node.value = value !== undefined && value.length > 0 ? value : undefined;
  }

  finish(): ConfigNode {
    return finishNode(this.#root);
  }

  finishSteps(): Steps<ConfigNode> {
    return finishInSteps(this.#root, 0);
  }
}

/** Nodes below this depth (those of one entity) are finished in one step. */
const STEP_DEPTH = 2;

function* finishInSteps(draft: DraftNode, depth: number): Steps<ConfigNode> {
  const finished = new Map<string, ConfigNode>();
  for (const [name, child] of draft.drafts) {
    if (depth + 1 < STEP_DEPTH) {
      finished.set(name, yield* finishInSteps(child, depth + 1));
    } else {
      finished.set(name, finishNode(child));
      yield;
    }
  }
  return toNode(draft, finished);
}

function toDraft(original: ConfigNode): DraftNode {
  return { original, value: original.values[0] as Uint8Array | undefined, drafts: new Map() };
}

/** Recursion is bounded by PATH_DEPTH_MAX. */
function finishNode(draft: DraftNode): ConfigNode {
  const finished = new Map<string, ConfigNode>();
  for (const [name, child] of draft.drafts) finished.set(name, finishNode(child));
  return toNode(draft, finished);
}

/** @param finished the children under change, as they are now */
function toNode(draft: DraftNode, finished: ReadonlyMap<string, ConfigNode>): ConfigNode {
  const { original } = draft;
  const children = joinChildren(original.children, finished);
  const before = original.values[0] as Uint8Array | undefined;
  const isSameValue = isSameBytes(before, draft.value);
  if (isSameValue && children === original.children) return original;
  const value = isSameValue ? before : draft.value;
  if (value === undefined && children.size === 0) return EMPTY_NODE;
  return new ConfigNode(value === undefined ? [] : [value], children);
}

function joinChildren(
  before: ReadonlyMap<string, ConfigNode>,
  finished: ReadonlyMap<string, ConfigNode>,
): ReadonlyMap<string, ConfigNode> {
  let children: Map<string, ConfigNode> | undefined;
  for (const [name, child] of finished) {
    if (child === (before.get(name) ?? EMPTY_NODE)) continue;
    children ??= new Map(before);
    if (child === EMPTY_NODE) children.delete(name);
    else children.set(name, child);
  }
  return children ?? before;
}

/** Compares values of one path; undefined is absent. */
export function isSameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || Buffer.compare(a, b) === 0;
}
