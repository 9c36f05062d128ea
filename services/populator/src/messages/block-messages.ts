import { emptyValues, type Values } from "@ofs/codec";
import type { CellValue, RowBatch, TableField } from "@ofs/delta";
import type { NewRecord } from "@ofs/ingest";
import {
  encodePersistHead,
  encodePersistQuery,
  encodePersistRow,
  persistRowSize,
} from "@ofs/proto";
import type { BlockMapping, FeatureColumn, GroupColumns } from "../mapping/block-mapping.ts";
import { CellFault } from "../mapping/cell-fault.ts";
import type { Element } from "../mapping/feature-value.ts";
import {
  type EncodedRows,
  MESSAGE_SIZE_BYTES_MAX,
  type MessageHead,
  type MessagePlan,
  type Reject,
} from "./message-plan.ts";

/** Rows and bytes of one message: the consumer spreads its rows over its lanes. */
const MESSAGE_ROWS_MAX = 200;
const MESSAGE_ROW_BYTES_TARGET = 256 * 1024;

/** Rows with the same features given: they share messages. */
interface Shape {
  readonly head: Uint8Array;
  rows: Uint8Array[];
  sizeBytes: number;
}

/** A row's value in the column of this position among the plan's fields. */
type CellAt = (position: number) => CellValue;

type Elements = readonly (Element | readonly Element[])[];

/**
 * Messages of the block dialect: encoded `persist.Query`, some rows each. What is null is left out: a feature beside others
 * of its group takes its default, a group of nulls stays as it is.
 */
export function blockMessages(mapping: BlockMapping): MessagePlan {
  return new BlockMessages(mapping);
}

class BlockMessages implements MessagePlan {
  readonly fields: readonly TableField[];
  readonly #mapping: BlockMapping;
  readonly #keysSchema: readonly string[];
  /** Encoded heads by which features are given. */
  readonly #heads = new Map<string, Uint8Array>();

  constructor(mapping: BlockMapping) {
    this.#mapping = mapping;
    this.#keysSchema = mapping.keys.map(({ label }) => label);
    const features = mapping.groups.flatMap((group) => group.features);
    this.fields = [...mapping.keys, ...features].map(({ field }) => field);
  }

  encode(
    batch: RowBatch,
    columnOf: readonly number[],
    rows: readonly number[],
    head: MessageHead,
  ): EncodedRows {
    const shapes = new Map<string, Shape>();
    const records: NewRecord[] = [];
    const rejects: Reject[] = [];
    for (const index of rows) {
      const cellAt: CellAt = (position) =>
        batch.columns[columnOf[position] as number]?.valueAt(index) ?? null;
      const row = this.#encodeRow(cellAt, index, shapes);
      if ("cause" in row) {
        rejects.push(row);
        continue;
      }
      const { shape, bytes } = row;
      const isFull =
        shape.rows.length >= MESSAGE_ROWS_MAX ||
        shape.sizeBytes + persistRowSize(bytes) > MESSAGE_ROW_BYTES_TARGET;
      if (isFull && shape.rows.length > 0) records.push(finish(shape, head));
      shape.rows.push(bytes);
      shape.sizeBytes += persistRowSize(bytes);
    }
    for (const shape of shapes.values()) {
      if (shape.rows.length > 0) records.push(finish(shape, head));
    }
    return { records, rowCount: rows.length - rejects.length, rejects };
  }

