import type { Logger } from "@ofs/platform";
import type { CatalogFault, RowCatalog } from "@ofs/rows";
import type { FollowerCounts } from "../live/source-follower.ts";
import type { Listener } from "../live/subscribers.ts";
import type { Revision } from "../model.ts";
import type { RegistrySource } from "../source.ts";

/** Takes a new catalog. Called in the order of catalogs; what it throws is logged and counted. */
export type CatalogListener = Listener<RowCatalog>;

export interface RowRegistryOptions {
  /** Its root is `/row/<app name>/registry`. Stays the caller's: closing the registry does not close it. */
  readonly source: RegistrySource;
  readonly log: Logger;
  /** Where the last tree is kept, for a start while the source is down. Only its owner may read it. */
  readonly snapshotFile?: string | undefined;
  /** A first listener: it sees the very first catalog too. */
  readonly onChange?: CatalogListener | undefined;
  /** How long the start waits for the source before it serves from the file. Default 5 000. */
  readonly startTimeoutMs?: number | undefined;
}

export interface RowRegistryStatus {
  /** The source answers, and its changes arrive. */
  readonly isLive: boolean;
  /** The source's name. */
  readonly source: string;
  readonly revision: Revision;
  /** Where what is served now came from; undefined before the first catalog. */
  readonly loadedFrom: "source" | "file" | undefined;
  /** What keeps the source away; undefined while it is live. */
  readonly lastError: string | undefined;
  /** Why the file was not used; undefined if it was, or was not needed. */
  readonly fileError: string | undefined;
  /** Of the catalog served now. */
  readonly faults: readonly CatalogFault[];
  /** Counts since the start. */
  readonly counters: RowRegistryCounters;
}

export interface RowRegistryCounters extends Readonly<FollowerCounts> {
  /** New catalogs served. */
  readonly swapCount: number;
  /** Questions after the source's last change, for requests with unknown names. */
  readonly probeCount: number;
  readonly probeFailureCount: number;
  readonly fileWriteCount: number;
  readonly fileFailureCount: number;
  /** Listeners that threw. */
  readonly listenerFailureCount: number;
}

/** The row dialect's registry as a running process sees it: always the newest catalog, whatever the source does. */
export interface RowRegistry {
  /** One assignment swaps it: a request takes it once and uses it to its end. Undefined before the first one. */
  catalog(): RowCatalog | undefined;
  /** Up to where the source's history is applied; past the catalog's own if nothing changed since. */
  readonly revision: Revision;
  status(): RowRegistryStatus;
  /**
   * For a request that names what the catalog does not have: resolves when all is served that the source has now, or after
   * the time, or at once while the source is away. Never rejects.
   */
  waitForCurrent(maxMs: number): Promise<void>;
  /**
   * Waits until a revision is applied.
   *
   * @throws {FeatureStoreError} DEADLINE_EXCEEDED after the time, UNAVAILABLE if the registry is closed
   */
  waitFor(revision: Revision, timeoutMs: number): Promise<RowCatalog>;
  /** @returns a function that ends the subscription */
  onCatalog(listener: CatalogListener): () => void;
  /** Stops watching and writes the file. Idempotent. */
  close(): Promise<void>;
}
