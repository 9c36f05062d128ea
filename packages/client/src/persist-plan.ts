import { ValueError } from "@ofs/codec";
import {
  encodePersistHead,
  encodePersistRow,
  type PersistRow,
  persistRowSize,
  type RetrieveGroup,
} from "@ofs/proto";
import { splitBySize } from "./batches.ts";
import { invalid, OfsClientError } from "./errors.ts";
import { chooseKeysSchema, type EntityKey, keyTexts } from "./keys.ts";
import { type EntitySchema, requireFeature, requireGroup } from "./schema.ts";
import { createGroupEncoder, type FeatureInput, type GroupEncoder } from "./value-encoding.ts";

/** One row to store. A group that it names is replaced as a whole: features left out take their defaults. */
export interface PersistRowInput {
  readonly keys: EntityKey;
  /** By feature group and feature. */
  readonly values: Readonly<Record<string, Readonly<Record<string, FeatureInput>>>>;
}

/** One request: rows that carry the same features. */
export interface PersistBatch {
  readonly head: Uint8Array;
  /** Encoded. */
  readonly rows: readonly Uint8Array[];
  /** Position of each in the caller's rows. */
  readonly positions: readonly number[];
}

export interface PersistPlan {
  readonly batches: readonly PersistBatch[];
  /** Whether the batches must be stored one after the other: some key is in more than one of them. */
  readonly isOrdered: boolean;
}

/** Rows that can share a request. */
interface RowSet {
  readonly head: Uint8Array;
  readonly rows: Uint8Array[];
  readonly positions: number[];
}

interface RowShape {
  readonly head: Uint8Array;
  readonly encoders: readonly GroupEncoder[];
}

/**
 * Checks and encodes all rows, and cuts them into requests of at most `maxBytes`.
 *
 * @throws {OfsClientError} naming row, group, feature and value
 */
export function planPersist(
  schema: EntitySchema,
  rows: readonly PersistRowInput[],
  wantedKeysSchema: readonly string[] | undefined,
  maxBytes: number,
): PersistPlan {
  const keysSchema = chooseKeysSchema(schema.keyLabels, wantedKeysSchema);
  const shapes = new Map<string, RowShape>();
  const encoded = rows.map((row, position) => {
    try {
      const shape = shapeOf(schema, keysSchema, row, shapes);
      const data = encodeRow(keysSchema, shape, row);
      return { shape, keyText: data.keyValues.join("\u0000"), bytes: encodePersistRow(data) };
    } catch (cause) {
      throw atRow(position, cause);
    }
  });
  const isOrdered = new Set(encoded.map(({ keyText }) => keyText)).size < encoded.length;
  const sets = groupRows(encoded, isOrdered);
  return { batches: sets.flatMap((set) => cut(set, maxBytes)), isOrdered };
}

/** Plans rows that are in their wire form already; nothing of them is checked. */
export function planRawPersist(
  entityLabel: string,
  keysSchema: readonly string[],
  featureGroups: readonly RetrieveGroup[],
  data: readonly PersistRow[],
  maxBytes: number,
): PersistPlan {
  const keyTexts = new Set(data.map(({ keyValues }) => keyValues.join("\u0000")));
  const set = {
    head: encodePersistHead(entityLabel, keysSchema, featureGroups),
    rows: data.map(encodePersistRow),
    positions: data.map((_, position) => position),
  };
  return { batches: cut(set, maxBytes), isOrdered: keyTexts.size < data.length };
}

function shapeOf(
  schema: EntitySchema,
  keysSchema: readonly string[],
  row: PersistRowInput,
  shapes: Map<string, RowShape>,
): RowShape {
  const labels = Object.entries(row.values).map(
    ([label, features]) => [label, Object.keys(features)] as const,
  );
  const text = JSON.stringify(labels);
  let shape = shapes.get(text);
  if (shape === undefined) {
    shape = createShape(schema, keysSchema, labels);
    shapes.set(text, shape);
  }
  return shape;
}

function createShape(
  schema: EntitySchema,
  keysSchema: readonly string[],
  labels: readonly (readonly [string, readonly string[]])[],
): RowShape {
  if (labels.length === 0) throw invalid("no feature group is named");
  const encoders = labels.map(([groupLabel, featureLabels]) => {
    const group = requireGroup(schema, groupLabel);
    if (featureLabels.length === 0) throw invalid(`feature group ${groupLabel} names no feature`);
    return createGroupEncoder(
      group,
      featureLabels.map((label) => requireFeature(group, label)),
    );
  });
  const groups = labels.map(([label, featureLabels]) => ({ label, featureLabels }));
  return { head: encodePersistHead(schema.label, keysSchema, groups), encoders };
}

function encodeRow(
  keysSchema: readonly string[],
  { encoders }: RowShape,
  row: PersistRowInput,
): PersistRow {
  const keyValues = keyTexts(keysSchema, row.keys, "key");
  const empty = keyValues.indexOf("");
  if (empty >= 0) throw invalid(`key, ${keysSchema[empty]}: empty`);
  const featureValues = encoders.map((encoder) => {
    const { label } = encoder.group;
    const values = row.values[label] as Readonly<Record<string, unknown>>;
    try {
      return encoder.encode(encoder.features.map((feature) => values[feature.label]));
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      throw invalid(`feature group ${label}: ${cause.message}`, { cause });
    }
  });
  return { keyValues, featureValues };
}

function atRow(position: number, cause: unknown): unknown {
  if (!(cause instanceof OfsClientError)) return cause;
  return new OfsClientError(cause.code, `row ${position}: ${cause.details}`, { cause });
}

/** @param isOrdered whether only neighbours may share a set, so that sets can be stored in order */
function groupRows(
  rows: readonly { readonly shape: RowShape; readonly bytes: Uint8Array }[],
  isOrdered: boolean,
): RowSet[] {
  const sets: RowSet[] = [];
  const open = new Map<RowShape, RowSet>();
  rows.forEach(({ shape, bytes }, position) => {
    let set = open.get(shape);
    if (set === undefined) {
      set = { head: shape.head, rows: [], positions: [] };
      sets.push(set);
      if (isOrdered) open.clear();
      open.set(shape, set);
    }
    set.rows.push(bytes);
    set.positions.push(position);
  });
  return sets;
}

function cut({ head, rows, positions }: RowSet, maxBytes: number): PersistBatch[] {
  const sizes = rows.map(persistRowSize);
  const room = maxBytes - head.length;
  sizes.forEach((size, i) => {
    if (size <= room) return;
    const total = size + head.length;
    throw invalid(
      `row ${positions[i]}: its request of ${total} bytes is larger than persistBatchBytes, ${maxBytes}`,
    );
  });
  return splitBySize(sizes, room).map(({ start, end }) => ({
    head,
    rows: rows.slice(start, end),
    positions: positions.slice(start, end),
  }));
}
