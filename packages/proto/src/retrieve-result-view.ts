import type { ResultFeature, ResultSchema } from "./retrieve-result.ts";
import { ROW_COLUMN_TAG, ROW_KEY_TAG, ROW_TAG } from "./retrieve-result.ts";
import { WireReader } from "./wire.ts";

const ENTITY_LABEL_TAG = 0x0a;
const KEYS_SCHEMA_TAG = 0x12;
const SCHEMAS_TAG = 0x1a;
const GROUP_LABEL_TAG = 0x0a;
const FEATURE_TAG = 0x12;
const FEATURE_LABEL_TAG = 0x0a;
const COLUMN_IDX_TAG = 0x10;

/** A decoded `retrieve.Result` whose columns are places in its bytes: no object for each of them. */
export interface RetrieveResultView {
  /** The message. The view is valid as long as its bytes are. */
  readonly bytes: Buffer;
  readonly entityLabel: string;
  readonly keysSchema: readonly string[];
  readonly featureSchemas: readonly ResultSchema[];
  /** Keys of each row. */
  readonly rowKeys: readonly (readonly string[])[];
  /** Columns of row `i` are `rowColumns[i]` to before `rowColumns[i + 1]`; one entry more than rows. */
  readonly rowColumns: readonly number[];
  /** Where column `c` starts in `bytes`. Columns of all rows, back to back. */
  readonly columnStart: readonly number[];
  /** First byte after column `c`. */
  readonly columnEnd: readonly number[];
}

/** @throws {ProtoError} if the bytes are no message or a text is not valid UTF-8 */
export function readRetrieveResult(message: Uint8Array): RetrieveResultView {
  const reader = new WireReader(message);
  const result = {
    bytes: reader.bytes,
    entityLabel: "",
    keysSchema: [] as string[],
    featureSchemas: [] as ResultSchema[],
    rowKeys: [] as string[][],
    rowColumns: [0],
    columnStart: [] as number[],
    columnEnd: [] as number[],
  };
  while (reader.pos < reader.end) {
    const tag = reader.readTag();
    if (tag === ROW_TAG) {
      result.rowKeys.push(readRow(reader, result.columnStart, result.columnEnd));
      result.rowColumns.push(result.columnStart.length);
    } else if (tag === ENTITY_LABEL_TAG) result.entityLabel = reader.readString();
    else if (tag === KEYS_SCHEMA_TAG) result.keysSchema.push(reader.readString());
    else if (tag === SCHEMAS_TAG) result.featureSchemas.push(readSchema(reader));
    else reader.skip(tag);
  }
  return result;
}

function readRow(reader: WireReader, columnStart: number[], columnEnd: number[]): string[] {
  const outerEnd = reader.enter();
  const keys: string[] = [];
  while (reader.pos < reader.end) {
    const tag = reader.readTag();
    if (tag === ROW_COLUMN_TAG) {
      const size = reader.readSize();
      columnStart.push(reader.pos);
      reader.pos += size;
      columnEnd.push(reader.pos);
    } else if (tag === ROW_KEY_TAG) keys.push(reader.readString());
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return keys;
}

function readSchema(reader: WireReader): ResultSchema {
  const outerEnd = reader.enter();
  const schema = { label: "", features: [] as ResultFeature[] };
  while (reader.pos < reader.end) {
    const tag = reader.readTag();
    if (tag === FEATURE_TAG) schema.features.push(readFeature(reader));
    else if (tag === GROUP_LABEL_TAG) schema.label = reader.readString();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return schema;
}

function readFeature(reader: WireReader): ResultFeature {
  const outerEnd = reader.enter();
  const feature = { label: "", columnIdx: 0 };
  while (reader.pos < reader.end) {
    const tag = reader.readTag();
    if (tag === COLUMN_IDX_TAG) feature.columnIdx = reader.readVarint32() | 0;
    else if (tag === FEATURE_LABEL_TAG) feature.label = reader.readString();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return feature;
}
