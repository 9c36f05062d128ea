import type { FileMetaData, ParquetParsers, SchemaElement } from "hyparquet";
import { brokenTable } from "../../errors.ts";
import type { CellValue } from "../../model/table-type.ts";
import type { FileType } from "./file-schema.ts";
import { floorMicros } from "./micros.ts";

const TEXT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Values without loss; the library's own ones lose microseconds and accept broken texts. */
export const EXACT_PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (millis: bigint) => BigInt(millis) * 1_000n,
  timestampFromMicroseconds: (micros: bigint) => BigInt(micros),
  timestampFromNanoseconds: (nanos: bigint) => floorMicros(BigInt(nanos)),
  dateFromDays: (days: number) => days,
  stringFromBytes: (bytes: Uint8Array) => bytes && TEXT.decode(bytes),
  jsonFromBytes: (bytes: Uint8Array) => bytes && TEXT.decode(bytes),
};

/**
 * Takes annotations away that the library would follow at a loss: decimals would become doubles, and maps objects,
 * which know neither the type nor the order of their keys.
 */
export function withoutLossyAnnotations(metadata: FileMetaData): FileMetaData {
  return { ...metadata, schema: metadata.schema.map(plainElement) };
}

function plainElement(element: SchemaElement): SchemaElement {
  const { converted_type: converted, logical_type: logical, ...rest } = element;
  if (converted === "DECIMAL" || logical?.type === "DECIMAL") return rest;
  // A group in the middle of a map may have the old annotation of maps itself.
  const isMap = converted === "MAP" || converted === "MAP_KEY_VALUE" || logical?.type === "MAP";
  if (isMap) return rest;
  return element;
}

/** @returns from a value as hyparquet hands it over, with the parsers above */
export function fromHyparquet(type: FileType): (value: unknown) => CellValue {
  switch (type.kind) {
    case "boolean":
      return (value) => check(typeof value === "boolean", type, value);
    case "byte":
    case "short":
    case "integer":
    case "float":
    case "double":
    case "date":
      return (value) => check(typeof value === "number", type, value);
    case "long":
      return (value) => BigInt(check(isInteger(value), type, value) as bigint);
    case "timestamp":
    case "timestamp_ntz":
      return (value) => check(typeof value === "bigint", type, value);
    case "string":
      return (value) => check(typeof value === "string", type, value);
    case "binary":
      return (value) => check(value instanceof Uint8Array, type, value);
    case "decimal":
      return decimalOf;
    default:
      return nestedFromHyparquet(type);
  }
}

function nestedFromHyparquet(type: FileType): (value: unknown) => CellValue {
  switch (type.kind) {
    case "array": {
      const element = orNull(fromHyparquet(type.element));
      return (value) => listOf(type, value).map(element);
    }
    case "struct": {
      const parts = type.fields.map(
        (field) => [field.name, orNull(fromHyparquet(field.type))] as const,
      );
      return (value) => {
        const record = check(typeof value === "object", type, value) as unknown as object;
        return parts.map(([name, part]) => part((record as Record<string, unknown>)[name]));
      };
    }
    case "map": {
      const [key, item] = [orNull(fromHyparquet(type.key)), orNull(fromHyparquet(type.value))];
      return (value) =>
        pairsOf(type, value).map((pair) => {
          const [left, right] = Object.values(pair as object);
          return [key(left), item(right)];
        });
    }
    default:
      return (value) => check(false, type, value);
  }
}

function orNull(convert: (value: unknown) => CellValue): (value: unknown) => CellValue {
  return (value) => (value === null || value === undefined ? null : convert(value));
}

function listOf(type: FileType, value: unknown): unknown[] {
  check(Array.isArray(value), type, value);
  return value as unknown[];
}

/** Without its annotation, a map is a struct with one field: a list of structs of key and value. */
function pairsOf(type: FileType, value: unknown): unknown[] {
  check(typeof value === "object", type, value);
  const [pairs = []] = Object.values(value as object);
  return listOf(type, pairs);
}

function isInteger(value: unknown): boolean {
  return typeof value === "bigint" || Number.isSafeInteger(value);
}

/** Integers of any width, or bytes, big-endian two's complement. */
function decimalOf(value: unknown): bigint {
  if (typeof value === "number" || typeof value === "bigint") return BigInt(value);
  if (!(value instanceof Uint8Array)) return check(false, { kind: "binary" }, value) as never;
  if (value.length === 0) return 0n;
  return BigInt.asIntN(value.length * 8, BigInt(`0x${Buffer.from(value).toString("hex")}`));
}

function check(isRight: boolean, type: FileType, value: unknown): CellValue {
  if (isRight) return value as CellValue;
  throw brokenTable(`a value of type ${type.kind} is decoded as ${typeof value}`);
}
