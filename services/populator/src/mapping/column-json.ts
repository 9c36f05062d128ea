import { type CellValue, formatDecimal, type TableType } from "@ofs/delta";
import { type ColumnType, encoderOf, ValueFault } from "@ofs/rows";
import { CellFault, shownValue } from "./cell-fault.ts";
import { isInteger, millisecondsOf, textOf } from "./cell-text.ts";

/** Makes the JSON text of a value that is not null. */
export type ToJson = (value: CellValue) => string | CellFault;

export interface JsonOptions {
  /** Bytes as base64 of their base64, as Darwin's clients read them; else base64 once. */
  readonly isBinaryDoubled: boolean;
}

const INT_RANGE = { min: -(2n ** 31n), max: 2n ** 31n - 1n };
const ANY_TEXT: ReadonlySet<ColumnType> = new Set(["TEXT", "VARCHAR"]);
const CHECKED_TEXT: ReadonlySet<ColumnType> = new Set(["ASCII", "UUID", "TIMEUUID", "INET"]);

/**
 * How values of a table's column become JSON that a column of a feature group takes, without loss.
 *
 * @returns undefined if they cannot
 */
export function jsonOf(
  type: TableType,
  column: ColumnType,
  options: JsonOptions,
): ToJson | undefined {
  if (ANY_TEXT.has(column)) return textJson(type);
  if (CHECKED_TEXT.has(column)) return type.kind === "string" ? checkedText(column) : undefined;
  switch (column) {
    case "BOOLEAN":
      return type.kind === "boolean" ? String : undefined;
    case "INT":
      return type.kind === "long" ? longToInt : plainInteger(type);
    case "BIGINT":
      return plainInteger(type);
    case "VARINT":
      return type.kind === "decimal" && type.scale === 0 ? String : plainInteger(type);
    case "DECIMAL":
      return decimalJson(type);
    case "FLOAT":
    case "DOUBLE":
      return floatJson(type);
    case "TIMESTAMP":
      return millisecondsJson(type);
    case "BLOB":
      return type.kind === "binary" ? blobJson(options) : undefined;
    default:
      return undefined;
  }
}

function textJson(type: TableType): ToJson | undefined {
  if (type.kind === "array") {
    const element = nestedJson(type.element);
    if (element === undefined) return undefined;
    const toText = arrayJson(element);
    return (value) => {
      const text = toText(value);
      return text instanceof CellFault ? text : JSON.stringify(text);
    };
  }
  const text = type.kind === "string" || type.kind === "date" ? textOf(type) : undefined;
  return text && ((value) => JSON.stringify(text(value)));
}

/** Elements of arrays, as JSON of their own kind. */
function nestedJson(type: TableType): ToJson | undefined {
  if (type.kind === "array") {
    const element = nestedJson(type.element);
    return element && arrayJson(element);
  }
  if (type.kind === "float" || type.kind === "double") return finiteJson;
  if (type.kind === "decimal") return decimalJson(type);
  if (type.kind === "boolean" || isInteger(type)) return String;
  const text = textOf(type);
  return text && ((value) => JSON.stringify(text(value)));
}

function arrayJson(element: ToJson): ToJson {
  return (value) => {
    const texts: string[] = [];
    for (const each of value as readonly CellValue[]) {
      const text = each === null ? "null" : element(each);
      if (text instanceof CellFault) return text;
      texts.push(text);
    }
    return `[${texts.join(",")}]`;
  };
}

function finiteJson(value: CellValue): string | CellFault {
  if (Number.isFinite(value)) return numberText(value as number);
  return new CellFault(`${shownValue(value)} has no JSON inside an array`);
}

function plainInteger(type: TableType): ToJson | undefined {
  return isInteger(type) ? String : undefined;
}

function longToInt(value: CellValue): string | CellFault {
  const long = value as bigint;
  if (long >= INT_RANGE.min && long <= INT_RANGE.max) return String(long);
  return new CellFault(`${long} is outside the 32 bits of INT`);
}

function decimalJson(type: TableType): ToJson | undefined {
  if (type.kind !== "decimal") return plainInteger(type);
  return (value) => formatDecimal(value as bigint, type.scale);
}

function floatJson(type: TableType): ToJson | undefined {
  const isSmall = type.kind === "byte" || type.kind === "short" || type.kind === "integer";
  const isFloat = type.kind === "float" || type.kind === "double";
  return isSmall || isFloat ? (value) => numberText(value as number) : undefined;
}

/** Bare `NaN` and `Infinity` too, as the format has them. */
function numberText(value: number): string {
  return Object.is(value, -0) ? "-0.0" : String(value);
}

function millisecondsJson(type: TableType): ToJson | undefined {
  const milliseconds = millisecondsOf(type);
  return milliseconds && ((value) => String(milliseconds(value)));
}

function blobJson({ isBinaryDoubled }: JsonOptions): ToJson {
  return (value) => {
    const once = Buffer.from(value as Uint8Array).toString("base64");
    return JSON.stringify(isBinaryDoubled ? Buffer.from(once, "latin1").toString("base64") : once);
  };
}

/** What the store would refuse is refused here, where the row is known. */
function checkedText(column: ColumnType): ToJson {
  const encode = encoderOf(column);
  return (value) => {
    const bytes = encode(value as string);
    return bytes instanceof ValueFault ? new CellFault(bytes.reason) : JSON.stringify(value);
  };
}
