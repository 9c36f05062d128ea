import type { CatalogFault, RowCatalog } from "@ofs/rows";
import type {
  FollowedSourceCounters,
  FollowedSourceOptions,
  FollowedSourceStatus,
} from "../live/followed-source.ts";
import type { Listener } from "../live/subscribers.ts";
import type { Revision } from "../model.ts";
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

/** The root of its source is `/row/<app name>/registry`. */
export interface RowRegistryOptions extends FollowedSourceOptions<RowCatalog> {
  /** Asked while the source has not answered since the start. Stays the caller's. */
  readonly backup?: RowBackup | undefined;
  /** Between two looks at the backup. Default 60 000. */
  readonly backupIntervalMs?: number | undefined;
}

/** Counts since the start. */
export interface RowRegistryCounters extends FollowedSourceCounters {
  /** Questions after the source's last change, for requests with unknown names. */
  readonly probeCount: number;
  readonly probeFailureCount: number;
}

export interface RowRegistryStatus
  extends Omit<FollowedSourceStatus<CatalogFault, RowRegistryCounters>, "loadedFrom"> {
  /** Where the newest of what is served now came from; undefined before the first catalog. */
  readonly loadedFrom: "source" | "file" | "backup" | undefined;
  /** Why the backup was not used when it was last asked; undefined if it was, or was not needed. */
  readonly backupError: string | undefined;
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
