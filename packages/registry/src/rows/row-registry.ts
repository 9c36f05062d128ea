import type { Logger } from "@ofs/platform";
import type { CatalogFault, RowCatalog } from "@ofs/rows";
import type { FollowerCounts } from "../live/source-follower.ts";
import type { Listener } from "../live/subscribers.ts";
import type { Revision } from "../model.ts";
import type { RegistrySource } from "../source.ts";
import type { RowEntry } from "./row-entries.ts";

/** Takes a new catalog. Called in the order of catalogs; what it throws is logged and counted. */
export type CatalogListener = Listener<RowCatalog>;

/** A copy of the registry, for a start while its source is away. */
export interface RowBackup {
  /** For logs. */
  readonly name: string;
  /** @returns undefined if nothing has been copied yet @throws if it cannot be read */
  load(signal: AbortSignal): Promise<readonly RowEntry[] | undefined>;
}

export interface RowRegistryOptions {
  /** Its root is `/row/<app name>/registry`. Stays the caller's: closing the registry does not close it. */
  readonly source: RegistrySource;
  readonly log: Logger;
  /** Where the last tree is kept, for a start while the source is down. Only its owner may read it. */
  readonly snapshotFile?: string | undefined;
  /** A first listener: it sees the very first catalog too. */
  readonly onChange?: CatalogListener | undefined;
  /** Asked while the source has not answered since the start. Stays the caller's. */
  readonly backup?: RowBackup | undefined;
  /** How long the start waits for the source before it serves from the file and the backup. Default 5 000. */
  readonly startTimeoutMs?: number | undefined;
  /** Between two looks at the backup. Default 60 000. */
  readonly backupIntervalMs?: number | undefined;
}

export interface RowRegistryStatus {
  /** The source answers, and its changes arrive. */
  readonly isLive: boolean;
  /** The source's name. */
  readonly source: string;
  readonly revision: Revision;
  /** Where the newest of what is served now came from; undefined before the first catalog. */
  readonly loadedFrom: "source" | "file" | "backup" | undefined;
  /** What keeps the source away; undefined while it is live. */
  readonly lastError: string | undefined;
  /** Why the file was not used; undefined if it was, or was not needed. */
  readonly fileError: string | undefined;
  /** Why the backup was not used when it was last asked; undefined if it was, or was not needed. */
  readonly backupError: string | undefined;
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
