import { FeatureStoreError } from "@ofs/platform";
import { type AuthorTree, diffTree, type RegistryAuthor, type RegistryChange } from "@ofs/registry";
import { makeBackup, verifyBackup } from "./backup-files.ts";
import { type Manifest, refusedKind } from "./manifest.ts";
import {
  DIALECTS,
  type KeptTrees,
  REGISTRY_FILE,
  type RegistryDialect,
  readRegistryFile,
  writeRegistryFile,
} from "./registry-file.ts";

/** The trees of one application in an etcd. */
export type RegistryAuthors = Readonly<Record<RegistryDialect, RegistryAuthor>>;

/** What a restore does to one tree. */
export interface TreeRestore {
  readonly dialect: RegistryDialect;
  /** Name of the tree, for messages. */
  readonly name: string;
  readonly tree: AuthorTree;
  readonly changes: readonly RegistryChange[];
}

const LOAD_TIMEOUT_MS = 30_000;

/** Of paths and values in one conditional write; what etcd takes of one is twice as much, in JSON. */
const WRITE_BYTES_MAX = 500_000;

/**
 * Backs up the trees of an etcd. A write of a control plane that has been decided is completed first.
 *
 * @throws {FeatureStoreError} UNAVAILABLE, PERMISSION_DENIED; FAILED_PRECONDITION for a folder that is not new
 */
export function backUpRegistry(authors: RegistryAuthors, folder: string): Promise<Manifest> {
  return makeBackup(folder, async (target) => {
    const [block, row] = [await load(authors.block), await load(authors.row)];
    await writeRegistryFile(target, { block: block.entries, row: row.entries });
    return {
      kind: "registry",
      revisions: { block: block.revision, row: row.revision },
      counts: {
        [`${REGISTRY_FILE}/block`]: block.entries.size,
        [`${REGISTRY_FILE}/row`]: row.entries.size,
      },
      notes: [],
    };
  });
}

/**
 * Compares a backup with the trees that there are.
 *
 * @param isReplacing whether there may be something in the trees: what the backup does not have is deleted
 * @throws {FeatureStoreError} FAILED_PRECONDITION for a backup that is damaged, and a tree that is not empty
 */
export async function planRegistryRestore(
  folder: string,
  authors: RegistryAuthors,
  isReplacing: boolean,
): Promise<TreeRestore[]> {
  const { kind } = await verifyBackup(folder);
  if (kind !== "registry") throw refusedKind(folder, kind, "name a data folder with --data-folder");
  const kept: KeptTrees = await readRegistryFile(folder);
  const plans: TreeRestore[] = [];
  for (const dialect of DIALECTS) {
    const { name } = authors[dialect];
    const tree = await load(authors[dialect]);
    if (tree.entries.size > 0 && !isReplacing) {
      const reason = `${tree.entries.size} entries are there: --replace makes it as the backup is`;
      throw new FeatureStoreError("FAILED_PRECONDITION", `${name} is not empty: ${reason}`);
    }
    plans.push({ dialect, name, tree, changes: diffTree(tree.entries, kept[dialect]) });
  }
  return plans;
}

/**
 * Carries out what {@link planRegistryRestore} has planned, unless a tree was changed since. What fits into one conditional write is
 * written whole or not at all; more is repeated with `--replace` after a failure. Versions are switched on last.
 *
 * @throws {FeatureStoreError} ABORTED if somebody else has written; UNAVAILABLE: it may have been written
 */
export async function restoreRegistry(
  plans: readonly TreeRestore[],
  authors: RegistryAuthors,
): Promise<void> {
  for (const plan of plans) await restoreTree(plan, authors[plan.dialect]);
}

async function restoreTree({ name, tree, changes }: TreeRestore, author: RegistryAuthor) {
  let since = tree.authorRevision;
  for (const [index, part] of splitWrites(changes).entries()) {
    const isIntoEmpty = index === 0 && tree.entries.size === 0;
    const written = await author.writeIf(part, [
      { kind: "no-author-since", since },
      ...(isIntoEmpty ? [{ kind: "absent", path: "" } as const] : []),
    ]);
    if ("conflict" in written) {
      const done = index === 0 ? "nothing of it is restored" : "it is restored in part";
      const reason = `somebody else has written to it, ${done}: stop the control planes and try again`;
      throw new FeatureStoreError("ABORTED", `${name}: ${reason}`);
    }
    since = written.revision;
  }
}

/** Versions are switched on in the last parts. */
function splitWrites(changes: readonly RegistryChange[]): RegistryChange[][] {
  const isActivation = ({ path }: RegistryChange): boolean => path.endsWith("/active-version");
  const ordered = [
    ...changes.filter((change) => !isActivation(change)),
    ...changes.filter(isActivation),
  ];
  const parts: RegistryChange[][] = [];
  let sizeBytes = WRITE_BYTES_MAX;
  for (const change of ordered) {
    const own = Buffer.byteLength(change.path) + (change.value?.length ?? 0);
    if (sizeBytes + own > WRITE_BYTES_MAX) {
      parts.push([]);
      sizeBytes = 0;
    }
    parts.at(-1)?.push(change);
    sizeBytes += own;
  }
  return parts;
}

async function load(author: RegistryAuthor): Promise<AuthorTree> {
  return author.loadForWrite(AbortSignal.timeout(LOAD_TIMEOUT_MS));
}
