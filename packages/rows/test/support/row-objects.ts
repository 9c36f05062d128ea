import {
  type Column,
  type ColumnType,
  DEFAULT_TENANTS,
  type EntityMetadata,
  type GroupMetadata,
  type GroupVersion,
  RowCatalog,
  type RowState,
  type TenantConfig,
} from "@ofs/rows";

const REGISTERED = {
  owner: "team@example.com",
  tags: ["a", "b"],
  description: "of the tests",
  createdAt: 1_700_000_000_000,
  updatedAt: 1_700_000_000_001,
};

/** Types by column name. */
export type Types = Readonly<Record<string, ColumnType>>;

/** @param ttl in seconds */
export function entityOf(
  name: string,
  types: Types,
  primaryKeys: readonly string[],
  ttl?: number,
): EntityMetadata {
  const features = columnsOf(types);
  const entity = { tableName: name, features, primaryKeys, ...(ttl === undefined ? {} : { ttl }) };
  return { name, entity, state: "LIVE", ...REGISTERED };
}

export interface GroupExtras {
  /** Default `v1`. */
  readonly version?: string;
  readonly versionEnabled?: boolean;
  readonly state?: RowState;
  readonly tenant?: Partial<TenantConfig>;
}

/** A version of a feature group. */
export function groupOf(
  name: string,
  entityName: string,
  types: Types,
  { version = "v1", versionEnabled = true, state = "LIVE", tenant = {} }: GroupExtras = {},
): GroupMetadata {
  const shared = { versionEnabled, featureGroupType: "ONLINE" as const };
  return {
    name,
    version,
    ...shared,
    featureGroup: { featureGroupName: name, entityName, features: columnsOf(types), ...shared },
    state,
    tenant: { ...DEFAULT_TENANTS, ...tenant },
    ...REGISTERED,
  };
}

export function latestOf(name: string, latestVersion: string): GroupVersion {
  return { name, latestVersion, updatedAt: REGISTERED.updatedAt };
}

/** Of several versions of a group the last in the list is the latest. */
export function versionsOf(groups: readonly GroupMetadata[]): GroupVersion[] {
  const latest = new Map(groups.map(({ name, version }) => [name, version]));
  return [...latest].map(([name, version]) => latestOf(name, version));
}

export function catalogOf(
  entities: readonly EntityMetadata[],
  groups: readonly GroupMetadata[],
): RowCatalog {
  const versions = versionsOf(groups);
  return RowCatalog.build({ entities, groups, versions, consumers: [], populators: [] });
}

function columnsOf(types: Types): Column[] {
  return Object.entries(types).map(([name, type]) => ({
    name,
    type,
    description: `the ${name}`,
    tags: [name],
  }));
}
