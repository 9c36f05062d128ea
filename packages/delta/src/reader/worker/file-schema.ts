import type { FileMetaData, SchemaElement, SchemaTree } from "hyparquet";
import { parquetSchema } from "hyparquet";
import { brokenTable } from "../../errors.ts";
import type { PrimitiveName } from "../../model/table-type.ts";

/** A type that a file has. Unsigned integers are in the next wider signed type. */
export type FileType =
  | { readonly kind: PrimitiveName }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "array"; readonly element: FileType }
  | { readonly kind: "struct"; readonly fields: readonly FileField[] }
  | { readonly kind: "map"; readonly key: FileType; readonly value: FileType }
  /** Only an error if it is asked for. */
  | { readonly kind: "unknown"; readonly description: string };

/** A column of a file, or a field of a struct in it. */
export interface FileField {
  readonly name: string;
  readonly fieldId: number | undefined;
  readonly type: FileType;
}

const DECIMAL_DIGITS_MAX = 38;
const DEPTH_MAX = 64;

/** @throws {DeltaError} FAILED_PRECONDITION if the schema is nested too deep */
export function fileFields(metadata: FileMetaData): FileField[] {
  return parquetSchema(metadata).children.map((child) => fieldOf(child, 0));
}

function fieldOf(tree: SchemaTree, depth: number): FileField {
  if (depth > DEPTH_MAX) throw brokenTable(`types are more than ${DEPTH_MAX} deep`);
  const { name, field_id: fieldId } = tree.element;
  const type = typeOf(tree, depth);
  // Repeated, and not said to be a list: it is one.
  const isBareList = tree.element.repetition_type === "REPEATED" && depth === 0;
  return { name, fieldId, type: isBareList ? { kind: "array", element: type } : type };
}

function typeOf(tree: SchemaTree, depth: number): FileType {
  const { element, children } = tree;
  if (children.length === 0 && element.type !== undefined) return leafType(element);
  const { converted_type: converted, logical_type: logical } = element;
  if (converted === "LIST" || logical?.type === "LIST") return listType(tree, depth);
  if (converted === "MAP" || converted === "MAP_KEY_VALUE" || logical?.type === "MAP") {
    return mapType(tree, depth);
  }
  return structType(tree, depth);
}

function structType({ children }: SchemaTree, depth: number): FileType {
  return { kind: "struct", fields: children.map((child) => fieldOf(child, depth + 1)) };
}

/** Parquet's rules for lists: usually a repeated group with one element, in old files the element itself. */
function listType(tree: SchemaTree, depth: number): FileType {
  const [repeated] = tree.children;
  if (repeated === undefined) return { kind: "unknown", description: "a list of nothing" };
  const [element] = repeated.children;
  if (element === undefined) return { kind: "array", element: leafType(repeated.element) };
  const isElement = repeated.children.length > 1;
  return {
    kind: "array",
    element: isElement ? structType(repeated, depth + 1) : fieldOf(element, depth + 1).type,
  };
}

function mapType(tree: SchemaTree, depth: number): FileType {
  const [key, value] = tree.children[0]?.children ?? [];
  if (key === undefined || value === undefined) {
    return { kind: "unknown", description: "a map without keys or values" };
  }
  return {
    kind: "map",
    key: fieldOf(key, depth + 1).type,
    value: fieldOf(value, depth + 1).type,
  };
}

function leafType(element: SchemaElement): FileType {
  const { converted_type: converted, logical_type: logical } = element;
  if (converted === "DECIMAL" || logical?.type === "DECIMAL") return decimalType(element);
  switch (element.type) {
    case "BOOLEAN":
      return { kind: "boolean" };
    case "INT32":
      return int32Type(element);
    case "INT64":
      return int64Type(element);
    case "INT96":
      return { kind: "timestamp" };
    case "FLOAT":
      return { kind: "float" };
    case "DOUBLE":
      return { kind: "double" };
    case "BYTE_ARRAY":
    case "FIXED_LEN_BYTE_ARRAY":
      return bytesType(element);
    default:
      return unknownType(element);
  }
}

function decimalType({ precision = 0, scale = 0, logical_type: logical }: SchemaElement): FileType {
  const digits = logical?.type === "DECIMAL" ? logical.precision : precision;
  const fraction = logical?.type === "DECIMAL" ? logical.scale : scale;
  if (digits < 1 || digits > DECIMAL_DIGITS_MAX) {
    return { kind: "unknown", description: `decimal(${digits},${fraction})` };
  }
  return { kind: "decimal", precision: digits, scale: fraction };
}

function int32Type(element: SchemaElement): FileType {
  const { converted_type: converted, logical_type: logical } = element;
  if (converted === "DATE" || logical?.type === "DATE") return { kind: "date" };
  if (converted === "TIME_MILLIS" || logical?.type === "TIME") return unknownType(element);
  switch (converted ?? integerName(element)) {
    case "INT_8":
      return { kind: "byte" };
    case "INT_16":
    case "UINT_8":
      return { kind: "short" };
    case "UINT_32":
      return { kind: "long" };
    default:
      return { kind: "integer" };
  }
}

function int64Type(element: SchemaElement): FileType {
  const { converted_type: converted, logical_type: logical } = element;
  if (logical?.type === "TIMESTAMP") {
    return { kind: logical.isAdjustedToUTC ? "timestamp" : "timestamp_ntz" };
  }
  if (converted === "TIMESTAMP_MICROS" || converted === "TIMESTAMP_MILLIS") {
    return { kind: "timestamp" };
  }
  if (converted === "TIME_MICROS" || logical?.type === "TIME") return unknownType(element);
  return (converted ?? integerName(element)) === "UINT_64"
    ? { kind: "decimal", precision: 20, scale: 0 }
    : { kind: "long" };
}

/** Newer files may have the newer annotation only. */
function integerName({ logical_type: logical }: SchemaElement): string | undefined {
  if (logical?.type !== "INTEGER") return undefined;
  return `${logical.isSigned ? "INT" : "UINT"}_${logical.bitWidth}`;
}

function bytesType(element: SchemaElement): FileType {
  const { converted_type: converted, logical_type: logical } = element;
  if (converted === "INTERVAL") return unknownType(element);
  switch (logical?.type ?? converted) {
    case "UTF8":
    case "STRING":
    case "ENUM":
    case "JSON":
      return { kind: "string" };
    case undefined:
    case "BSON":
      return { kind: "binary" };
    default:
      return unknownType(element);
  }
}

function unknownType({ type, converted_type: converted, logical_type: logical }: SchemaElement) {
  const name = logical?.type ?? converted ?? "";
  return { kind: "unknown", description: `${type} ${name}`.trim() } as const;
}
