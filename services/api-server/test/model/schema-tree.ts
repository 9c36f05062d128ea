import { DISTRIBUTED_CONF_ID, PROCESS_CONF_ID, type RegistryEntries } from "@ofs/testkit";
import {
  defaultOf,
  type ModelEntity,
  type ModelFeature,
  type ModelGroup,
  type ModelSchema,
  writeColumn,
} from "@ofs/testkit/model";
import { CALLER_ID, CALLER_TOKEN } from "../scenarios/scenario-tree.ts";

/** Ordinary blocks take one or two columns, large ones several. */
const COLUMN_BYTES_MAX = 128;
const COLUMNS_PER_GROUP = 8;
const CACHE_TTL_SECONDS = 600;

/** The registry of a schema. @param store what all stores have in common; `table` is a prefix */
export function schemaTree(
  schema: ModelSchema,
  store: Readonly<Record<string, unknown>> & { readonly table: string },
): RegistryEntries {
  const tree: RegistryEntries = {
    [`security/reader/${CALLER_ID}`]: JSON.stringify({ token: CALLER_TOKEN }),
  };
  for (const entity of schema.values()) {
    tree[`storage/stores/${entity.storeId}`] = JSON.stringify({
      ...store,
      table: `${store.table}_${entity.label}`,
      "max-column-size-in-bytes": COLUMN_BYTES_MAX,
    });
    if (!entity.isRemoved) Object.assign(tree, entityTree(entity));
  }
  return tree;
}

/** What leads from one tree to the other; `undefined` deletes. */
export function treeChanges(
  from: RegistryEntries,
  to: RegistryEntries,
): Record<string, string | undefined> {
  const gone = Object.keys(from).filter((path) => !(path in to));
  const changed = Object.entries(to).filter(([path, text]) => from[path] !== text);
  return Object.fromEntries([...gone.map((path) => [path, undefined] as const), ...changed]);
}

function entityTree(entity: ModelEntity): RegistryEntries {
  const root = `entities/${entity.label}`;
  const tree: RegistryEntries = { [`${root}/label`]: entity.label };
  for (const [sequence, key] of entity.keys.entries()) {
    tree[`${root}/keys/${sequence}/sequence`] = String(sequence);
    tree[`${root}/keys/${sequence}/entity-label`] = key;
    tree[`${root}/keys/${sequence}/column-label`] = key;
  }
  const caches = [
    ["in-memory-cache", entity.hasProcessCache, PROCESS_CONF_ID],
    ["distributed-cache", entity.hasDistributedCache, DISTRIBUTED_CONF_ID],
  ] as const;
  for (const [cache, isEnabled, confId] of caches) {
    tree[`${root}/${cache}/enabled`] = String(isEnabled);
    tree[`${root}/${cache}/ttl-in-seconds`] = String(CACHE_TTL_SECONDS);
    tree[`${root}/${cache}/jitter-percentage`] = "10";
    tree[`${root}/${cache}/conf-id`] = String(confId);
  }
  for (const group of entity.groups.values()) {
    if (!group.isRemoved) Object.assign(tree, groupTree(root, group, entity.storeId));
  }
  return tree;
}

function groupTree(root: string, group: ModelGroup, storeId: string): RegistryEntries {
  const path = `${root}/feature-groups/${group.label}`;
  const tree: RegistryEntries = {
    [`${path}/id`]: String(group.id),
    [`${path}/active-version`]: String(group.activeVersion),
    [`${path}/store-id`]: storeId,
    [`${path}/data-type`]: `DataType${group.type.name}`,
    [`${path}/ttl-in-seconds`]: String(group.ttlSeconds),
    [`${path}/layout-version`]: "1",
    [`${path}/in-memory-cache-enabled`]: String(group.isInProcessCache),
    [`${path}/distributed-cache-enabled`]: String(group.isInDistributedCache),
  };
  for (let i = 0; i < COLUMNS_PER_GROUP; i++) {
    const column = `seg_${group.id * COLUMNS_PER_GROUP + i}`;
    tree[`${path}/columns/${column}/label`] = column;
  }
  for (const [version, features] of group.versions) {
    tree[`${path}/features/${version}/labels`] = features.map(({ label }) => label).join(",");
    const meta = features.map((feature, sequence) => [
      feature.label,
      featureMeta(group, feature, sequence),
    ]);
    tree[`${path}/features/${version}/feature-meta`] = JSON.stringify(Object.fromEntries(meta));
  }
  return tree;
}

function featureMeta(
  group: ModelGroup,
  feature: ModelFeature,
  sequence: number,
): Record<string, unknown> {
  const bytes = writeColumn(defaultOf(group, feature), group.type);
  const hasDefault = feature.default !== undefined;
  return {
    sequence,
    ...(hasDefault ? { "default-value": Buffer.from(bytes).toString("base64") } : {}),
    "vector-length": feature.vectorLength,
    "string-length": feature.stringLength,
  };
}
