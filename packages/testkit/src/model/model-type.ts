/** Scalar data types of the model, with what the specification says of them. */
export type ElementName =
  | "FP8E5M2"
  | "FP8E4M3"
  | "FP16"
  | "FP32"
  | "FP64"
  | "Int8"
  | "Int16"
  | "Int32"
  | "Int64"
  | "Uint8"
  | "Uint16"
  | "Uint32"
  | "Uint64"
  | "String"
  | "Bool";

export type ElementKind = "float" | "int" | "uint" | "string" | "bool";

/** A data type of a feature group: an element, or a vector of it. */
export interface ModelType {
  /** Without the prefix `DataType`. */
  readonly name: string;
  readonly element: ElementName;
  readonly kind: ElementKind;
  readonly isVector: boolean;
  /** Bytes of an element in an answer; 0 for strings. */
  readonly width: number;
}

/** Floats are numbers, integers bigints. */
export type ScalarValue = number | bigint | boolean | string;
export type FeatureValue = ScalarValue | readonly ScalarValue[];

const ELEMENTS: readonly (readonly [ElementName, ElementKind, number])[] = [
  ["FP8E5M2", "float", 1],
  ["FP8E4M3", "float", 1],
  ["FP16", "float", 2],
  ["FP32", "float", 4],
  ["FP64", "float", 8],
  ["Int8", "int", 1],
  ["Int16", "int", 2],
  ["Int32", "int", 4],
  ["Int64", "int", 8],
  ["Uint8", "uint", 1],
  ["Uint16", "uint", 2],
  ["Uint32", "uint", 4],
  ["Uint64", "uint", 8],
  ["String", "string", 0],
  ["Bool", "bool", 1],
];

/** All 30: scalars, then vectors. */
export const MODEL_TYPES: readonly ModelType[] = [false, true].flatMap((isVector) =>
  ELEMENTS.map(([element, kind, width]) => ({
    name: isVector ? `${element}Vector` : element,
    element,
    kind,
    isVector,
    width,
  })),
);

/** @throws {RangeError} */
export function modelType(name: string): ModelType {
  const type = MODEL_TYPES.find((candidate) => candidate.name === name);
  if (type === undefined) throw new RangeError(`${name} is not a data type`);
  return type;
}

const PRECISION: Partial<Record<ElementName, number>> = {
  FP64: 4,
  FP32: 3,
  FP16: 2,
  FP8E5M2: 1,
  FP8E4M3: 1,
};

/** The types that a feature of `type` may be asked for in by `label@DataType…`. */
export function narrowerTypes(type: ModelType): readonly ModelType[] {
  const own = PRECISION[type.element] ?? 0;
  return MODEL_TYPES.filter(
    ({ element, isVector }) => isVector === type.isVector && (PRECISION[element] ?? own) < own,
  );
}

/** What a feature without data and without a default is: 0, false, empty text. */
export function zeroValue(type: ModelType, vectorLength: number): FeatureValue {
  const zeroes = { float: 0, int: 0n, uint: 0n, string: "", bool: false } as const;
  const zero: ScalarValue = zeroes[type.kind];
  return type.isVector ? Array.from({ length: vectorLength }, () => zero) : zero;
}
