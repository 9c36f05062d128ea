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

/** A registry tree that several control planes may change at the same time. */
export interface RegistryAuthor extends RegistrySource {
  /** With the revision at which somebody last wrote through this port (0 = never), for `no-author-since`. */
  loadForWrite(signal: AbortSignal): Promise<RegistryTree & { readonly authorRevision: Revision }>;
  /**
   * Writes all changes or none, if all expectations hold at that moment. A change whose path is `active-version` becomes
   * visible last where they do not fit into one transaction of the source.
   *
   * @throws {FeatureStoreError} UNAVAILABLE; it may have been written then
   */
  writeIf(
    changes: readonly RegistryChange[],
    expectations: readonly RegistryExpectation[],
  ): Promise<ConditionalWrite>;
}
