import { FeatureStoreError, type Logger } from "@ofs/platform";
import {
  applyChanges,
  type ConfigNode,
  createTree,
  type RegistryChanges,
  type RegistrySource,
  type RegistryTree,
  type Revision,
  SnapshotParser,
  SourceFollower,
} from "@ofs/registry";
import type { Catalog } from "./model.ts";
import { KnownNodes, readCatalog } from "./read-catalog.ts";

interface ViewState {
  readonly root: ConfigNode;
  readonly revision: Revision;
}

/** Where discovery takes the registry from: always the newest that has arrived. */
export interface CatalogView {
  /** @throws {FeatureStoreError} UNAVAILABLE before the first tree */
  current(): Catalog;
}

/**
 * The registry as it is, kept up to date by watching. Unlike the data plane's it holds what is faulty, old and not served.
 * Catalogs are made when they are asked for, one for each revision.
 */
export class LiveCatalog implements CatalogView {
  readonly #follower: SourceFollower;
  readonly #sourceName: string;
  readonly #parser = new SnapshotParser({ keepsLastGood: false });
  readonly #known = new KnownNodes();
  #state: ViewState | undefined;
  #catalog: Catalog | undefined;
  #changeRevision: Revision | undefined;
  readonly #waiters = new Set<() => void>();
  #isClosed = false;

  /** @param source stays the caller's: closing the view does not close it */
  constructor(source: RegistrySource, log: Logger) {
    this.#sourceName = source.name;
    this.#follower = new SourceFollower(source, log, {
      onTree: async (tree) => this.#takeTree(tree),
      onChanges: (batches) => this.#takeChanges(batches),
    });
  }

  /** Resolves after the first attempt to read the tree, whatever its outcome; goes on trying. */
  start(): Promise<void> {
    return this.#follower.start();
  }

  /** The registry answers, and its changes arrive. */
  get isLive(): boolean {
    return this.#follower.isLive;
  }

  /** What keeps the registry away; undefined while it is live. */
  get lastError(): string | undefined {
    const { lastError } = this.#follower;
    return lastError === undefined ? undefined : `${this.#sourceName}: ${lastError}`;
  }

  /** Of what is known of the registry; undefined before the first tree. */
  get revision(): Revision | undefined {
    return this.#state?.revision;
  }

  /**
   * Of the last change that has arrived, which everybody who follows the registry has or is about to get; undefined if none
   * has. The revision of a tree that was read whole says less: where others share the source's numbers, they may be theirs.
   */
  get changeRevision(): Revision | undefined {
    return this.#changeRevision;
  }

  current(): Catalog {
    const state = this.#state;
    if (state === undefined) {
      const why = this.#follower.lastError ?? "its tree has not arrived yet";
      throw new FeatureStoreError("UNAVAILABLE", `registry ${this.#sourceName}: ${why}`);
    }
    if (this.#catalog?.revision !== state.revision) {
      const snapshot = this.#parser.parse(state.root, state.revision);
      this.#catalog = readCatalog(state.root, snapshot, this.#known);
    }
    return this.#catalog;
  }

  /**
   * Waits until a revision has arrived, so that who has written it reads it too.
   *
   * @returns whether it has arrived in time; false at once if the catalog is closed
   */
  async waitFor(revision: Revision, timeoutMs: number): Promise<boolean> {
    const hasArrived = (): boolean => (this.#state?.revision ?? -1) >= revision;
    if (hasArrived() || this.#isClosed) return hasArrived();
    return new Promise((resolve) => {
      const end = (isThere: boolean): void => {
        clearTimeout(timer);
        this.#waiters.delete(check);
        resolve(isThere);
      };
      const check = (): void => {
        if (hasArrived() || this.#isClosed) end(hasArrived());
      };
      const timer = setTimeout(() => end(false), timeoutMs);
      this.#waiters.add(check);
    });
  }

  /** Ends all waiting, too. Idempotent. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    return this.#follower.close();
  }

  #takeTree({ entries, revision }: RegistryTree): void {
    // The source was restored from an older state, or is another one now.
    if (revision < (this.#changeRevision ?? 0)) this.#changeRevision = undefined;
    this.#set({ root: createTree(entries), revision });
  }

  #takeChanges(batches: readonly RegistryChanges[]): void {
    const state = this.#state;
    if (state === undefined) return;
    let { root, revision } = state;
    for (const batch of batches) {
      if (batch.revision <= revision) continue;
      root = applyChanges(root, batch.changes);
      revision = batch.revision;
      this.#changeRevision = revision;
    }
    this.#set({ root, revision });
  }

  #set(state: ViewState): void {
    this.#state = state;
    this.#wake();
  }

  #wake(): void {
    for (const check of [...this.#waiters]) check();
  }
}
