import { type DataType, integerRange } from "@ofs/codec";
import type { persist } from "@ofs/proto";
import Long from "long";
import type { FeatureModel, GroupModel } from "./entity-model.ts";
import type { Random } from "./random.ts";

const FLOATS: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.1,
  1.5,
  65504,
  -65520,
  448,
  480,
  57344,
  1e-8,
  5.9604645e-8,
  3.4028234663852886e38,
  1e300,
  123456,
  1234567,
  1e21,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

const CHARACTERS = [...'abcXYZ012 :|,@"\\{}é日本😀\n'];

type Element = number | string | boolean | Long;

/** A value that the type holds. */
export function randomElement(type: DataType, stringLength: number, random: Random): Element {
  switch (type.kind) {
    case "float":
      return random.chance(0.3) ? random.pick(FLOATS) : (random.next() - 0.5) * 2_000;
    case "int":
    case "uint":
      return toInteger(type, randomInteger(type, random));
    case "bool":
      return random.chance(0.5);
    case "string":
      return randomText(random.integer(0, Math.min(stringLength, 40)), random);
  }
}

function randomInteger(type: DataType, random: Random): bigint {
  const { min, max } = integerRange(type);
  if (random.chance(0.2)) return random.pick([min, max, 0n]);
  const wide = BigInt(Math.floor(random.next() * 2 ** 53));
  return min + ((wide * (max - min)) >> 53n);
}

/** In the form of the container: 64 bits as Long. */
export function toInteger(type: DataType, value: bigint): number | Long {
  const isWide = type.container === "int64Values" || type.container === "uint64Values";
  return isWide ? Long.fromString(String(value), type.kind === "uint") : Number(value);
}

/** @param sizeBytes most bytes of the text in UTF-8 */
export function randomText(sizeBytes: number, random: Random): string {
  let text = "";
  for (let left = sizeBytes; ; ) {
    const character = random.pick(CHARACTERS);
    left -= Buffer.byteLength(character);
    if (left < 0) return text;
    text += character;
  }
}

/** Elements of some features of a group, feature by feature. */
export function randomElements(
  { dataType }: GroupModel,
  features: readonly FeatureModel[],
  random: Random,
): Element[][] {
  return features.map(({ vectorLength, stringLength }) =>
    Array.from({ length: dataType.isVector ? vectorLength : 1 }, () =>
      randomElement(dataType.element, stringLength, random),
    ),
  );
}

/** Puts elements into the container of the type. */
export function toValues(type: DataType, elements: readonly Element[][]): persist.IValues {
  if (!type.isVector) return { [type.container]: elements.flat() };
  return { vector: elements.map((vector) => ({ values: { [type.container]: vector } })) };
}
