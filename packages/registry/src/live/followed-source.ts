import type { Logger } from "@ofs/platform";
import type { Revision } from "../model.ts";
import type { RegistrySource } from "../source.ts";
import type { FollowerCounts } from "./source-follower.ts";
import type { Listener } from "./subscribers.ts";

/** Default of {@link FollowedSourceOptions.startTimeoutMs}. */
export const START_TIMEOUT_MS = 5_000;

/** What a registry of either dialect is opened with: it follows a source, and serves what it makes of its tree. */
export interface FollowedSourceOptions<Served> {
  /** Stays the caller's: closing the registry does not close it. */
  readonly source: RegistrySource;
  /**
   * Where the last tree is kept, for a start while the source is down. It holds what the tree holds,
   * tokens too, and only its owner may read it.
   */
  readonly snapshotFile?: string | undefined;
  readonly log: Logger;
  /** A first listener: it sees the very first of what is served too. */
  readonly onChange?: Listener<Served> | undefined;
  /** How long the start waits for the source before it serves from the file. Default 5 000. */
  readonly startTimeoutMs?: number | undefined;
}

/** Counts since the start. */
export interface FollowedSourceCounters extends Readonly<FollowerCounts> {
  /** Times that something new was served. */
  readonly swapCount: number;
  readonly fileWriteCount: number;
  readonly fileFailureCount: number;
  /** Listeners that threw. */
  readonly listenerFailureCount: number;
}

/** How current and how healthy it is what a registry of either dialect serves. */
export interface FollowedSourceStatus<Fault, Counters extends FollowedSourceCounters> {
  /** The source answers, and its changes arrive. */
  readonly isLive: boolean;
  /** The source's name. */
  readonly source: string;
  readonly revision: Revision;
  /** Where what is served now came from; undefined as long as nothing is. */
  readonly loadedFrom: "source" | "file" | undefined;
  /** What keeps the source away; undefined while it is live. */
  readonly lastError: string | undefined;
  /** Why the snapshot file was not used; undefined if it was, or was not needed. */
  readonly fileError: string | undefined;
  /** Of what is served now. */
  readonly faults: readonly Fault[];
  readonly counters: Counters;
}
