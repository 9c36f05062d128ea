import type { ColumnType, EntityMetadata, GroupMetadata, RowState, TenantConfig } from "@ofs/rows";

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

function columnsOf(types: Types) {
  return Object.entries(types).map(([name, type]) => ({ name, type, description: "", tags: [] }));
}
