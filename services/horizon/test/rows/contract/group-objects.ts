import { column, groupBody, OWNER } from "../support/bodies.ts";
import { TIME } from "./step.ts";

export const UPGRADE = { upgrade: "true" };
export const DEFAULTS = {
  read: "default-tenant",
  write: "default-tenant",
  consume: "default-tenant",
};

/** Feature groups of the contract. */
export const first = groupBody("Stats", "Users");
export const second = groupBody("Stats", "Users", { features: [column("wins", "BIGINT")] });
export const plain = groupBody("plain", "Users", {
  versionEnabled: false,
  featureGroupType: "OFFLINE",
});

export function metadataOf({ featureGroup }: ReturnType<typeof groupBody>, version: string) {
  const { featureGroupName: name, versionEnabled, featureGroupType } = featureGroup;
  return {
    name,
    versionEnabled,
    version,
    featureGroupType,
    featureGroup,
    owner: OWNER,
    state: "LIVE",
    tags: ["stats"],
    tenant: DEFAULTS,
    description: "numbers",
    createdAt: TIME,
    updatedAt: TIME,
  };
}

export function versionOf(name: string, latestVersion: string) {
  return { name, latestVersion, updatedAt: TIME };
}
