import type { JsonValue } from "../json/json-value.ts";
import type { ColumnType } from "../model.ts";
import type { CellBytes, ValueFault } from "./cell-bytes.ts";
import { DECIMAL } from "./decimals.ts";
import { wrongKind } from "./faults.ts";
import { DOUBLE, FLOAT } from "./floats.ts";
import { INET } from "./inets.ts";
import { BIGINT, INT, TIMESTAMP, VARINT } from "./integers.ts";
import { ASCII, BLOB, BOOLEAN, textType } from "./texts.ts";
import { TIMEUUID, UUID } from "./uuids.ts";
import type { ValueDecoder, ValueEncoder, ValueOrder, ValueType } from "./value-type.ts";

const BASIC_TYPES: Readonly<Record<ColumnType, ValueType>> = {
  ASCII,
  BIGINT,
  BLOB,
  BOOLEAN,
  DECIMAL,
  DOUBLE,
  FLOAT,
  INET,
  INT,
  TEXT: textType("TEXT"),
  TIMESTAMP,
  TIMEUUID,
  UUID,
  VARCHAR: textType("VARCHAR"),
  VARINT,
};

/** Types that have a value without bytes of their own. In the others a store may hold it too: it says nothing. */
const WITH_EMPTY_VALUE: ReadonlySet<string> = new Set<ColumnType>([
  "ASCII",
  "BLOB",
  "TEXT",
  "VARCHAR",
]);

const TYPES = Object.fromEntries(
  Object.entries(BASIC_TYPES).map(([type, basic]) => [type, completed(type as ColumnType, basic)]),
) as Record<ColumnType, ValueType>;

function completed(type: ColumnType, { encode, decode, compare }: ValueType): ValueType {
  const hasEmptyValue = WITH_EMPTY_VALUE.has(type);
  return {
    encode: (value) => (value === null ? wrongKind(type, value) : encode(value)),
    decode: hasEmptyValue ? decode : (bytes) => (bytes.length === 0 ? "null" : decode(bytes)),
    compare: (a, b) => (a.length === 0 || b.length === 0 ? a.length - b.length : compare(a, b)),
  };
}

/** To be asked once a column, not once a value. Null is a fault. */
export function encoderOf(type: ColumnType): ValueEncoder {
  return TYPES[type].encode;
}

/** To be asked once a column, not once a value. */
export function decoderOf(type: ColumnType): ValueDecoder {
  return TYPES[type].decode;
}

/** The order in which a store keeps clustering keys of this type. Empty values come first. */
export function compareValues(type: ColumnType): ValueOrder {
  return TYPES[type].compare;
}

export function encodeValue(type: ColumnType, value: JsonValue): CellBytes | ValueFault {
  return TYPES[type].encode(value);
}

/** @throws {FeatureStoreError} INTERNAL if the bytes are no such value */
export function decodeValue(type: ColumnType, bytes: CellBytes): string {
  return TYPES[type].decode(bytes);
}
