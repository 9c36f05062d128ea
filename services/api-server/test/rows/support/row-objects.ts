import { encodeEntity, encodeGroup, encodeGroupVersion, type RowEntry } from "@ofs/registry";
import {
  type ColumnType,
  type EntityMetadata,
  type EntityTable,
  type GroupMetadata,
  type GroupVersion,
  RowCatalog,
  type RowState,
  type StoredColumn,
  type TenantConfig,
} from "@ofs/rows";

/** Types by column name. */
export type Types = Readonly<Record<string, ColumnType>>;

const REGISTERED = {
  owner: "team@example.com",
  tags: [],
  description: "",
  createdAt: 1,
  updatedAt: 1,
};

export function entityOf(
  name: string,
  types: Types,
  primaryKeys: readonly string[],
): EntityMetadata {
  const entity = { tableName: name, features: columnsOf(types), primaryKeys };
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
  const features = columnsOf(types);
  const shared = { versionEnabled, featureGroupType: "ONLINE" as const };
  const defaultTenants = {
    read: "default-tenant",
    write: "default-tenant",
    consume: "default-tenant",
  };
  return {
    name,
    version,
    ...shared,
    featureGroup: { featureGroupName: name, entityName, features, ...shared },
    state,
    tenant: { ...defaultTenants, ...tenant },
    ...REGISTERED,
  };
}

/** Entries of the registry; of several versions of a group the last is the latest. */
export function entriesOf(
  entities: readonly EntityMetadata[],
  groups: readonly GroupMetadata[],
): RowEntry[] {
  return [
    ...entities.map(encodeEntity),
    ...groups.map(encodeGroup),
    ...versionsOf(groups).map(encodeGroupVersion),
  ];
}

/** What the stores must have for these objects: of each group its table, the columns beside the keys, and whose store. */
export function tablesOf(
  entities: readonly EntityMetadata[],
  groups: readonly GroupMetadata[],
): { tenants: ReadonlySet<string>; table: EntityTable; columns: readonly StoredColumn[] }[] {
  const parts = { entities, groups, versions: versionsOf(groups), consumers: [], populators: [] };
  return RowCatalog.build(parts)
    .groups()
    .map(({ table, columns, metadata: { tenant } }) => ({
      tenants: new Set([tenant.read, tenant.write]),
      table,
      columns: [...columns.values()].filter(({ isKey }) => !isKey).map((one) => one.stored),
    }));
}

function versionsOf(groups: readonly GroupMetadata[]): GroupVersion[] {
  const latest = new Map(groups.map(({ name, version }) => [name, version]));
  return [...latest].map(([name, latestVersion]) => ({ name, latestVersion, updatedAt: 1 }));
}

function columnsOf(types: Types) {
  return Object.entries(types).map(([name, type]) => ({ name, type, description: "", tags: [] }));
}
