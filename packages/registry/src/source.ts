import type { Revision } from "./model.ts";

/** The whole tree at one revision. Paths are relative to the root, without a leading slash. */
export interface RegistryTree {
  readonly entries: ReadonlyMap<string, Uint8Array>;
  readonly revision: Revision;
}

export interface RegistryChange {
  readonly path: string;
  /** undefined = deleted. */
  readonly value: Uint8Array | undefined;
}

/** All changes of one or more consecutive revisions. */
export interface RegistryChanges {
  readonly changes: readonly RegistryChange[];
  readonly revision: Revision;
}

export interface RegistryWatcher {
  onChanges(changes: RegistryChanges): void;
  /** The watch has a gap (compaction, long disconnect, changed credentials): load the tree again. */
  onGap(reason: string): void;
  /** The source cannot be reached (`isUp` false), or can again. */
  onConnection(isUp: boolean, reason: string): void;
}

/** Where the registry tree lives: etcd, the embedded data folder. */
export interface RegistrySource {
  readonly name: string;
  /** @throws {FeatureStoreError} UNAVAILABLE */
  load(signal: AbortSignal): Promise<RegistryTree>;
  /** Reports everything after `fromRevision`, until the returned function is called. */
  watch(fromRevision: Revision, watcher: RegistryWatcher): () => Promise<void>;
  /**
   * A cheap question, for readers that must know whether they have seen everything.
   *
   * @returns a revision that all present entries were written at or before, and not after the tree's last change; 0 if it
   * is empty
   * @throws {FeatureStoreError} UNAVAILABLE
   */
  lastChange(signal: AbortSignal): Promise<Revision>;
  /** Applies all changes or none. @returns the revision they became visible at */
  write(changes: readonly RegistryChange[]): Promise<Revision>;
  close(): Promise<void>;
}
