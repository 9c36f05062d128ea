import {
  createFeatureLayout,
  DATA_TYPES,
  type DataType,
  dataTypeByName,
  type ElementValue,
  type FeatureLayout,
  type FeatureValue,
  integerRange,
} from "@ofs/codec";
import fc from "fast-check";

export function typeNamed(shortName: string): DataType {
  const dataType = dataTypeByName(`DataType${shortName}`);
  if (dataType === undefined) throw new Error(`no data type ${shortName}`);
  return dataType;
}

export const anyDataType: fc.Arbitrary<DataType> = fc.constantFrom(...DATA_TYPES);

export function elementsOf(dataType: DataType): fc.Arbitrary<ElementValue> {
  switch (dataType.kind) {
    case "float":
      return dataType.unitSizeBytes === 8
        ? fc.double()
        : fc.oneof(fc.float(), fc.double({ min: -1e6, max: 1e6 }), fc.double());
    case "int":
    case "uint": {
      const { min, max } = integerRange(dataType);
      return dataType.unitSizeBytes === 8
        ? fc.bigInt({ min, max })
        : fc.integer({ min: Number(min), max: Number(max) });
    }
    case "string":
      return fc.string({ unit: "grapheme", maxLength: 12 });
    case "bool":
      return fc.boolean();
  }
}

export interface FeatureSet {
  readonly layout: FeatureLayout;
  readonly values: readonly FeatureValue[];
}

/** A layout of a few features with values that fit it. */
export function featureSetsOf(dataType: DataType): fc.Arbitrary<FeatureSet> {
  const element = elementsOf(dataType);
  const feature: fc.Arbitrary<FeatureValue> = dataType.isVector
    ? fc.array(element, { maxLength: 10 })
    : element;
  return fc.array(feature, { minLength: 1, maxLength: 20 }).map((values) => {
    const vectorLengths = values.map((value) => (Array.isArray(value) ? value.length : 1));
    const stringLengths = values.map((value) => largestString(value));
    return {
      layout: createFeatureLayout(dataType, values.length, vectorLengths, stringLengths),
      values,
    };
  });
}

function largestString(value: FeatureValue): number {
  const elements = Array.isArray(value) ? value : [value];
  let size = 0;
  for (const element of elements) {
    if (typeof element === "string") size = Math.max(size, Buffer.byteLength(element));
  }
  return size;
}

export const anyFeatureSet: fc.Arbitrary<FeatureSet> = anyDataType.chain(featureSetsOf);

interface Edit {
  readonly at: number;
  readonly byte: number;
}

/** Bytes with a few of them changed, and perhaps the end cut off or something appended. */
export function damaged(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const edit: fc.Arbitrary<Edit> = fc.record({ at: fc.nat(), byte: fc.nat(255) });
  return fc
    .tuple(
      bytes,
      fc.array(edit, { maxLength: 4 }),
      fc.option(fc.nat()),
      fc.uint8Array({ maxLength: 2 }),
    )
    .map(([original, edits, cut, tail]) => {
      const kept = cut === null ? original : original.subarray(0, cut % (original.length + 1));
      const result = Uint8Array.from([...kept, ...tail]);
      for (const { at, byte } of edits) {
        if (result.length > 0) result[at % result.length] = byte;
      }
      return result;
    });
}
