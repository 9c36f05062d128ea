import {
  type Assembler,
  createAssembler,
  encodeBlock,
  encodePayload,
  entityKeyString,
  ValueError,
  type Values,
} from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { PersistQuery, PersistRow } from "@ofs/proto";
import type { Entity, FeatureGroup, Snapshot, StoreDefinition } from "@ofs/registry";
import type { BlockRow, BlockStore, KeyValues } from "@ofs/store";
import { matchKeysSchema, orderKeyValues, requireGroup } from "../requests.ts";

/** Everything one request writes, checked and encoded: nothing is left that the caller could mend. */
export interface PersistPlan {
  readonly entity: Entity;
  readonly groups: readonly FeatureGroup[];
  /** Names of the distinct keys in the caches, in the order of every write's rows. */
  readonly names: readonly string[];
  /** One a store. */
  readonly writes: readonly StoreWrite[];
}

export interface StoreWrite {
  readonly store: StoreDefinition;
  readonly blocks: BlockStore;
  readonly groups: readonly FeatureGroup[];
  readonly rows: readonly BlockRow[];
}

/** A group of the request with its connection. */
interface Target {
  readonly group: FeatureGroup;
  /** Knows where the request's labels go and what fills the others: resolved once for all rows. */
  readonly assembler: Assembler;
  readonly store: StoreDefinition;
  readonly blocks: BlockStore;
  readonly maxBlockSizeBytes: number;
}

export interface PersistPlanOptions {
  readonly snapshot: Snapshot;
  readonly entity: Entity;
  readonly query: PersistQuery;
  readonly storeFor: (definition: StoreDefinition) => BlockStore | undefined;
  readonly nowMs: number;
  /** Told of the group whose values a row could not be encoded with, before the refusal. */
  readonly onUnencodable: (group: FeatureGroup) => void;
}

/**
 * Checks the whole request and encodes it. Of rows with one key the last counts.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT, NOT_FOUND or FAILED_PRECONDITION; nothing is written then
 */
export function planPersist(options: PersistPlanOptions): PersistPlan {
  const { entity, query, nowMs, onUnencodable } = options;
  const keyPositions = matchKeysSchema(entity, query.keysSchema);
  const targets = resolveTargets(options);
  const nowSeconds = Math.floor(nowMs / 1000);
  const rows = new Map<string, { key: KeyValues; blocks: Uint8Array[] }>();
  for (const [index, row] of query.data.entries()) {
    const key = checkKey(entity, keyPositions, row, index, targets);
    const blocks = encodeRow(row, index, targets, nowSeconds, onUnencodable);
    rows.set(entityKeyString(entity.label, key), { key, blocks });
  }
  return {
    entity,
    groups: targets.map(({ group }) => group),
    names: [...rows.keys()],
    writes: splitByStore(targets, [...rows.values()]),
  };
}

function resolveTargets({ snapshot, entity, query, storeFor }: PersistPlanOptions): Target[] {
  const seen = new Set<string>();
  return query.featureGroups.map(({ label, featureLabels }) => {
    if (seen.has(label)) {
      throw new FeatureStoreError(
        "INVALID_ARGUMENT",
        `feature_group_schema: feature group ${label} is given twice`,
      );
    }
    seen.add(label);
    const group = requireGroup(
      entity,
      label,
      `feature group ${label} not found for entity : ${entity.label}`,
    );
    const store = snapshot.stores.get(group.storeId);
    const blocks = store === undefined ? undefined : storeFor(store);
    if (store === undefined || blocks === undefined) {
      throw new FeatureStoreError(
        "FAILED_PRECONDITION",
        `failed to get store for feature group ${label}: store id ${group.storeId} not found`,
      );
    }
    const maxBlockSizeBytes = blocks.maxBlockSizeBytes(store, group);
    const assembler = resolveLabels(group, featureLabels);
    return { group, assembler, store, blocks, maxBlockSizeBytes };
  });
}

function resolveLabels(group: FeatureGroup, labels: readonly string[]): Assembler {
  try {
    return createAssembler(group.active, labels);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `feature_group_schema of feature group ${group.label}, in entity ${group.entityLabel}: ${error.message}`,
      { cause: error },
    );
  }
}

function checkKey(
  entity: Entity,
  keyPositions: readonly number[],
  row: PersistRow,
  index: number,
  targets: readonly Target[],
): string[] {
  const key = orderKeyValues(entity, keyPositions, row.keyValues, `data[${index}].key_values`);
  const empty = key.indexOf("");
  if (empty >= 0) {
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `data[${index}].key_values: key ${entity.keys[empty]?.label} is empty`,
    );
  }
  for (const { store, blocks } of targets) {
    const refusal = blocks.refuseKey({ entity, store }, key);
    if (refusal !== undefined) {
      throw new FeatureStoreError("INVALID_ARGUMENT", `data[${index}].key_values: ${refusal}`);
    }
  }
  return key;
}

function encodeRow(
  row: PersistRow,
  index: number,
  targets: readonly Target[],
  nowSeconds: number,
  onUnencodable: (group: FeatureGroup) => void,
): Uint8Array[] {
  if (row.featureValues.length !== targets.length) {
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `data[${index}].feature_values has ${row.featureValues.length} entries, ` +
        `feature_group_schema has ${targets.length}`,
    );
  }
  return targets.map((target, g) => {
    try {
      return encodeGroup(target, row.featureValues[g], nowSeconds);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      onUnencodable(target.group);
      throw new FeatureStoreError(
        "INVALID_ARGUMENT",
        `failed to parse feature value for entity ${target.group.entityLabel} and feature group ` +
          `${target.group.label}: data[${index}]: ${error.message}`,
        { cause: error },
      );
    }
  });
}

function encodeGroup(target: Target, values: Values | undefined, nowSeconds: number): Uint8Array {
  const { group, assembler, maxBlockSizeBytes } = target;
  if (values === undefined) throw new ValueError("values is nil");
  const { active } = group;
  const payload = encodePayload(active.layout, assembler.assemble(values));
  const block = encodeBlock({
    schemaVersion: active.version,
    layoutVersion: group.layoutVersion,
    expiryAtSeconds: group.ttlSeconds === 0 ? 0 : nowSeconds + group.ttlSeconds,
    nowSeconds,
    dataType: group.dataType,
    payload,
    compression: "zstd",
    valueCount: active.layout.elementCount,
  });
  if (block.length > maxBlockSizeBytes) {
    throw new ValueError(
      `the encoded values take ${block.length} bytes, the store holds ${maxBlockSizeBytes}`,
    );
  }
  return block;
}

function splitByStore(
  targets: readonly Target[],
  rows: readonly { readonly key: KeyValues; readonly blocks: readonly Uint8Array[] }[],
): StoreWrite[] {
  const byStore = new Map<string, number[]>();
  for (const [g, { store }] of targets.entries()) {
    const indexes = byStore.get(store.id);
    if (indexes === undefined) byStore.set(store.id, [g]);
    else indexes.push(g);
  }
  return [...byStore.values()].map((indexes) => {
    const { store, blocks } = targets[indexes[0] as number] as Target;
    return {
      store,
      blocks,
      groups: indexes.map((g) => (targets[g] as Target).group),
      rows: rows.map(({ key, blocks: encoded }) => ({
        key,
        blocks: indexes.map((g) => encoded[g] as Uint8Array),
      })),
    };
  });
}
