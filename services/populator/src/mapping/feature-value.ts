import { type DataType, integerRange } from "@ofs/codec";
import { type CellValue, formatDecimal, type TableType } from "@ofs/delta";
import { CellFault, shownValue } from "./cell-fault.ts";
import { isInteger, millisecondsOf, textOf } from "./cell-text.ts";

/** An element as a container of `persist.Values` has it. */
export type Element = number | bigint | string | boolean;

/** Makes the element of a value that is not null. */
export type ToElement = (value: CellValue) => Element | CellFault;

/**
 * How values of a table's column become elements of a data type. Whole numbers and texts arrive as they are or not at all;
 * floats are narrowed by the store to what the feature declares.
 *
 * @param dataType of a scalar
 * @param stringLength most UTF-8 bytes of a text
 * @returns undefined if they cannot
 */
export function elementOf(
  type: TableType,
  dataType: DataType,
  stringLength: number,
): ToElement | undefined {
  switch (dataType.kind) {
    case "bool":
      return type.kind === "boolean" ? (value) => value as boolean : undefined;
    case "string":
      return stringElement(type, stringLength);
    case "float":
      return floatElement(type);
    default:
      return integerElement(type, dataType);
  }
}

function stringElement(type: TableType, sizeMax: number): ToElement | undefined {
  const text = type.kind === "boolean" ? undefined : textOf(type);
  if (text === undefined) return undefined;
  return (value) => {
    const string = text(value);
    const sizeBytes = Buffer.byteLength(string);
    if (sizeBytes <= sizeMax) return string;
    return new CellFault(`${sizeBytes} bytes where at most ${sizeMax} are declared`);
  };
}

function floatElement(type: TableType): ToElement | undefined {
  switch (type.kind) {
    case "float":
    case "double":
    case "byte":
    case "short":
    case "integer":
      return (value) => value as number;
    case "long":
      return (value) => {
        const number = Number(value);
        return BigInt(number) === value ? number : new CellFault(`${value} is no exact float`);
      };
    case "decimal":
      return (value) => Number(formatDecimal(value as bigint, type.scale));
    default:
      return undefined;
  }
}

function integerElement(type: TableType, dataType: DataType): ToElement | undefined {
  const whole = wholeNumber(type);
  if (whole === undefined) return undefined;
  const { min, max } = integerRange(dataType);
  const is64Bit = dataType.unitSizeBytes === 8;
  return (value) => {
    const integer = whole(value);
    if (integer >= min && integer <= max) return is64Bit ? integer : Number(integer);
    return new CellFault(`${shownValue(integer)} is outside ${min} to ${max} of ${dataType.name}`);
  };
}

/** Times are milliseconds. */
function wholeNumber(type: TableType): ((value: CellValue) => bigint) | undefined {
  if (type.kind === "decimal") {
    return type.scale === 0 ? (value) => value as bigint : undefined;
  }
  if (isInteger(type)) return (value) => BigInt(value as number | bigint);
  return millisecondsOf(type);
}
