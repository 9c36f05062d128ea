import { parseSnapshot, type RegistryFault, type Snapshot } from "@ofs/registry";
import { WORKED_EXAMPLE } from "./worked-example.ts";

export type TextEntries = Readonly<Record<string, string | undefined>>;

/** Entries as a source holds them; undefined leaves a path out. */
export function toEntries(texts: TextEntries): Map<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>();
  for (const [path, text] of Object.entries(texts)) {
    if (text !== undefined) entries.set(path, Buffer.from(text));
  }
  return entries;
}

/** Parses the worked example with some paths changed or left out. */
export function parseExample(changes: TextEntries = {}): Snapshot {
  return parseSnapshot(toEntries({ ...WORKED_EXAMPLE, ...changes }), 1);
}

/** The worked example without all paths that begin so. */
export function exampleWithout(...prefixes: readonly string[]): TextEntries {
  const left = Object.entries(WORKED_EXAMPLE).filter(
    ([path]) => !prefixes.some((prefix) => path.startsWith(prefix)),
  );
  return Object.fromEntries(left);
}

/**
 * Folds paths below `root` into one JSON value at `root`. Scalars become JSON numbers and booleans
 * where they look so, and values that are JSON objects are nested.
 */
export function foldToJson(texts: TextEntries, root: string): TextEntries {
  const folded: Record<string, string | undefined> = {};
  const tree: Record<string, unknown> = {};
  const prefix = root === "" ? "" : `${root}/`;
  for (const [path, text] of Object.entries(texts)) {
    if (!path.startsWith(prefix) || text === undefined) {
      folded[path] = text;
      continue;
    }
    const names = path.slice(prefix.length).split("/");
    const last = names.pop() as string;
    let node = tree;
    for (const name of names) {
      node[name] ??= {};
      node = node[name] as Record<string, unknown>;
    }
    node[last] = /^(true|false|\d+|\{.*\})$/s.test(text) ? JSON.parse(text) : text;
  }
  folded[root] = JSON.stringify(tree);
  return folded;
}

export function faultAt(snapshot: Snapshot, path: string): RegistryFault {
  const fault = snapshot.faults.find((each) => each.path === path);
  if (fault !== undefined) return fault;
  const known = snapshot.faults.map((each) => `${each.path}: ${each.reason}`);
  throw new Error(`no fault at ${path}, only: ${known.join("; ") || "none"}`);
}
