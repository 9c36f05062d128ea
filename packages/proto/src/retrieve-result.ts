import {
  fieldSize,
  stringSize,
  varintSize,
  writeFieldHead,
  writeStringField,
  writeVarint,
} from "./writer.ts";

/*
 * retrieve.Result                          retrieve.DecodedResult
 *   1 entity_label     string         0x0a
 *   2 keys_schema      string*        0x12   1 keys_schema      string*         0x0a
 *   3 feature_schemas  FeatureSchema* 0x1a   2 feature_schemas  FeatureSchema*  0x12
 *   4 rows             Row*           0x22   3 rows             DecodedRow*     0x1a
 * Row, DecodedRow                          FeatureSchema
 *   1 keys             string*        0x0a   1 feature_group_label  string      0x0a
 *   2 columns  bytes* or string*      0x12   2 features             Feature*    0x12
 *                                          Feature
 *                                            1 label string 0x0a, 2 column_idx int32 0x10
 */

/** Tag of `retrieve.Result.rows`. */
export const ROW_TAG = 0x22;
/** Tag of `retrieve.Row.keys`, which is that of `retrieve.Keys.cols`, too. */
export const ROW_KEY_TAG = 0x0a;
/** Tag of `retrieve.Row.columns`. */
export const ROW_COLUMN_TAG = 0x12;

const ENTITY_LABEL_TAG = 0x0a;
const KEYS_SCHEMA_TAG = 0x12;
const SCHEMAS_TAG = 0x1a;
const DECODED_KEYS_SCHEMA_TAG = 0x0a;
const DECODED_SCHEMAS_TAG = 0x12;
const DECODED_ROW_TAG = 0x1a;
const GROUP_LABEL_TAG = 0x0a;
const FEATURE_TAG = 0x12;
const FEATURE_LABEL_TAG = 0x0a;
const COLUMN_IDX_TAG = 0x10;

/** One group of a result. */
export interface ResultSchema {
  readonly label: string;
  readonly features: readonly ResultFeature[];
}

export interface ResultFeature {
  /** Without the suffix of a requested narrower type. */
  readonly label: string;
  /** Position in a row's columns: 0, 1, 2 ... over all groups. */
  readonly columnIdx: number;
}

/** One row of a decoded result. */
export interface DecodedRow {
  readonly keys: readonly string[];
  readonly columns: readonly string[];
}

/** Fields 1 to 3 of `retrieve.Result`: all but the rows. Rows may be written right behind it. */
export function encodeResultHead(
  entityLabel: string,
  keysSchema: readonly string[],
  schemas: readonly ResultSchema[],
): Uint8Array {
  const labelSize = entityLabel === "" ? 0 : fieldSize(stringSize(entityLabel));
  const out = Buffer.allocUnsafe(
    labelSize + stringFieldsSize(keysSchema) + schemaFieldsSize(schemas),
  );
  let at = 0;
  if (labelSize > 0) {
    at = writeStringField(out, at, ENTITY_LABEL_TAG, entityLabel, stringSize(entityLabel));
  }
  at = writeStringFields(out, at, KEYS_SCHEMA_TAG, keysSchema);
  writeSchemaFields(out, at, SCHEMAS_TAG, schemas);
  return out;
}

/** Fields 1 and 2 of `retrieve.DecodedResult`: all but the rows. */
export function encodeDecodedResultHead(
  keysSchema: readonly string[],
  schemas: readonly ResultSchema[],
): Uint8Array {
  const out = Buffer.allocUnsafe(stringFieldsSize(keysSchema) + schemaFieldsSize(schemas));
  const at = writeStringFields(out, 0, DECODED_KEYS_SCHEMA_TAG, keysSchema);
  writeSchemaFields(out, at, DECODED_SCHEMAS_TAG, schemas);
  return out;
}

/**
 * A whole `retrieve.DecodedResult`.
 *
 * @param head of `encodeDecodedResultHead`
 */
export function encodeDecodedResult(head: Uint8Array, rows: readonly DecodedRow[]): Uint8Array {
  const rowSizes = new Array<number>(rows.length);
  let size = head.length;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as DecodedRow;
    const rowSize = stringFieldsSize(row.keys) + stringFieldsSize(row.columns);
    rowSizes[i] = rowSize;
    size += fieldSize(rowSize);
  }
  const out = Buffer.allocUnsafe(size);
  out.set(head);
  let at = head.length;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as DecodedRow;
    at = writeFieldHead(out, at, DECODED_ROW_TAG, rowSizes[i] as number);
    at = writeStringFields(out, at, ROW_KEY_TAG, row.keys);
    at = writeStringFields(out, at, ROW_COLUMN_TAG, row.columns);
  }
  return out;
}

/** The body of a `retrieve.Keys` message, which is also the `keys` part of a `retrieve.Row`. */
export function encodeKeys(cols: readonly string[]): Uint8Array {
  const out = Buffer.allocUnsafe(stringFieldsSize(cols));
  writeStringFields(out, 0, ROW_KEY_TAG, cols);
  return out;
}

function stringFieldsSize(texts: readonly string[]): number {
  let size = 0;
  for (let i = 0; i < texts.length; i++) size += fieldSize(stringSize(texts[i] as string));
  return size;
}

function writeStringFields(
  out: Uint8Array,
  offset: number,
  tag: number,
  texts: readonly string[],
): number {
  let at = offset;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] as string;
    at = writeStringField(out, at, tag, text, stringSize(text));
  }
  return at;
}

function schemaFieldsSize(schemas: readonly ResultSchema[]): number {
  return schemas.reduce((size, schema) => size + fieldSize(schemaSize(schema)), 0);
}

function schemaSize({ label, features }: ResultSchema): number {
  const labelSize = label === "" ? 0 : fieldSize(stringSize(label));
  return features.reduce((size, feature) => size + fieldSize(featureSize(feature)), labelSize);
}

function featureSize({ label, columnIdx }: ResultFeature): number {
  const labelSize = label === "" ? 0 : fieldSize(stringSize(label));
  return labelSize + (columnIdx === 0 ? 0 : 1 + varintSize(columnIdx));
}

function writeSchemaFields(
  out: Uint8Array,
  offset: number,
  tag: number,
  schemas: readonly ResultSchema[],
): number {
  let at = offset;
  for (const schema of schemas) {
    at = writeFieldHead(out, at, tag, schemaSize(schema));
    if (schema.label !== "") {
      at = writeStringField(out, at, GROUP_LABEL_TAG, schema.label, stringSize(schema.label));
    }
    for (const feature of schema.features) at = writeFeature(out, at, feature);
  }
  return at;
}

function writeFeature(out: Uint8Array, offset: number, feature: ResultFeature): number {
  const { label, columnIdx } = feature;
  let at = writeFieldHead(out, offset, FEATURE_TAG, featureSize(feature));
  if (label !== "") at = writeStringField(out, at, FEATURE_LABEL_TAG, label, stringSize(label));
  if (columnIdx === 0) return at;
  out[at] = COLUMN_IDX_TAG;
  return writeVarint(out, at + 1, columnIdx);
}
