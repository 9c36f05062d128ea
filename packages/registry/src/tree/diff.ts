import type { RegistryChange } from "../source.ts";
import { isSameBytes } from "./tree.ts";

/** What happens to paths that only the present tree has. */
export interface DiffOptions {
  /** Leaves them as they are: `wanted` is a part of the tree. Otherwise they are deleted. */
  readonly keepsOthers?: boolean;
}

/**
 * The fewest changes that make `wanted` of `current`: none if they are equal, so loading a tree twice
 * writes it once.
 *
 * @param wanted entries by path, or changes as {@link parseTreeFile} returns them
 */
export function diffTree(
  current: ReadonlyMap<string, Uint8Array>,
  wanted: ReadonlyMap<string, Uint8Array> | readonly RegistryChange[],
  options: DiffOptions = {},
): RegistryChange[] {
  const target = wanted instanceof Map ? wanted : foldChanges(wanted as readonly RegistryChange[]);
  const changes: RegistryChange[] = [];
  for (const [path, value] of target) {
    if (!isSameBytes(current.get(path), value)) changes.push({ path, value });
  }
  if (options.keepsOthers === true) return changes;
  for (const path of current.keys()) {
    if (!target.has(path)) changes.push({ path, value: undefined });
  }
  return changes;
}

/** The last change of each path, in the order of first mention. */
export function foldChanges(
  changes: readonly RegistryChange[],
): Map<string, Uint8Array | undefined> {
  return new Map(changes.map(({ path, value }) => [path, value]));
}
