/** Flat registry entries, relative to the root: path -> text. */
export type RegistryEntries = Record<string, string>;

/** The cache configuration ids that `entityTree` names. */
export const PROCESS_CONF_ID = 3;
export const DISTRIBUTED_CONF_ID = 2;
export interface GroupOptions {
  readonly id: number;
  readonly type: string;
  /** By version; the last is active. */
  readonly versions: readonly Record<string, FeatureOptions>[];
  readonly ttlSeconds?: number;
  readonly process?: boolean;
  readonly distributed?: boolean;
  readonly storeId?: string;
}

export interface FeatureOptions {
  readonly default?: Uint8Array;
  readonly vectorLength?: number;
  readonly stringLength?: number;
}

/** Registry entries of an entity. Keys are named after their columns. */
export function entityTree(
  entity: string,
  keys: readonly string[],
  groups: Record<string, GroupOptions>,
): RegistryEntries {
  const root = `entities/${entity}`;
  const tree: RegistryEntries = { [`${root}/label`]: entity };
  for (const [sequence, key] of keys.entries()) {
    tree[`${root}/keys/${sequence}/sequence`] = String(sequence);
    tree[`${root}/keys/${sequence}/entity-label`] = key;
    tree[`${root}/keys/${sequence}/column-label`] = key;
  }
  for (const cache of ["in-memory-cache", "distributed-cache"]) {
    const confId = cache === "in-memory-cache" ? PROCESS_CONF_ID : DISTRIBUTED_CONF_ID;
    tree[`${root}/${cache}/enabled`] = "true";
    tree[`${root}/${cache}/ttl-in-seconds`] = "60";
    tree[`${root}/${cache}/jitter-percentage`] = "0";
    tree[`${root}/${cache}/conf-id`] = String(confId);
  }
  for (const [label, options] of Object.entries(groups)) {
    Object.assign(tree, groupTree(`${root}/feature-groups/${label}`, options));
  }
  return tree;
}

function groupTree(path: string, options: GroupOptions): RegistryEntries {
  const tree: RegistryEntries = {
    [`${path}/id`]: String(options.id),
    [`${path}/active-version`]: String(options.versions.length),
    [`${path}/store-id`]: options.storeId ?? "1",
    [`${path}/data-type`]: `DataType${options.type}`,
    [`${path}/ttl-in-seconds`]: String(options.ttlSeconds ?? 0),
    [`${path}/layout-version`]: "1",
    [`${path}/in-memory-cache-enabled`]: String(options.process ?? false),
    [`${path}/distributed-cache-enabled`]: String(options.distributed ?? false),
    [`${path}/columns/seg_${options.id}/label`]: `seg_${options.id}`,
  };
  for (const [index, features] of options.versions.entries()) {
    const meta = Object.entries(features).map(([label, feature], sequence) => [
      label,
      {
        sequence,
        "default-value": Buffer.from(feature.default ?? new Uint8Array(0)).toString("base64"),
        "vector-length": feature.vectorLength ?? 0,
        "string-length": feature.stringLength ?? 0,
      },
    ]);
    tree[`${path}/features/${index + 1}/labels`] = Object.keys(features).join(",");
    tree[`${path}/features/${index + 1}/feature-meta`] = JSON.stringify(Object.fromEntries(meta));
  }
  return tree;
}
