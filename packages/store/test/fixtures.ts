import { randomBytes } from "node:crypto";
import { createFeatureLayout, type DataType, dataTypeByName } from "@ofs/codec";
import type { Entity, FeatureGroup, StoreDefinition } from "@ofs/registry";

/** A label or table name that no other test run uses: lower-case letters, digits, underscore. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(6).toString("hex")}`;
}

export function storeDefinition(overrides: Partial<StoreDefinition> = {}): StoreDefinition {
  return {
    id: "1",
    dbType: "embedded",
    confId: 1,
    table: "user_features",
    maxColumnSizeBytes: 1024,
    maxRowSizeBytes: 102_400,
    primaryKeys: ["user_id"],
    tableTtlSeconds: 0,
    ...overrides,
  };
}

export function dataType(name: string): DataType {
  const type = dataTypeByName(name);
  if (type === undefined) throw new Error(`unknown data type ${name}`);
  return type;
}

/** A group with one feature, in store `1`, stored in the column `seg_<id>`. */
export function featureGroup(
  overrides: Partial<FeatureGroup> & { readonly label: string; readonly id: number },
): FeatureGroup {
  const type = overrides.dataType ?? dataType("DataTypeFP32");
  const active = {
    version: 1,
    labels: ["value"],
    sequences: new Map([["value", 0]]),
    layout: createFeatureLayout(type, 1, [1], [0]),
    defaults: [new Uint8Array(type.unitSizeBytes)],
  };
  return {
    entityLabel: "user",
    storeId: "1",
    dataType: type,
    ttlSeconds: 0,
    layoutVersion: 1,
    isProcessCached: false,
    isDistributedCached: false,
    columns: [`seg_${overrides.id}`],
    versions: new Map([[1, active]]),
    active,
    ...overrides,
  };
}

/** @param keyLabels in sequence order; each is the name of the column, too */
export function entity(
  label: string,
  keyLabels: readonly string[],
  groups: readonly FeatureGroup[],
): Entity {
  const cache = { isEnabled: false, ttlSeconds: 0, jitterPercent: 0, confId: undefined };
  return {
    label,
    keys: keyLabels.map((keyLabel) => ({ label: keyLabel, columnLabel: keyLabel })),
    keyIndexes: new Map(keyLabels.map((keyLabel, index) => [keyLabel, index])),
    processCache: cache,
    distributedCache: cache,
    peerCache: cache,
    groups: new Map(groups.map((group) => [group.label, group])),
    disabledGroups: new Map(),
    distributedGroups: groups.filter((group) => group.isDistributedCached),
  };
}

const HEADER_SIZE = 9;

/** Bits of an uncompressed FP32 block of layout version 1 in bytes 7 and 8 of its header. */
const LAYOUT_1_FP32 = [0x10, 0x40] as const;

/**
 * A stored block: a header that is valid (FP32, not compressed, schema version 1, never expires) and a
 * payload that repeats `fill`.
 *
 * @param sizeBytes of the whole block, header included
 */
export function blockOf(sizeBytes: number, fill: number): Buffer {
  const block = Buffer.alloc(sizeBytes, fill);
  block.fill(0, 0, HEADER_SIZE);
  block.writeUInt16LE(1, 0);
  block[7] = LAYOUT_1_FP32[0];
  block[8] = LAYOUT_1_FP32[1];
  return block;
}

/** A small block whose payload is the text. */
export function textBlock(text: string): Buffer {
  return Buffer.concat([blockOf(HEADER_SIZE, 0), Buffer.from(text)]);
}
