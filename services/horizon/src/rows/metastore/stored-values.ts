import {
  type ConsumerMetadata,
  DEFAULT_TENANTS,
  DefinitionFault,
  type EntityMetadata,
  type GroupMetadata,
  type GroupVersion,
  JsonSyntaxError,
  type JsonValue,
  type PopulatorMetadata,
  parseEntityDefinition,
  parseGroupDefinition,
  parseJson,
  parseTenantConfig,
  RowError,
} from "@ofs/rows";
import type { Selectable } from "kysely";
import { parseDateTime } from "../../database/fields.ts";
import type {
  ConsumerTable,
  EntityTable,
  GroupTable,
  PopulatorTable,
  VersionTable,
} from "./schema.ts";

/** @throws {RowError} DarwinOfsV2-UNKNOWN-EXCEPTION for a row that other software left in pieces */
export function toEntity(row: Selectable<EntityTable>): EntityMetadata {
  return reading(`entity ${row.name}`, () => ({
    name: row.name,
    entity: parseEntityDefinition(toJson(row.entity)),
    state: row.state,
    owner: row.owner,
    tags: toTexts(row.tags),
    description: row.description,
    createdAt: parseDateTime(row.created_at),
    updatedAt: parseDateTime(row.updated_at),
  }));
}

/**
 * The row's own columns count: the definition beside them may be as it was sent, where the control plane that stored it has
 * decided otherwise, such as on versions of an upgrade.
 *
 * @throws {RowError} DarwinOfsV2-UNKNOWN-EXCEPTION
 */
export function toGroup(row: Selectable<GroupTable>): GroupMetadata {
  const versionEnabled = Boolean(row.version_enabled);
  const featureGroupType = row.feature_group_type;
  return reading(`feature group ${row.name} ${row.version}`, () => ({
    name: row.name,
    versionEnabled,
    version: row.version,
    featureGroupType,
    featureGroup: {
      ...parseGroupDefinition(toJson(row.feature_group)),
      featureGroupName: row.name,
      versionEnabled,
      featureGroupType,
      entityName: row.entity_name,
    },
    owner: row.owner,
    state: row.state,
    tags: toTexts(row.tags),
    tenant:
      row.tenant_config === null ? DEFAULT_TENANTS : parseTenantConfig(toJson(row.tenant_config)),
    description: row.description,
    createdAt: parseDateTime(row.created_at),
    updatedAt: parseDateTime(row.updated_at),
  }));
}

export function toVersion(row: Selectable<VersionTable>): GroupVersion {
  return {
    name: row.name,
    latestVersion: row.latest_version,
    updatedAt: parseDateTime(row.updated_at),
  };
}

export function toConsumer(row: Selectable<ConsumerTable>): ConsumerMetadata {
  return {
    tenantName: row.tenant_name,
    topicName: row.topic_name,
    numPartitions: row.num_partitions,
    numConsumers: row.num_consumers,
    updatedAt: parseDateTime(row.updated_at),
  };
}

export function toPopulator(row: Selectable<PopulatorTable>): PopulatorMetadata {
  return {
    tenantName: row.tenant_name,
    numWorkers: row.num_workers,
    updatedAt: parseDateTime(row.updated_at),
  };
}

/** JSON columns come as text or parsed, depending on the database. */
function toJson(value: unknown): JsonValue {
  return parseJson(typeof value === "string" ? value : JSON.stringify(value));
}

function toTexts(value: unknown): string[] {
  const texts: unknown = typeof value === "string" ? JSON.parse(value) : value;
  return Array.isArray(texts) ? texts.map(String) : [];
}

function reading<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isDamage =
      error instanceof DefinitionFault ||
      error instanceof JsonSyntaxError ||
      error instanceof SyntaxError;
    if (!isDamage) throw error;
    const cause = `what is stored of ${what} cannot be read: ${error.message}`;
    throw RowError.of("DarwinOfsV2-UNKNOWN-EXCEPTION", { cause });
  }
}
