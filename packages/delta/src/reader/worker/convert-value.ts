import { DeltaError } from "../../errors.ts";
import type { CellValue, TableField, TableType } from "../../model/table-type.ts";
import { formatType } from "../../model/type-names.ts";
import type { FileField, FileType } from "./file-schema.ts";

/** From a value of a file's type to one of the table's; null stays null. */
export type Convert = (value: CellValue) => CellValue;

const INTEGER_RANGES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  byte: [-128, 127],
  short: [-32_768, 32_767],
  integer: [-2_147_483_648, 2_147_483_647],
};
const INTEGERS: readonly string[] = ["byte", "short", "integer"];
const MICROS_PER_DAY = 86_400_000_000n;
const TEXT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const same: Convert = (value) => value;

/**
 * Finds the way from a type of a file to a type of the table: the same, a wider one (type widening), or a narrower
 * integer that files have no name for, checked value by value.
 *
 * @param column for errors
 * @throws {DeltaError} FAILED_PRECONDITION if there is none
 */
export function converterOf(from: FileType, to: TableType, column: string): Convert {
  const convert = partsConverter(from, to, column) ?? plainConverter(from, to, column);
  if (convert !== undefined) return convert;
  throw new DeltaError(
    "FAILED_PRECONDITION",
    `column ${column} is ${describe(from)} in the file and ${formatType(to)} in the table`,
  );
}

function partsConverter(from: FileType, to: TableType, column: string): Convert | undefined {
  if (from.kind === "array" && to.kind === "array") {
    const convert = converterOf(from.element, to.element, `${column}.element`);
    return convert === same ? same : eachOf(convert);
  }
  if (from.kind === "map" && to.kind === "map") {
    const key = converterOf(from.key, to.key, `${column}.key`);
    const value = converterOf(from.value, to.value, `${column}.value`);
    if (key === same && value === same) return same;
    return eachOf((pair) => {
      const [left = null, right = null] = pair as readonly CellValue[];
      return [left === null ? null : key(left), right === null ? null : value(right)];
    });
  }
  if (from.kind === "struct" && to.kind === "struct") {
    return structConverter(from.fields, to.fields, column);
  }
  return undefined;
}

function structConverter(
  from: readonly FileField[],
  to: readonly TableField[],
  column: string,
): Convert {
  const steps = to.map((field) => {
    const index = findField(from, field);
    const found = from[index];
    const convert =
      found === undefined ? same : converterOf(found.type, field.type, `${column}.${field.name}`);
    return { index, convert };
  });
  return (value) =>
    steps.map(({ index, convert }) => {
      const part = (value as readonly CellValue[])[index] ?? null;
      return part === null ? null : convert(part);
    });
}

/** @returns -1 if the file lacks it */
export function findField(fields: readonly FileField[], wanted: TableField): number {
  return wanted.fieldId === undefined
    ? fields.findIndex(({ name }) => name === wanted.physicalName)
    : fields.findIndex(({ fieldId }) => fieldId === wanted.fieldId);
}

function eachOf(convert: Convert): Convert {
  return (value) =>
    (value as readonly CellValue[]).map((part) => (part === null ? null : convert(part)));
}

function plainConverter(from: FileType, to: TableType, column: string): Convert | undefined {
  if (to.kind === "decimal") return decimalConverter(from, to, column);
  if (from.kind === to.kind) return same;
  if (INTEGERS.includes(from.kind)) return integerConverter(from, to, column);
  switch (`${from.kind} ${to.kind}`) {
    case "float double":
    // Writers disagree on whether times without a zone are marked; the microseconds are the same.
    case "timestamp timestamp_ntz":
    case "timestamp_ntz timestamp":
      return same;
    case "date timestamp_ntz":
      return (value) => BigInt(value as number) * MICROS_PER_DAY;
    case "binary string":
      return (value) => decodeText(value as Uint8Array, column);
    default:
      return undefined;
  }
}

function integerConverter(from: FileType, to: TableType, column: string): Convert | undefined {
  if (to.kind === "long") return (value) => BigInt(value as number);
  if (to.kind === "double") return same;
  const [min, max] = INTEGER_RANGES[to.kind] ?? [];
  if (min === undefined || max === undefined) return undefined;
  if (INTEGERS.indexOf(from.kind) < INTEGERS.indexOf(to.kind)) return same;
  return (value) => {
    const number = value as number;
    if (number >= min && number <= max) return number;
    throw new DeltaError("FAILED_PRECONDITION", `column ${column}: ${number} is no ${to.kind}`);
  };
}

function decimalConverter(
  from: FileType,
  to: { readonly precision: number; readonly scale: number },
  column: string,
): Convert | undefined {
  const scale = from.kind === "decimal" ? from.scale : 0;
  const isNumber = from.kind === "decimal" || from.kind === "long" || INTEGERS.includes(from.kind);
  if (!isNumber || scale > to.scale) return undefined;
  if (from.kind === "decimal" && scale === to.scale && from.precision <= to.precision) return same;
  const factor = 10n ** BigInt(to.scale - scale);
  const limit = 10n ** BigInt(to.precision);
  return (value) => {
    const unscaled = BigInt(value as number | bigint) * factor;
    if (unscaled < limit && unscaled > -limit) return unscaled;
    const text = `${unscaled} with scale ${to.scale}`;
    throw new DeltaError(
      "FAILED_PRECONDITION",
      `column ${column}: ${text} has more than ${to.precision} digits`,
    );
  };
}

function decodeText(bytes: Uint8Array, column: string): string {
  try {
    return TEXT.decode(bytes);
  } catch (cause) {
    throw new DeltaError("FAILED_PRECONDITION", `column ${column}: a text is not UTF-8`, { cause });
  }
}

function describe(type: FileType): string {
  switch (type.kind) {
    case "unknown":
      return type.description;
    case "decimal":
      return formatType(type);
    default:
      return type.kind;
  }
}
