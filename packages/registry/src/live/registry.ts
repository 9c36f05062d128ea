import type { Logger } from "@ofs/platform";
import type { RegistryFault, Revision, Snapshot } from "../model.ts";
import type { RegistrySource } from "../source.ts";

/** Takes a new snapshot. Called in the order of snapshots; what it throws is logged and counted. */
export type SnapshotListener = (snapshot: Snapshot, previous: Snapshot | undefined) => void;

export interface RegistryOptions {
  /** Stays the caller's: closing the registry does not close it. */
  readonly source: RegistrySource;
  /**
   * Where the last tree is kept, for a start while the source is down. It holds what the tree holds,
   * tokens too, and only its owner may read it.
   */
  readonly snapshotFile?: string | undefined;
  readonly log: Logger;
  /** A first listener: it sees the very first snapshot too. */
  readonly onChange?: SnapshotListener | undefined;
  /**
   * Whether a store, entity or feature group whose node turns faulty serves on in its last good form
   * (default), or is disabled at once. Readers are always disabled.
   */
  readonly keepsLastGood?: boolean | undefined;
  /** How long the start waits for the source before it serves from the file. Default 5 000. */
  readonly startTimeoutMs?: number | undefined;
}

/** Counts since the start. */
export interface RegistryCounters {
  /** New snapshots served. */
  readonly swapCount: number;
  /** Whole trees read from the source. */
  readonly listCount: number;
  /** Reads of the whole tree that failed. */
  readonly listFailureCount: number;
  /** Breaks in the watch after which the whole tree is read again. */
  readonly gapCount: number;
  /** Times the source went out of reach. */
  readonly disconnectCount: number;
  /** Changed paths that the watch reported. */
  readonly changeCount: number;
  /** Forced reads of {@link Registry.refresh} that were carried out. */
  readonly refreshCount: number;
  readonly fileWriteCount: number;
  readonly fileFailureCount: number;
  /** Listeners that threw. */
  readonly listenerFailureCount: number;
}

export interface RegistryStatus {
  /** The source answers, and its changes arrive. */
  readonly isLive: boolean;
  /** The source's name. */
  readonly source: string;
  readonly revision: Revision;
  /** Where what is served now came from; undefined before the first snapshot. */
  readonly loadedFrom: "source" | "file" | undefined;
  /** What keeps the source away; undefined while it is live. */
  readonly lastError: string | undefined;
  /** Why the snapshot file was not used; undefined if it was, or was not needed. */
  readonly fileError: string | undefined;
  /** Of the snapshot served now. */
  readonly faults: readonly RegistryFault[];
  readonly counters: RegistryCounters;
}

/** The registry as a running process sees it: always the newest snapshot, whatever the source does. */
export interface Registry {
  /** One assignment swaps it: a request takes it once and uses it to its end. */
  snapshot(): Snapshot | undefined;
  /** Up to where the source's history is applied; past the snapshot's own if nothing changed since. */
  readonly revision: Revision;
  status(): RegistryStatus;
  /**
   * Reads the whole tree again, for a reader that met something newer than the snapshot. Calls share
   * one read; within a second of the last one nothing is read, and the pause doubles up to 30 seconds
   * while such reads find nothing new. Never rejects: a failure is in {@link status}.
   */
  refresh(): Promise<void>;
  /** @returns a function that ends the subscription */
  onSnapshot(listener: SnapshotListener): () => void;
  /**
   * Waits until a revision is applied, or until a snapshot fits.
   *
   * @throws {FeatureStoreError} DEADLINE_EXCEEDED after the time, UNAVAILABLE if the registry is closed
   */
  waitFor(
    target: Revision | ((snapshot: Snapshot) => boolean),
    timeoutMs: number,
  ): Promise<Snapshot>;
  /** Stops watching and writes the snapshot file. Idempotent. */
  close(): Promise<void>;
}
