import type { EntityMetadata, GroupMetadata, GroupVersion } from "@ofs/rows";

const COMMON = {
  state: "LIVE",
  owner: "someone@example.com",
  tags: ["a"],
  description: "",
  createdAt: 1_700_000_000_000,
  updatedAt: 1_700_000_000_000,
} as const;

export function rowEntity(name: string): EntityMetadata {
  const key = { name: "user_id", type: "BIGINT", description: "", tags: [] } as const;
  return {
    name,
    entity: { tableName: name, features: [key], primaryKeys: ["user_id"] },
    ...COMMON,
  };
}

/** A version of a feature group of the entity `user`. */
export function rowGroup(name: string, version: string): GroupMetadata {
  const wins = { name: "wins", type: "INT", description: "games won", tags: ["x"] } as const;
  return {
    name,
    versionEnabled: true,
    version,
    featureGroupType: "ONLINE",
    featureGroup: {
      featureGroupName: name,
      versionEnabled: true,
      featureGroupType: "ONLINE",
      entityName: "user",
      features: [wins],
    },
    tenant: { read: "default-tenant", write: "default-tenant", consume: "default-tenant" },
    ...COMMON,
  };
}

export function rowVersion(name: string, latestVersion: string): GroupVersion {
  return { name, latestVersion, updatedAt: COMMON.updatedAt };
}
