import type { RegistryFault, Revision, Snapshot } from "../model.ts";
import type {
  FollowedSourceCounters,
  FollowedSourceOptions,
  FollowedSourceStatus,
} from "./followed-source.ts";
import type { Listener } from "./subscribers.ts";

/** Takes a new snapshot. Called in the order of snapshots; what it throws is logged and counted. */
export type SnapshotListener = Listener<Snapshot>;

export interface RegistryOptions extends FollowedSourceOptions<Snapshot> {
  /**
   * Whether a store, entity or feature group whose node turns faulty serves on in its last good form
   * (default), or is disabled at once. Readers are always disabled.
   */
  readonly keepsLastGood?: boolean | undefined;
}

/** Counts since the start. */
export interface RegistryCounters extends FollowedSourceCounters {
  /** Forced reads of {@link Registry.refresh} that were carried out. */
  readonly refreshCount: number;
}

export type RegistryStatus = FollowedSourceStatus<RegistryFault, RegistryCounters>;

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
