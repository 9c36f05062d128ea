import {
  type Column,
  type ColumnType,
  DEFAULT_TENANT,
  type EntityMetadata,
  type GroupMetadata,
  type GroupVersion,
} from "@ofs/rows";

export function column(name: string, type: ColumnType): Column {
  return { name, type, description: "", tags: [] };
}

/** Keys `user_id` and `season`, and a column that all groups share. */
export function entity(name: string, more: Partial<EntityMetadata> = {}): EntityMetadata {
  return {
    name,
    entity: {
      tableName: name,
      features: [column("country", "TEXT"), column("season", "INT"), column("user_id", "BIGINT")],
      primaryKeys: ["user_id", "season"],
    },
    state: "LIVE",
    owner: "someone@example.com",
    tags: [],
    description: "",
    createdAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_000,
    ...more,
  };
}

export interface GroupOptions extends Partial<GroupMetadata> {
  readonly entityName?: string;
  readonly columns?: readonly Column[];
}

export function group(name: string, version: string, options: GroupOptions = {}): GroupMetadata {
  const { entityName = "user", columns = [column("wins", "INT")], ...more } = options;
  const versionEnabled = more.versionEnabled ?? true;
  return {
    name,
    versionEnabled,
    version,
    featureGroupType: "ONLINE",
    featureGroup: {
      featureGroupName: name,
      versionEnabled,
      featureGroupType: "ONLINE",
      entityName,
      features: columns,
    },
    owner: "someone@example.com",
    state: "LIVE",
    tags: [],
    tenant: { read: DEFAULT_TENANT, write: DEFAULT_TENANT, consume: DEFAULT_TENANT },
    description: "",
    createdAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_000,
    ...more,
  };
}

export function latest(name: string, latestVersion: string): GroupVersion {
  return { name, latestVersion, updatedAt: 1_700_000_000_000 };
}
