import {
  createQuantizer,
  type DataType,
  parseFeatureLabel,
  type Quantizer,
  ValueError,
} from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import { encodeResultHead, type RetrieveShape } from "@ofs/proto";
import type { Entity, FeatureGroup, Snapshot } from "@ofs/registry";
import { matchKeysSchema, requireGroup } from "../requests.ts";
import type { AnswerSchema, Column, ReadPlan, Section } from "./plan.ts";
import { encodeColumns } from "./wire.ts";

/**
 * Resolves a request's shape against the registry.
 *
 * @param maxColumns limit on the answer's columns, and on the groups they are asked in
 * @throws {FeatureStoreError} NOT_FOUND, FAILED_PRECONDITION, INVALID_ARGUMENT or RESOURCE_EXHAUSTED
 */
export function createPlan(
  snapshot: Snapshot,
  entity: Entity,
  shape: RetrieveShape,
  maxColumns: number,
): ReadPlan {
  // A group may be asked for again and again, and without a label each time.
  assertAtMost(shape.featureGroups.length, maxColumns, "feature groups");
  const requested = shape.featureGroups.map(({ label }) =>
    requireGroup(
      entity,
      label,
      `failed to get active schema for feature group ${label}, in entity ${entity.label}: ` +
        `feature group ${label} not found`,
    ),
  );
  const groups = orderGroups(entity, requested);
  const indexes = new Map(groups.all.map((group, index) => [group, index]));
  const columnCount = shape.featureGroups.reduce((sum, g) => sum + g.featureLabels.length, 0);
  assertAtMost(columnCount, maxColumns, "columns");
  const sections = shape.featureGroups.map(({ featureLabels }, index) => {
    const group = requested[index] as FeatureGroup;
    return createSection(group, indexes.get(group) as number, featureLabels);
  });
  const schemas = createSchemas(sections);
  const distributed = groups.all
    .slice(0, groups.requestedCount)
    .filter((g) => g.isDistributedCached);
  return {
    snapshot,
    entity,
    keyPositions: matchKeysSchema(entity, shape.keysSchema),
    groups: groups.all,
    groupIds: groups.all.map((group) => group.id),
    processCachedCount: groups.processCachedCount,
    processCachedIds: groups.all.slice(0, groups.processCachedCount).map((group) => group.id),
    requestedCount: groups.requestedCount,
    distributedIndexes: distributed.map((group) => indexes.get(group) as number),
    distributedIds: distributed.map((group) => group.id),
    recordIndexes:
      distributed.length === 0
        ? []
        : entity.distributedGroups.map((group) => indexes.get(group) as number),
    sections,
    columnCount,
    head: encodeResultHead(entity.label, shape.keysSchema, schemas),
    schemas,
    keysSchema: shape.keysSchema,
  };
}

function assertAtMost(count: number, max: number, what: string): void {
  if (count <= max) return;
  throw new FeatureStoreError(
    "RESOURCE_EXHAUSTED",
    `the request asks for ${count} ${what}, more than ${max}`,
  );
}

interface OrderedGroups {
  readonly all: readonly FeatureGroup[];
  readonly processCachedCount: number;
  readonly requestedCount: number;
}

/** The three runs of `ReadPlan.groups`. */
function orderGroups(entity: Entity, requested: readonly FeatureGroup[]): OrderedGroups {
  const distinct = new Set(requested);
  const processCached = [...distinct].filter((group) => group.isProcessCached);
  const others = [...distinct].filter((group) => !group.isProcessCached);
  const fillsRecords = requested.some((group) => group.isDistributedCached);
  const fillOnly = fillsRecords
    ? entity.distributedGroups.filter((group) => !distinct.has(group))
    : [];
  return {
    all: [...processCached, ...others, ...fillOnly],
    processCachedCount: processCached.length,
    requestedCount: distinct.size,
  };
}

function createSection(
  group: FeatureGroup,
  groupIndex: number,
  labels: readonly string[],
): Section {
  const columns = labels.map((label) => createColumn(group, label));
  return {
    groupIndex,
    group,
    columns,
    defaultBytes: encodeColumns(columns.map((column) => column.defaultValue)),
    views: new Map(),
  };
}

function createColumn(group: FeatureGroup, requestedLabel: string): Column {
  const { label, target } = parseLabel(group, requestedLabel);
  const activePosition = group.active.sequences.get(label);
  if (activePosition === undefined) {
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `feature ${label} not found in active schema of feature group ${group.label}, ` +
        `in entity ${group.entityLabel}`,
    );
  }
  const stored = group.active.defaults[activePosition] as Uint8Array;
  const quantizer = target === undefined ? undefined : createQuantizer(group.dataType, target);
  return {
    label,
    activePosition,
    dataType: target ?? group.dataType,
    quantizer,
    defaultValue: quantizer === undefined ? stored : quantize(group, quantizer, target, stored),
  };
}

function parseLabel(
  group: FeatureGroup,
  requestedLabel: string,
): { readonly label: string; readonly target: DataType | undefined } {
  try {
    const { baseLabel, target } = parseFeatureLabel(requestedLabel, group.dataType);
    return { label: baseLabel, target };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `failed to parse feature label ${requestedLabel}, in feature group ${group.label}, ` +
        `in entity ${group.entityLabel}: ${error.message}`,
      { cause: error },
    );
  }
}

function quantize(
  group: FeatureGroup,
  quantizer: Quantizer,
  target: DataType | undefined,
  value: Uint8Array,
): Uint8Array {
  const elementCount = value.length / group.dataType.unitSizeBytes;
  const out = new Uint8Array(elementCount * (target?.unitSizeBytes ?? 0));
  quantizer.convert(value, 0, elementCount, out, 0);
  return out;
}

/** `column_idx` counts from 0 over all sections. */
function createSchemas(sections: readonly Section[]): AnswerSchema[] {
  let columnIdx = 0;
  return sections.map(({ group, columns }) => ({
    label: group.label,
    features: columns.map(({ label }) => ({ label, columnIdx: columnIdx++ })),
  }));
}
