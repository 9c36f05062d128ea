import {
  diffTree,
  parseSnapshot,
  type RegistryChange,
  type RegistryFault,
  type RegistryTree,
} from "@ofs/registry";

/** What loading a tree file would do. */
export interface LoadPlan {
  /** Paths to write; none are deleted. */
  readonly changes: readonly RegistryChange[];
  readonly unchangedCount: number;
  /** Faults that the registry would have and does not have yet. */
  readonly newFaults: readonly RegistryFault[];
  /** Faults that it has already. */
  readonly oldFaults: readonly RegistryFault[];
}

/** @param wanted what the tree file says */
export function planLoad(tree: RegistryTree, wanted: readonly RegistryChange[]): LoadPlan {
  const changes = diffTree(tree.entries, wanted, { keepsOthers: true });
  const entries = new Map(tree.entries);
  for (const { path, value } of changes) {
    if (value !== undefined) entries.set(path, value);
  }
  const before = parseSnapshot(tree.entries, tree.revision).faults;
  const after = parseSnapshot(entries, tree.revision + 1).faults;
  const known = new Set(before.map(faultKey));
  return {
    changes,
    unchangedCount: wanted.length - changes.length,
    newFaults: after.filter((fault) => !known.has(faultKey(fault))),
    oldFaults: after.filter((fault) => known.has(faultKey(fault))),
  };
}

function faultKey({ path, reason }: RegistryFault): string {
  return `${path}\n${reason}`;
}
