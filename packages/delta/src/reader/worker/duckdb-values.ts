import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import { brokenTable } from "../../errors.ts";
import type { CellValue } from "../../model/table-type.ts";
import type { FileType } from "./file-schema.ts";
import { floorMicros } from "./micros.ts";

/** From a value as DuckDB hands it over; it is never null. */
export type FromDuckDb = (value: DuckDBValue) => CellValue;

const MICROS_PER_MILLI = 1_000n;
const MICROS_PER_SECOND = 1_000_000n;

/** @throws {DeltaError} from the function: FAILED_PRECONDITION if DuckDB sees another type in the file than its schema says */
export function fromDuckDb(type: FileType): FromDuckDb {
  switch (type.kind) {
    case "boolean":
      return (value) => (typeof value === "boolean" ? value : mismatch(type, value));
    case "byte":
    case "short":
    case "integer":
    case "float":
    case "double":
      return (value) => (typeof value === "number" ? value : mismatch(type, value));
    case "long":
      return longOf;
    case "string":
      return (value) => (typeof value === "string" ? value : mismatch(type, value));
    case "binary":
      // A copy: the bytes belong to DuckDB's memory.
      return (value) =>
        value instanceof DuckDBBlobValue ? value.bytes.slice() : mismatch(type, value);
    case "date":
      return (value) => (value instanceof DuckDBDateValue ? value.days : mismatch(type, value));
    case "timestamp":
    case "timestamp_ntz":
      return microsOf;
    default:
      return nestedFromDuckDb(type);
  }
}

function nestedFromDuckDb(type: FileType): FromDuckDb {
  switch (type.kind) {
    case "decimal":
      return (value) => decimalOf(value, type.scale);
    case "array": {
      const element = orNull(fromDuckDb(type.element));
      return (value) =>
        value instanceof DuckDBListValue ? value.items.map(element) : mismatch(type, value);
    }
    case "map": {
      const [key, item] = [orNull(fromDuckDb(type.key)), orNull(fromDuckDb(type.value))];
      return (value) =>
        value instanceof DuckDBMapValue
          ? value.entries.map((entry) => [key(entry.key), item(entry.value)])
          : mismatch(type, value);
    }
    case "struct": {
      const parts = type.fields.map(
        (field) => [field.name, orNull(fromDuckDb(field.type))] as const,
      );
      return (value) => {
        if (!(value instanceof DuckDBStructValue)) return mismatch(type, value);
        return parts.map(([name, part]) => part(partOf(value, name)));
      };
    }
    default:
      return (value) => mismatch(type, value);
  }
}

function orNull(convert: FromDuckDb): (value: DuckDBValue) => CellValue {
  return (value) => (value === null ? null : convert(value));
}

function partOf({ entries }: DuckDBStructValue, name: string): DuckDBValue {
  if (Object.hasOwn(entries, name)) return entries[name] ?? null;
  throw brokenTable(`a struct is decoded without its field ${name}`);
}

/** Unsigned 32-bit integers come as numbers. */
function longOf(value: DuckDBValue): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(value);
  return mismatch({ kind: "long" }, value);
}

/** Unsigned 64-bit integers come as they are. */
function decimalOf(value: DuckDBValue, scale: number): bigint {
  if (value instanceof DuckDBDecimalValue && value.scale === scale) return value.value;
  if (typeof value === "bigint" && scale === 0) return value;
  return mismatch({ kind: "decimal", precision: 0, scale }, value);
}

function microsOf(value: DuckDBValue): bigint {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return value.micros;
  }
  if (value instanceof DuckDBTimestampNanosecondsValue) return floorMicros(value.nanos);
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis * MICROS_PER_MILLI;
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * MICROS_PER_SECOND;
  return mismatch({ kind: "timestamp" }, value);
}

function mismatch(type: FileType, value: DuckDBValue): never {
  const found = typeof value === "object" ? (value?.constructor.name ?? "null") : typeof value;
  throw brokenTable(`a value of type ${type.kind} is decoded as ${found}`);
}
