import type { JsonValue } from "../json/json-value.ts";
import {
  COLUMN_TYPES,
  type Column,
  type ConsumerMetadata,
  DEFAULT_TENANT,
  type EntityDefinition,
  type EntityMetadata,
  GROUP_TYPES,
  type GroupDefinition,
  type GroupMetadata,
  type GroupVersion,
  type PopulatorMetadata,
  ROW_STATES,
  type TenantConfig,
} from "../model.ts";
import { Members } from "./members.ts";

/*
 * Objects as they are sent and stored: members by name in any case, unknown ones ignored, defaults filled in. Rules on
 * names and columns are not checked. All throw DefinitionFault.
 */

export function parseEntityDefinition(json: JsonValue): EntityDefinition {
  return readEntityDefinition(new Members(json));
}

export function parseGroupDefinition(json: JsonValue): GroupDefinition {
  return readGroupDefinition(new Members(json));
}

export function parseTenantConfig(json: JsonValue): TenantConfig {
  return readTenantConfig(new Members(json));
}

export function parseEntityMetadata(json: JsonValue): EntityMetadata {
  const members = new Members(json);
  return {
    name: members.text("name"),
    entity: readEntityDefinition(members.object("entity")),
    state: members.choice("state", ROW_STATES),
    ...readRegistration(members),
    ...readTimes(members),
  };
}

export function parseGroupMetadata(json: JsonValue): GroupMetadata {
  const members = new Members(json);
  const featureGroup = readGroupDefinition(members.object("featureGroup"));
  return {
    name: members.text("name"),
    versionEnabled: members.flag("versionEnabled", featureGroup.versionEnabled),
    version: members.text("version"),
    featureGroupType: members.choice(
      "featureGroupType",
      GROUP_TYPES,
      featureGroup.featureGroupType,
    ),
    featureGroup,
    state: members.choice("state", ROW_STATES),
    tenant: members.has("tenant") ? readTenantConfig(members.object("tenant")) : DEFAULT_TENANTS,
    ...readRegistration(members),
    ...readTimes(members),
  };
}

export function parseGroupVersion(json: JsonValue): GroupVersion {
  const members = new Members(json);
  return {
    name: members.text("name"),
    latestVersion: members.text("latestVersion"),
    updatedAt: members.integer("updatedAt"),
  };
}

export function parseConsumerMetadata(json: JsonValue): ConsumerMetadata {
  const members = new Members(json);
  return {
    tenantName: members.text("tenantName"),
    topicName: members.text("topicName"),
    numPartitions: members.integer("numPartitions"),
    numConsumers: members.integer("numConsumers"),
    updatedAt: members.integer("updatedAt"),
  };
}

export function parsePopulatorMetadata(json: JsonValue): PopulatorMetadata {
  const members = new Members(json);
  return {
    tenantName: members.text("tenantName"),
    numWorkers: members.integer("numWorkers"),
    updatedAt: members.integer("updatedAt"),
  };
}

export const DEFAULT_TENANTS: TenantConfig = {
  read: DEFAULT_TENANT,
  write: DEFAULT_TENANT,
  consume: DEFAULT_TENANT,
};

export function readEntityDefinition(members: Members): EntityDefinition {
  const ttl = members.optionalInteger("ttl");
  return {
    tableName: members.text("tableName"),
    features: readColumns(members),
    primaryKeys: readNotEmpty(members, "primaryKeys"),
    ...(ttl === undefined ? {} : { ttl }),
  };
}

export function readGroupDefinition(members: Members): GroupDefinition {
  return {
    featureGroupName: members.text("featureGroupName"),
    versionEnabled: members.flag("versionEnabled", true),
    featureGroupType: members.choice("featureGroupType", GROUP_TYPES, "ONLINE"),
    entityName: members.text("entityName"),
    features: readColumns(members),
  };
}

/** Tenants left out are the default one. */
export function readTenantConfig(members: Members): TenantConfig {
  return {
    read: members.optionalText("read") ?? DEFAULT_TENANT,
    write: members.optionalText("write") ?? DEFAULT_TENANT,
    consume: members.optionalText("consume") ?? DEFAULT_TENANT,
  };
}

function readColumns(members: Members): Column[] {
  members.assertNotEmpty("features");
  return members.objects("features").map((column) => ({
    name: column.text("name"),
    type: column.choice("type", COLUMN_TYPES),
    description: column.optionalText("description") ?? "",
    tags: column.texts("tags"),
  }));
}

function readNotEmpty(members: Members, name: string): string[] {
  members.assertNotEmpty(name);
  return members.texts(name);
}

/** What entities and feature groups have in common. */
export interface Registration {
  readonly owner: string;
  readonly tags: readonly string[];
  readonly description: string;
}

/** An owner that is left out is empty: whether that will do is for others to say. */
export function readRegistration(members: Members): Registration {
  return {
    owner: members.optionalText("owner") ?? "",
    tags: members.texts("tags"),
    description: members.optionalText("description") ?? "",
  };
}

function readTimes(members: Members): { createdAt: number; updatedAt: number } {
  return { createdAt: members.integer("createdAt"), updatedAt: members.integer("updatedAt") };
}
