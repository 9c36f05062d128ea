import type { DataType } from "@ofs/codec";
import type { Reader, RegistryFault, Revision, Snapshot, StoreDefinition } from "@ofs/registry";

/** What is wrong with a node: where, and why. */
export type CatalogFault = Pick<RegistryFault, "path" | "reason">;

/**
 * Everything the registry says at one revision, as it is written there: old versions, sources, jobs, and nodes too faulty
 * to be served. Maps are sorted by name.
 */
export interface Catalog {
  readonly revision: Revision;
  readonly entities: ReadonlyMap<string, CatalogEntity>;
  readonly stores: ReadonlyMap<string, CatalogStore>;
  readonly writers: ReadonlyMap<string, CatalogJob>;
  readonly readers: ReadonlyMap<string, CatalogJob>;
  /** By the path below `source/`: `entity|group|feature` where it is as it should be. */
  readonly sources: ReadonlyMap<string, CatalogSource>;
  /** What the data plane makes of the same tree. */
  readonly snapshot: Snapshot;
}

export interface CatalogEntity {
  readonly label: string;
  /** By sequence. */
  readonly keys: readonly CatalogKey[];
  readonly inMemoryCache: CatalogCache;
  readonly distributedCache: CatalogCache;
  readonly groups: ReadonlyMap<string, CatalogGroup>;
  readonly faults: readonly CatalogFault[];
}

export interface CatalogKey {
  /** Its name below `keys`, for example `0`. */
  readonly name: string;
  readonly sequence: number;
  /** Name callers use. */
  readonly label: string;
  readonly columnLabel: string;
}

/** As written: those of a cache that is off, too. */
export interface CatalogCache {
  readonly isEnabled: boolean;
  readonly ttlSeconds: number;
  readonly jitterPercent: number;
  readonly confId: number;
}

/** Numbers that cannot be read are 0 and texts empty; `faults` says so. */
export interface CatalogGroup {
  readonly entityLabel: string;
  readonly label: string;
  readonly id: number;
  readonly storeId: string;
  readonly jobId: string;
  readonly dataTypeName: string;
  readonly dataType: DataType | undefined;
  readonly ttlSeconds: number;
  readonly layoutVersion: number;
  readonly isInMemoryCached: boolean;
  readonly isDistributedCached: boolean;
  /** As written, for example `3`. */
  readonly activeVersion: string;
  readonly columns: readonly CatalogColumn[];
  /** Names of all versions, ascending. */
  readonly versionNames: readonly string[];
  /** Reads one version; undefined if there is none of that name. The same object each time. */
  version(name: string): CatalogVersion | undefined;
  /** Why the data plane does not serve it; undefined if it does, or if its entity is not served either. */
  readonly disabledReason: string | undefined;
  readonly faults: readonly CatalogFault[];
}

export interface CatalogColumn {
  readonly label: string;
  /** As the control plane accounts for it: what the features need at most. */
  readonly currentSizeBytes: number;
}

export interface CatalogVersion {
  readonly name: string;
  /** By sequence. */
  readonly features: readonly CatalogFeature[];
  readonly faults: readonly CatalogFault[];
}

export interface CatalogFeature {
  readonly label: string;
  readonly sequence: number;
  readonly stringLength: number;
  readonly vectorLength: number;
  /** As its author wrote it, vectors in brackets; made of the bytes where the text is not there or says something else. */
  readonly defaultText: string;
  /** What clients get where nothing is stored; undefined if the data type is unknown. */
  readonly defaultBytes: Uint8Array | undefined;
}

export interface CatalogStore {
  readonly id: string;
  readonly dbType: string;
  readonly confId: number;
  readonly table: string;
  readonly maxColumnSizeBytes: number;
  readonly maxRowSizeBytes: number;
  readonly primaryKeys: readonly string[];
  readonly tableTtlSeconds: number;
  /** As the data plane uses it; undefined if the node is faulty. */
  readonly definition: StoreDefinition | undefined;
  readonly faults: readonly CatalogFault[];
}

/** A writer job or a client, without its tokens. */
export interface CatalogJob {
  readonly id: string;
  readonly kind: "writer" | "reader";
  /** Credentials and scopes; undefined if the node is faulty: nobody is let in then. */
  readonly access: Reader | undefined;
  readonly faults: readonly CatalogFault[];
}

/** Where a feature's values come from. */
export interface CatalogSource {
  /** Name of its node below `source`. */
  readonly name: string;
  readonly entityLabel: string;
  readonly groupLabel: string;
  readonly featureLabel: string;
  /** Empty: the feature has no source. */
  readonly provider: string;
  readonly basePath: string;
  readonly column: string;
  readonly defaultText: string;
  readonly faults: readonly CatalogFault[];
}
