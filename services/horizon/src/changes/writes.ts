import type { RegistryChange, RegistryExpectation, RegistryTree, Revision } from "@ofs/registry";
import { WRITES_SIZE_BYTES_MAX } from "./limits.ts";
import type { ChangePlan, Planned, TableNeed } from "./model.ts";
import type { Problems } from "./problems.ts";

/**
 * The tree that a change is planned on, as `RegistryAuthor.loadForWrite` loads it. Without `authorRevision`, the tree's
 * own revision stands in: nobody may have written after it.
 */
export type PlanTree = RegistryTree & { readonly authorRevision?: Revision };

/** Gathers the writes of a change. What is there already is not written. */
export class Writes {
  readonly #tree: RegistryTree;
  readonly #changes = new Map<string, Uint8Array | undefined>();

  constructor(tree: RegistryTree) {
    this.#tree = tree;
  }

  put(path: string, text: string): void {
    const value = Buffer.from(text, "utf8");
    const present = this.#tree.entries.get(path);
    if (present !== undefined && Buffer.compare(present, value) === 0) return;
    this.#changes.set(path, value);
  }

  remove(path: string): void {
    if (this.#tree.entries.has(path)) this.#changes.set(path, undefined);
  }

  get sizeBytes(): number {
    let sizeBytes = 0;
    for (const [path, value] of this.#changes) sizeBytes += path.length + (value?.length ?? 0);
    return sizeBytes;
  }

  /** In the order of the calls. */
  list(): readonly RegistryChange[] {
    return [...this.#changes].map(([path, value]) => ({ path, value }));
  }
}

interface PlanParts {
  readonly tables?: readonly TableNeed[];
  readonly outcome: ChangePlan["outcome"];
  /** Paths of new nodes. */
  readonly absent?: readonly string[];
  /** Paths of values that the plan rests on. */
  readonly unchanged?: readonly string[];
}

/** @returns the plan, unless there are problems */
export function finishPlan(
  tree: PlanTree,
  writes: Writes,
  parts: PlanParts,
  problems: Problems,
): Planned {
  if (writes.sizeBytes > WRITES_SIZE_BYTES_MAX) {
    problems.invalid(
      "",
      `the change takes ${writes.sizeBytes} bytes in the registry, more than ${WRITES_SIZE_BYTES_MAX}: divide it`,
    );
  }
  const list = problems.list();
  if (list !== undefined) return { problems: list };
  const { tables = [], outcome } = parts;
  return {
    plan: { tables, writes: writes.list(), expectations: expectationsOf(tree, parts), outcome },
  };
}

/** @throws {Error} if there are no problems: the caller has nothing to plan then, and no reason */
export function refuse(problems: Problems): Planned {
  const list = problems.list();
  if (list === undefined) throw new Error("a change was refused without a reason");
  return { problems: list };
}

function expectationsOf(tree: PlanTree, parts: PlanParts): readonly RegistryExpectation[] {
  const { absent = [], unchanged = [] } = parts;
  return [
    { kind: "no-author-since", since: tree.authorRevision ?? tree.revision },
    ...absent.map((path) => ({ kind: "absent", path }) as const),
    ...unchanged.map((path) => ({ kind: "unchanged", path, since: tree.revision }) as const),
  ];
}
