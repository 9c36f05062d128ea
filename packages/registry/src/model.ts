import type { DataType, FeatureLayout } from "@ofs/codec";

/** Where the snapshot was read: position in the source's history. Grows with each change. */
export type Revision = number;

/** Everything the registry says at one revision. Immutable; replaced as a whole. */
export interface Snapshot {
  readonly revision: Revision;
  /** By label. Entities whose nodes are faulty as a whole are in `disabledEntities` instead. */
  readonly entities: ReadonlyMap<string, Entity>;
  /** Entity label -> why it cannot be served. */
  readonly disabledEntities: ReadonlyMap<string, string>;
  /** By store id. */
  readonly stores: ReadonlyMap<string, StoreDefinition>;
  /** By caller id. */
  readonly readers: ReadonlyMap<string, Reader>;
  /** By manager name, for example `distributed_cache`. */
  readonly breakers: ReadonlyMap<string, BreakerConfig>;
  /** 0-100. */
  readonly peerCachePercentage: number;
  /** Each faulty node once, the first fault of it. */
  readonly faults: readonly RegistryFault[];
}

export interface Entity {
  readonly label: string;
  /** In `sequence` order. */
  readonly keys: readonly EntityKey[];
  /** Position in `keys` by the name callers use in `keys_schema`. */
  readonly keyIndexes: ReadonlyMap<string, number>;
  readonly processCache: CacheSettings;
  readonly distributedCache: CacheSettings;
  readonly peerCache: CacheSettings;
  /** By label, healthy ones only. */
  readonly groups: ReadonlyMap<string, FeatureGroup>;
  /** Group label -> why it cannot be served. */
  readonly disabledGroups: ReadonlyMap<string, string>;
  /** Groups with `isDistributedCached`, by ascending id: what a distributed cache record holds. */
  readonly distributedGroups: readonly FeatureGroup[];
}

export interface EntityKey {
  /** Name callers use. */
  readonly label: string;
  /** Column of the store's table. */
  readonly columnLabel: string;
}

export interface CacheSettings {
  readonly isEnabled: boolean;
  /** 0 = no expiry. */
  readonly ttlSeconds: number;
  /** 0-100: the TTL varies by up to this share of itself, either way. */
  readonly jitterPercent: number;
  /** Which configured connection or cache; undefined where the registry names none. */
  readonly confId: number | undefined;
}

export interface FeatureGroup {
  readonly entityLabel: string;
  readonly label: string;
  /** 0-65535, unique in the entity. */
  readonly id: number;
  readonly storeId: string;
  readonly dataType: DataType;
  /** 0 = never expires. */
  readonly ttlSeconds: number;
  readonly layoutVersion: number;
  /** The group's flag and the entity's cache, both on. */
  readonly isProcessCached: boolean;
  readonly isDistributedCached: boolean;
  /** Store columns of the block's pieces, sorted as text. */
  readonly columns: readonly string[];
  readonly versions: ReadonlyMap<number, FeatureSchema>;
  /** `versions.get(activeVersion)`. */
  readonly active: FeatureSchema;
}

/** One version of a group's feature list. Arrays are by sequence. */
export interface FeatureSchema {
  readonly version: number;
  readonly labels: readonly string[];
  readonly sequences: ReadonlyMap<string, number>;
  readonly layout: FeatureLayout;
  /** Normalised: exactly the bytes a client gets for a stored feature of that value. */
  readonly defaults: readonly Uint8Array[];
}

export type DbType =
  | "scylla"
  | "redis_failover"
  | "redis_standalone"
  | "redis_cluster"
  | "embedded";

export interface StoreDefinition {
  readonly id: string;
  readonly dbType: DbType;
  /** Which configured connection; 0 for embedded, which needs none. */
  readonly confId: number;
  readonly table: string;
  readonly maxColumnSizeBytes: number;
  readonly maxRowSizeBytes: number;
  readonly primaryKeys: readonly string[];
  /** 0 = none. */
  readonly tableTtlSeconds: number;
}

/** A caller that may use the data plane. */
export interface Reader {
  readonly callerId: string;
  /** Tokens accepted now; a `previous` one only until its `untilSeconds`. None of a caller that is revoked. */
  readonly credentials: readonly Credential[];
  /** Whether all its tokens were taken from it: it is there, and nobody may call in its name. */
  readonly isRevoked: boolean;
  /** undefined = all entities. */
  readonly entities: ReadonlySet<string> | undefined;
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
}

export interface Credential {
  /** SHA-256 of the token: 32 bytes. */
  readonly sha256: Uint8Array;
  /** Unix seconds after which it is refused; undefined = no end. */
  readonly untilSeconds: number | undefined;
}

/** Settings of one circuit breaker manager. */
export interface BreakerConfig {
  readonly name: string;
  readonly isEnabled: boolean;
  /** Per cent of executions in the window. */
  readonly failureRateThreshold: number;
  readonly failureRateMinimumExecutions: number;
  readonly failureRateWindowMs: number;
  readonly successCountThreshold: number;
  readonly successCountWindow: number;
  /** How long it stays open. */
  readonly openMs: number;
  readonly keys: ReadonlyMap<string, BreakerKey>;
}

export interface BreakerKey {
  readonly isEnabled: boolean;
  readonly forcedState: "open" | "closed" | "none";
}

export interface RegistryFault {
  /** Relative to the root, for example `entities/user/feature-groups/scores/data-type`. */
  readonly path: string;
  readonly reason: string;
  /** What does not serve because of it. */
  readonly disables: "entity" | "feature-group" | "store" | "reader" | "nothing";
}
