import type { Values } from "@ofs/codec";
import { ProtoError } from "./errors.ts";
import { type RetrieveGroup, readGroup } from "./retrieve-query.ts";
import { WIRE_BYTES, WIRE_FIXED64, WIRE_VARINT, WireReader } from "./wire.ts";

/** A decoded `persist.Query`. */
export interface PersistQuery {
  readonly entityLabel: string;
  readonly keysSchema: readonly string[];
  readonly featureGroups: readonly RetrieveGroup[];
  readonly data: readonly PersistRow[];
}

export interface PersistRow {
  readonly keyValues: readonly string[];
  /** One a group; undefined where the sender left its values out. */
  readonly featureValues: readonly (Values | undefined)[];
}

/*
 * persist.Query                                    tag
 *   1 entity_label          string                 0x0a
 *   2 keys_schema           string*                0x12
 *   3 feature_group_schema  FeatureGroupSchema*    0x1a   { 1 label string, 2 feature_labels string* }
 *   4 data                  Data*                  0x22
 * persist.Data
 *   1 key_values            string*                0x0a
 *   2 feature_values        FeatureValues*         0x12   { 1 values Values 0x0a }
 * persist.Values            numbers packed (tag as below) or one by one (wire type 0 or 1)
 *   1 fp32_values double*   0x0a     6 uint64_values uint64*  0x32
 *   2 fp64_values double*   0x12     7 string_values string*  0x3a
 *   3 int32_values int32*   0x1a     8 bool_values bool*      0x42
 *   4 int64_values int64*   0x22     9 vector Vector*         0x4a   { 1 values Values 0x0a }
 *   5 uint32_values uint32* 0x2a
 */
const ENTITY_LABEL_TAG = 0x0a;
const KEYS_SCHEMA_TAG = 0x12;
const GROUP_SCHEMA_TAG = 0x1a;
const DATA_TAG = 0x22;
const KEY_VALUE_TAG = 0x0a;
const FEATURE_VALUES_TAG = 0x12;
const VALUES_TAG = 0x0a;

/** `Values` of a group, and `Values` in its `vector`; nothing below. */
const VALUES_DEPTH_MAX = 2;

/**
 * Decodes a whole `persist.Query`. The result holds no reference to the bytes.
 *
 * @throws {ProtoError} if the bytes are no message, a text is not valid UTF-8 or vectors nest
 */
export function decodePersistQuery(bytes: Uint8Array): PersistQuery {
  const reader = new WireReader(bytes);
  const query = {
    entityLabel: "",
    keysSchema: [] as string[],
    featureGroups: [] as RetrieveGroup[],
    data: [] as PersistRow[],
  };
  while (reader.pos < reader.end) {
    const tag = reader.readTag();
    if (tag === DATA_TAG) query.data.push(readRow(reader));
    else if (tag === ENTITY_LABEL_TAG) query.entityLabel = reader.readString();
    else if (tag === KEYS_SCHEMA_TAG) query.keysSchema.push(reader.readString());
    else if (tag === GROUP_SCHEMA_TAG) query.featureGroups.push(readGroup(reader));
    else reader.skip(tag);
  }
  return query;
}

/** Shared by all rows and `Values`, because most fill few of their arrays. */
const NONE = Object.freeze([]) as unknown as never[];

/** A literal has room for one; the first push to an empty array makes room for 17. */
function append<T>(list: T[], value: T): T[] {
  if (list === NONE) return [value];
  list.push(value);
  return list;
}