  #encodeRow(
    cellAt: CellAt,
    index: number,
    shapes: Map<string, Shape>,
  ): Reject | { readonly shape: Shape; readonly bytes: Uint8Array } {
    const keyValues = keyTexts(this.#mapping, cellAt, index);
    if ("cause" in keyValues) return keyValues;
    let position = keyValues.length;
    let given = "";
    const featureValues: Values[] = [];
    for (const group of this.#mapping.groups) {
      const encoded = encodeGroup(group, cellAt, position, index);
      if ("cause" in encoded) return encoded;
      given += encoded.given;
      position += group.features.length;
      if (encoded.values !== undefined) featureValues.push(encoded.values);
    }
    if (featureValues.length === 0) {
      return { index, cause: "no-value", reason: "every feature of the row is null" };
    }
    const bytes = encodePersistRow({ keyValues, featureValues });
    const shape = this.#shapeOf(given, shapes);
    const sizeBytes = shape.head.length + persistRowSize(bytes);
    if (sizeBytes > MESSAGE_SIZE_BYTES_MAX) {
      const reason = `a message of ${sizeBytes} bytes; ${MESSAGE_SIZE_BYTES_MAX} at most`;
      return { index, cause: "too-large", reason };
    }
    return { shape, bytes };
  }

  #shapeOf(given: string, shapes: Map<string, Shape>): Shape {
    const known = shapes.get(given);
    if (known !== undefined) return known;
    const shape = { head: this.#headOf(given), rows: [], sizeBytes: 0 };
    shapes.set(given, shape);
    return shape;
  }

  #headOf(given: string): Uint8Array {
    const known = this.#heads.get(given);
    if (known !== undefined) return known;
    let position = 0;
    const groups = this.#mapping.groups.map(({ label, features }) => {
      const labels = features.map((feature) => feature.label);
      const featureLabels = labels.filter((_, index) => given[position + index] === "1");
      position += labels.length;
      return { label, featureLabels };
    });
    const filled = groups.filter(({ featureLabels }) => featureLabels.length > 0);
    const head = encodePersistHead(this.#mapping.entityLabel, this.#keysSchema, filled);
    if (this.#heads.size < HEADS_MAX) this.#heads.set(given, head);
    return head;
  }
}

/** Heads that are kept; beyond it they are encoded anew for each batch. */
const HEADS_MAX = 1_000;

function finish(shape: Shape, { topic, headers }: MessageHead): NewRecord {
  const value = encodePersistQuery(shape.head, shape.rows);
  shape.rows = [];
  shape.sizeBytes = 0;
  return { topic, key: undefined, value, headers };
}

function keyTexts(
  { keys }: BlockMapping,
  cellAt: CellAt,
  index: number,
): readonly string[] | Reject {
  const texts: string[] = [];
  for (const [position, { label, toText }] of keys.entries()) {
    const value = cellAt(position);
    const text = value === null ? "" : toText(value);
    if (text === "") {
      const fault = value === null ? "is null" : "is empty";
      return { index, cause: `null-key ${label}`, reason: `key ${label} ${fault}` };
    }
    texts.push(text);
  }
  return texts;
}

/** @returns which features are given, as `1` and `0`, and their values if there are any */
function encodeGroup(
  group: GroupColumns,
  cellAt: CellAt,
  start: number,
  index: number,
): Reject | { readonly given: string; readonly values: Values | undefined } {
  const elements: (Element | readonly Element[])[] = [];
  let given = "";
  for (const [offset, feature] of group.features.entries()) {
    const value = cellAt(start + offset);
    given += value === null ? "0" : "1";
    if (value === null) continue;
    const element = encodeFeature(feature, value);
    if (element instanceof CellFault) return refuse(index, group, feature, element);
    elements.push(element);
  }
  return { given, values: elements.length === 0 ? undefined : valuesOf(group, elements) };
}

function encodeFeature(
  { toElement, vectorLength }: FeatureColumn,
  value: CellValue,
): Element | readonly Element[] | CellFault {
  if (vectorLength === undefined) return toElement(value);
  const cells = value as readonly CellValue[];
  if (cells.length !== vectorLength) {
    return new CellFault(`${cells.length} elements where ${vectorLength} are declared`);
  }
  const elements: Element[] = [];
  for (const cell of cells) {
    const element = cell === null ? new CellFault("an element is null") : toElement(cell);
    if (element instanceof CellFault) return element;
    elements.push(element);
  }
  return elements;
}

function valuesOf({ dataType }: GroupColumns, elements: Elements): Values {
  const { container } = dataType.element;
  if (!dataType.isVector) return { ...emptyValues(), [container]: elements };
  const vector = elements.map((each) => ({ ...emptyValues(), [container]: each }));
  return { ...emptyValues(), vector };
}

function refuse(
  index: number,
  { label: group }: GroupColumns,
  { field, label }: FeatureColumn,
  { reason }: CellFault,
): Reject {
  return {
    index,
    cause: `value ${field.name}`,
    reason: `${field.name} (feature ${group}:${label}): ${reason}`,
  };
}
