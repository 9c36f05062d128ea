import type {
  Column,
  ColumnType,
  EntityMetadata,
  GroupMetadata,
  RowState,
  TenantConfig,
} from "@ofs/rows";
import { RowCatalog } from "@ofs/rows";

const DEFAULT_TENANTS: TenantConfig = {
  read: "default-tenant",
  write: "default-tenant",
  consume: "default-tenant",
};

const REGISTERED = {
  owner: "team@example.com",
  tags: [],
  description: "",
  createdAt: 1,
  updatedAt: 1,
};

/** Types by column name. */
export type Types = Readonly<Record<string, ColumnType>>;

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
  readonly version?: string;
  readonly versionEnabled?: boolean;
  readonly state?: RowState;
  readonly tenant?: Partial<TenantConfig>;
}

export function groupOf(
  name: string,
  entityName: string,
  types: Types,
  { version = "v1", versionEnabled = true, state = "LIVE", tenant = {} }: GroupExtras = {},
): GroupMetadata {
  const featureGroupType = "ONLINE";
  const features = columnsOf(types);
  return {
    name,
    versionEnabled,
    version,
    featureGroupType,
    featureGroup: {
      featureGroupName: name,
      versionEnabled,
      featureGroupType,
      entityName,
      features,
    },
    state,
    tenant: { ...DEFAULT_TENANTS, ...tenant },
    ...REGISTERED,
  };
}

/** Of several versions of a group the last in the list is the latest. */
export function catalogOf(
  entities: readonly EntityMetadata[],
  groups: readonly GroupMetadata[],
): RowCatalog {
  const latest = new Map(groups.map(({ name, version }) => [name, version]));
  const versions = [...latest].map(([name, latestVersion]) => ({
    name,
    latestVersion,
    updatedAt: 1,
  }));
  return RowCatalog.build({ entities, groups, versions, consumers: [], populators: [] });
}

function columnsOf(types: Types): Column[] {
  return Object.entries(types).map(([name, type]) => ({ name, type, description: "", tags: [] }));
}