function readRow(reader: WireReader): PersistRow {
  const outerEnd = reader.enter();
  let keyValues: string[] = NONE;
  let featureValues: (Values | undefined)[] = NONE;
  while (reader.pos < reader.end) {
    const tag = reader.readTag();
    if (tag === FEATURE_VALUES_TAG) featureValues = append(featureValues, readWrapped(reader, 1));
    else if (tag === KEY_VALUE_TAG) keyValues = append(keyValues, reader.readString());
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { keyValues, featureValues };
}

/** Reads `FeatureValues` or `Vector`: `{ 1 values Values }`; further occurrences add to the first. */
function readWrapped(reader: WireReader, depth: number): Values | undefined {
  const outerEnd = reader.enter();
  let values: DecodedValues | undefined;
  while (reader.pos < reader.end) {
    const tag = reader.readTag();
    if (tag === VALUES_TAG) {
      values ??= new DecodedValues();
      readValues(reader, values, depth);
    } else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return values;
}

class DecodedValues implements Values {
  fp32Values: number[] = NONE;
  fp64Values: number[] = NONE;
  int32Values: number[] = NONE;
  int64Values: bigint[] = NONE;
  uint32Values: number[] = NONE;
  uint64Values: bigint[] = NONE;
  stringValues: string[] = NONE;
  boolValues: boolean[] = NONE;
  vector: (Values | undefined)[] = NONE;
}

function readValues(reader: WireReader, values: DecodedValues, depth: number): void {
  if (depth > VALUES_DEPTH_MAX) throw new ProtoError("vectors nest", reader.pos);
  const outerEnd = reader.enter();
  while (reader.pos < reader.end) {
    const tag = reader.readTag();
    if (!readNumbers(reader, values, tag) && !readOthers(reader, values, tag, depth)) {
      reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
}

/** @returns false if the field is none of the 32-bit and 64-bit numbers */
function readNumbers(reader: WireReader, values: DecodedValues, tag: number): boolean {
  switch (tag >>> 3) {
    case 1:
      if (!isWireType(tag, WIRE_FIXED64)) return false;
      values.fp32Values = readDoubles(reader, tag, values.fp32Values);
      return true;
    case 2:
      if (!isWireType(tag, WIRE_FIXED64)) return false;
      values.fp64Values = readDoubles(reader, tag, values.fp64Values);
      return true;
    case 3:
      if (!isWireType(tag, WIRE_VARINT)) return false;
      values.int32Values = readVarints(reader, tag, values.int32Values, readInt32);
      return true;
    case 4:
      if (!isWireType(tag, WIRE_VARINT)) return false;
      values.int64Values = readVarints(reader, tag, values.int64Values, readInt64);
      return true;
    case 5:
      if (!isWireType(tag, WIRE_VARINT)) return false;
      values.uint32Values = readVarints(reader, tag, values.uint32Values, readUint32);
      return true;
    case 6:
      if (!isWireType(tag, WIRE_VARINT)) return false;
      values.uint64Values = readVarints(reader, tag, values.uint64Values, readUint64);
      return true;
    default:
      return false;
  }
}

/** @returns false if the field is none of strings, bools and vectors */
function readOthers(
  reader: WireReader,
  values: DecodedValues,
  tag: number,
  depth: number,
): boolean {
  const isBytes = (tag & 7) === WIRE_BYTES;
  switch (tag >>> 3) {
    case 7:
      if (!isBytes) return false;
      values.stringValues = append(values.stringValues, reader.readString());
      return true;
    case 8:
      if (!isWireType(tag, WIRE_VARINT)) return false;
      values.boolValues = readVarints(reader, tag, values.boolValues, readBool);
      return true;
    case 9:
      if (!isBytes) return false;
      values.vector = append(values.vector, readWrapped(reader, depth + 1));
      return true;
    default:
      return false;
  }
}

const readInt32 = (reader: WireReader): number => reader.readVarint32() | 0;
const readUint32 = (reader: WireReader): number => reader.readVarint32();
const readInt64 = (reader: WireReader): bigint => BigInt.asIntN(64, reader.readVarint64());
const readUint64 = (reader: WireReader): bigint => reader.readVarint64();
const readBool = (reader: WireReader): boolean => reader.readBool();

/** Whether a field's wire type is that of one number, or of numbers packed together. */
function isWireType(tag: number, one: number): boolean {
  return (tag & 7) === one || (tag & 7) === WIRE_BYTES;
}

/** @returns the list with what the field holds; a new one if it was `NONE` */
function readDoubles(reader: WireReader, tag: number, list: number[]): number[] {
  if ((tag & 7) === WIRE_FIXED64) return append(list, reader.readDouble());
  const outerEnd = reader.enter();
  const all = list === NONE ? [] : list;
  reader.readDoubles(all);
  reader.leave(outerEnd);
  return all;
}

/** @returns the list with what the field holds; a new one if it was `NONE` */
function readVarints<T>(
  reader: WireReader,
  tag: number,
  list: T[],
  read: (reader: WireReader) => T,
): T[] {
  if ((tag & 7) === WIRE_VARINT) return append(list, read(reader));
  const outerEnd = reader.enter();
  const all = list === NONE ? [] : list;
  while (reader.pos < reader.end) all.push(read(reader));
  reader.leave(outerEnd);
  return all;
}
