import type { Revision } from "./model.ts";
import type { RegistryChange, RegistrySource, RegistryTree } from "./source.ts";

/** What must be true of the tree for a write to take place. */
export type RegistryExpectation =
  /** Nothing at or below the path. */
  | { readonly kind: "absent"; readonly path: string }
  /** The value at the path has not been changed since the revision. */
  | { readonly kind: "unchanged"; readonly path: string; readonly since: Revision }
  /** Nobody has written through this port since the revision. Serialises writers that allocate ids. */
  | { readonly kind: "no-author-since"; readonly since: Revision };

export type ConditionalWrite =
  | { readonly revision: Revision }
  /** Nothing was written. */
  | { readonly conflict: RegistryExpectation };

/** A tree as those need it who write. */
export interface AuthorTree extends RegistryTree {
  /** At which somebody last wrote through the port; 0 = never. For `no-author-since`. */
  readonly authorRevision: Revision;
  /** Receipts of the newest conditional writes, {@link RECEIPTS_MAX} at most, the last one last. */
  readonly receipts: readonly string[];
}

/** A registry tree that several control planes may change at the same time. */
export interface RegistryAuthor extends RegistrySource {
  loadForWrite(signal: AbortSignal): Promise<AuthorTree>;
  /**
   * Writes all changes or none, if all expectations hold at that moment. A change whose path is `active-version` becomes
   * visible last where they do not fit into one transaction of the source.
   *
   * @param receipt kept with the write, if there is anything to write: whoever finds it in {@link AuthorTree.receipts} knows
   *   that this very write took place, whatever others have written since
   * @throws {FeatureStoreError} UNAVAILABLE; it may have been written then
   */
  writeIf(
    changes: readonly RegistryChange[],
    expectations: readonly RegistryExpectation[],
    receipt?: string,
  ): Promise<ConditionalWrite>;
}
