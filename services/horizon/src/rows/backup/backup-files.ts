import { BACKUP_LIST_KEYS } from "@ofs/connections";
import {
  type ConsumerMetadata,
  DEFAULT_TENANT,
  type EntityMetadata,
  type GroupMetadata,
  type GroupVersion,
} from "@ofs/rows";

/** All that is registered. */
export interface BackupContent {
  readonly entities: readonly EntityMetadata[];
  readonly groups: readonly GroupMetadata[];
  readonly versions: readonly GroupVersion[];
  readonly consumers: readonly ConsumerMetadata[];
}

/** Keys of a bucket, and the JSON text of their objects. */
export type BackupFiles = ReadonlyMap<string, string>;

/**
 * Every object by itself, in the form that the API answers it, and then the full lists: in an order in which each list comes
 * after those that its objects refer to.
 */
export function backupFiles(content: BackupContent): BackupFiles {
  const { entities, groups, versions, consumers } = content;
  const files = new Map<string, string>();
  const put = (key: string, payload: object): void => {
    files.set(key, JSON.stringify(payload));
  };
  const entityOf = new Map(entities.map((entity) => [entity.name, entity]));
  for (const metadata of entities) put(keyOf("entities", metadata.name), { metadata });
  for (const metadata of groups) {
    const name = `${metadata.name}__${metadata.version}`;
    put(keyOf("feature-groups", name), { metadata });
    const entity = entityOf.get(metadata.featureGroup.entityName);
    if (entity !== undefined) put(keyOf("feature-group-schema", name), schemaOf(metadata, entity));
  }
  for (const version of versions) put(keyOf("feature-group-version", version.name), { version });
  for (const [name, topic] of topicsOf(content)) {
    put(keyOf("feature-group-topic", name), { featureGroupName: name, topic });
  }
  put(BACKUP_LIST_KEYS.consumers, consumers);
  put(BACKUP_LIST_KEYS.entities, { entities });
  put(BACKUP_LIST_KEYS.groups, { featureGroups: groups });
  put(BACKUP_LIST_KEYS.versions, { versions });
  return files;
}

function keyOf(folder: string, name: string): string {
  return `${folder}/${encodeURIComponent(name)}.json`;
}

function schemaOf({ featureGroup, version }: GroupMetadata, { entity }: EntityMetadata): object {
  return {
    schema: [...entity.features, ...featureGroup.features],
    primaryKeys: entity.primaryKeys,
    version,
    featureGroupType: featureGroup.featureGroupType,
  };
}

/** By feature group: the topic of its latest version's tenant, or else of the default tenant. */
function topicsOf({ groups, versions, consumers }: BackupContent): Map<string, string> {
  const latest = new Map(versions.map(({ name, latestVersion }) => [name, latestVersion]));
  const byTenant = new Map(consumers.map(({ tenantName, topicName }) => [tenantName, topicName]));
  const topics = new Map<string, string>();
  for (const { name, version, tenant } of groups) {
    const topic = byTenant.get(tenant.consume) ?? byTenant.get(DEFAULT_TENANT);
    if (latest.get(name) === version && topic !== undefined) topics.set(name, topic);
  }
  return topics;
}
