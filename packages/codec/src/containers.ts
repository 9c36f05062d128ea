import type { DataType, ValuesContainer } from "./data-type.ts";
import { ValueError } from "./errors.ts";
import { integerRange } from "./integer-range.ts";
import type { ElementValue } from "./payload-encoding.ts";
import { CONTAINERS, type Values } from "./values.ts";

/**
 * Which container of a `Values` serves a type: its own one, or, where that is empty and exactly one other is filled, one
 * from which nothing is lost: `fp64Values` for narrower floats, `fp32Values` (doubles as well) for FP64, `int32Values` and
 * `int64Values` for any integer type.
 *
 * @returns undefined if there is none
 */
export function chooseContainer(dataType: DataType, values: Values): ValuesContainer | undefined {
  const own = dataType.container;
  if (values[own].length > 0) return own;
  if (values.vector.length > 0) return undefined;
  let filled: ValuesContainer | undefined;
  for (const container of CONTAINERS) {
    if (values[container].length === 0) continue;
    if (filled !== undefined) return undefined;
    filled = container;
  }
  return filled !== undefined && isAccepted(dataType, filled) ? filled : undefined;
}

function isAccepted(dataType: DataType, container: ValuesContainer): boolean {
  switch (dataType.kind) {
    case "float":
      return container === "fp64Values" || container === "fp32Values";
    case "int":
    case "uint":
      return container === "int32Values" || container === "int64Values";
    default:
      return false;
  }
}

/** Turns values of a container into what a payload of the type is encoded from. */
export type ElementReader = (value: ElementValue, label: string) => ElementValue;

/**
 * @param isRangeChecked whether integers beyond the type are refused, not wrapped
 * @returns reader for the values of one container; it throws `ValueError` naming label and value
 */
export function createElementReader(dataType: DataType, isRangeChecked: boolean): ElementReader {
  const element = dataType.element;
  switch (element.kind) {
    case "float":
      return element.unitSizeBytes === 8 ? readDouble(element) : readSingle(element);
    case "int":
    case "uint":
      return element.unitSizeBytes === 8
        ? readBigInteger(element, isRangeChecked)
        : readInteger(element, isRangeChecked);
    default:
      return (value, label) => {
        const isKind = typeof value === (element.kind === "bool" ? "boolean" : "string");
        if (!isKind) throw wrongValue(element, label, value, "has another kind");
        return value;
      };
  }
}

function readDouble(dataType: DataType): ElementReader {
  return (value, label) => {
    if (typeof value !== "number") throw wrongValue(dataType, label, value, "is no number");
    return value;
  };
}

/** FP32, FP16 and FP8 are all made from the float32. */
function readSingle(dataType: DataType): ElementReader {
  return (value, label) => {
    if (typeof value !== "number") throw wrongValue(dataType, label, value, "is no number");
    return Math.fround(value);
  };
}

function readInteger(dataType: DataType, isRangeChecked: boolean): ElementReader {
  const { min, max } = integerRange(dataType);
  const lowest = Number(min);
  const highest = Number(max);
  return (value, label) => {
    if (!isInteger(value)) throw wrongValue(dataType, label, value, "is no integer");
    if (isRangeChecked && (value < lowest || value > highest)) {
      throw wrongValue(dataType, label, value, `is not in ${lowest} to ${highest}`);
    }
    return Number(value);
  };
}

function isInteger(value: ElementValue): value is number | bigint {
  return typeof value === "bigint" || Number.isInteger(value);
}

function readBigInteger(dataType: DataType, isRangeChecked: boolean): ElementReader {
  const { min, max } = integerRange(dataType);
  return (value, label) => {
    if (typeof value !== "bigint" && !Number.isSafeInteger(value)) {
      throw wrongValue(dataType, label, value, "is no integer");
    }
    const integer = BigInt(value as bigint | number);
    if (isRangeChecked && (integer < min || integer > max)) {
      throw wrongValue(dataType, label, value, `is not in ${min} to ${max}`);
    }
    return integer;
  };
}

function wrongValue(
  dataType: DataType,
  label: string,
  value: ElementValue,
  fault: string,
): ValueError {
  return new ValueError(`feature ${label}: value ${String(value)} ${fault} (${dataType.name})`);
}
