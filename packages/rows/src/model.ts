/** The types that a column can have, as the API and CQL name them. */
export const COLUMN_TYPES = [
  "ASCII",
  "BIGINT",
  "BLOB",
  "BOOLEAN",
  "DECIMAL",
  "DOUBLE",
  "FLOAT",
  "INET",
  "INT",
  "TEXT",
  "TIMESTAMP",
  "TIMEUUID",
  "UUID",
  "VARCHAR",
  "VARINT",
] as const;

export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A column as its owner registered it. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly description: string;
  readonly tags: readonly string[];
}

/** Longest time that a store can keep a value for: 20 years. */
export const TTL_SECONDS_MAX = 630_720_000;

/** A table with typed key columns. */
export interface EntityDefinition {
  readonly tableName: string;
  /** The keys among them, and columns that all feature groups share. */
  readonly features: readonly Column[];
  /** The first is the partition key, the others order the rows of a partition. */
  readonly primaryKeys: readonly string[];
  /** Seconds, at most {@link TTL_SECONDS_MAX}; absent or 0: values do not expire. */
  readonly ttl?: number;
}

export const GROUP_TYPES = ["ONLINE", "OFFLINE"] as const;

export type GroupType = (typeof GROUP_TYPES)[number];

/** A named set of columns that are attached to an entity; each version has columns of its own. */
export interface GroupDefinition {
  readonly featureGroupName: string;
  /** False: the columns' storage names carry no version, and there is only one. */
  readonly versionEnabled: boolean;
  readonly featureGroupType: GroupType;
  readonly entityName: string;
  readonly features: readonly Column[];
}

export const ROW_STATES = ["LIVE", "ARCHIVED"] as const;

export type RowState = (typeof ROW_STATES)[number];

/** Which named connections and topic a feature group uses. */
export interface TenantConfig {
  readonly read: string;
  readonly write: string;
  readonly consume: string;
}

/** The tenant of everything that names none. */
export const DEFAULT_TENANT = "default-tenant";

/** Times are Unix milliseconds. */
export interface EntityMetadata {
  readonly name: string;
  readonly entity: EntityDefinition;
  readonly state: RowState;
  readonly owner: string;
  readonly tags: readonly string[];
  readonly description: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface GroupMetadata {
  readonly name: string;
  readonly versionEnabled: boolean;
  /** `v1`, `v2`, ... */
  readonly version: string;
  readonly featureGroupType: GroupType;
  readonly featureGroup: GroupDefinition;
  readonly owner: string;
  readonly state: RowState;
  readonly tags: readonly string[];
  readonly tenant: TenantConfig;
  readonly description: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface GroupVersion {
  readonly name: string;
  readonly latestVersion: string;
  readonly updatedAt: number;
}

export interface ConsumerMetadata {
  readonly tenantName: string;
  readonly topicName: string;
  readonly numPartitions: number;
  readonly numConsumers: number;
  readonly updatedAt: number;
}

export interface PopulatorMetadata {
  readonly tenantName: string;
  readonly numWorkers: number;
  readonly updatedAt: number;
}
