/** What the tests create. */
export const OWNER = "ada@example.org";

export function column(name: string, type = "INT"): Record<string, unknown> {
  return { name, type, description: "", tags: [] };
}

/** Body of a creation of an entity with two keys and one shared column. */
export function entityBody(
  tableName: string,
  change: Record<string, unknown> = {},
  envelope: Record<string, unknown> = {},
): { entity: Record<string, unknown> } & Record<string, unknown> {
  const features = [column("user_id", "BIGINT"), column("season"), column("country", "TEXT")];
  const entity = { tableName, features, primaryKeys: ["user_id", "season"], ...change };
  return { entity, owner: OWNER, tags: ["people"], description: "users", ...envelope };
}

/** Body of a creation of a feature group with two columns. */
export function groupBody(
  featureGroupName: string,
  entityName: string,
  change: Record<string, unknown> = {},
  envelope: Record<string, unknown> = {},
): { featureGroup: Record<string, unknown> } & Record<string, unknown> {
  const features = [column("wins"), column("badge", "TEXT")];
  const featureGroup = {
    featureGroupName,
    versionEnabled: true,
    featureGroupType: "ONLINE",
    entityName,
    features,
    ...change,
  };
  return { featureGroup, owner: OWNER, tags: ["stats"], description: "numbers", ...envelope };
}
