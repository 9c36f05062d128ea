import type { DataType } from "./data-type.ts";
import { decodeBools, decodeNumbers, decodeStrings, decodeText } from "./feature-decoding.ts";
import { type FloatForm, formatFloat32, formatFloat64 } from "./float-text.ts";

/** Between the elements of a vector. Nothing is escaped. */
const ELEMENT_SEPARATOR = ":";

/**
 * Text of one feature, from the bytes that a client gets for it: decimals, `true`/`false` (`1`/`0` in vectors), strings as
 * they are, floats by their shortest digits; elements joined with `:`.
 *
 * @param vectorLength element count; read for StringVector only, whose bytes do not tell it
 * @throws {CodecError} if the bytes do not have the type's width
 */
export function formatFeature(dataType: DataType, bytes: Uint8Array, vectorLength: number): string {
  switch (dataType.kind) {
    case "string":
      return dataType.isVector
        ? decodeStrings(dataType, bytes, vectorLength).join(ELEMENT_SEPARATOR)
        : decodeText(bytes);
    case "bool":
      return formatBools(dataType, decodeBools(dataType, bytes));
    case "float":
      return formatFloats(dataType, bytes);
    default:
      return decodeNumbers(dataType, bytes).join(ELEMENT_SEPARATOR);
  }
}

function formatBools(dataType: DataType, bools: readonly boolean[]): string {
  if (!dataType.isVector) return String(bools[0]);
  return bools.map((bool) => (bool ? "1" : "0")).join(ELEMENT_SEPARATOR);
}

function formatFloats(dataType: DataType, bytes: Uint8Array): string {
  const numbers = decodeNumbers(dataType, bytes) as Float32Array | Float64Array;
  const format = numbers instanceof Float64Array ? formatFloat64 : formatFloat32;
  const form: FloatForm = dataType.isVector ? "plain" : "general";
  if (!dataType.isVector) return format(numbers[0] as number, form);
  const texts = new Array<string>(numbers.length);
  for (let i = 0; i < numbers.length; i++) texts[i] = format(numbers[i] as number, form);
  return texts.join(ELEMENT_SEPARATOR);
}
