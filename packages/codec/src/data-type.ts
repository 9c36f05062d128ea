/** Field of `persist.Values` that carries the values of a type. */
export type ValuesContainer =
  | "fp32Values"
  | "fp64Values"
  | "int32Values"
  | "int64Values"
  | "uint32Values"
  | "uint64Values"
  | "stringValues"
  | "boolValues";

export type ValueKind = "float" | "int" | "uint" | "string" | "bool";

/** One of the 30 data types that a feature group can have. Instances are shared: compare by identity. */
export interface DataType {
  /** 1-30: the code in a block's header. A vector's code is its scalar's + 15. */
  readonly code: number;
  /** As in the registry and in quantisation suffixes, for example `DataTypeFP32Vector`. */
  readonly name: string;
  readonly kind: ValueKind;
  readonly isVector: boolean;
  /** Bytes of one stored element; 0 for strings (variable) and bools (one bit). */
  readonly unitSizeBytes: number;
  readonly container: ValuesContainer;
  /** The type of one element: itself for a scalar. */
  readonly element: DataType;
}

const SCALARS: readonly (readonly [string, ValueKind, number, ValuesContainer])[] = [
  ["FP8E5M2", "float", 1, "fp32Values"],
  ["FP8E4M3", "float", 1, "fp32Values"],
  ["FP16", "float", 2, "fp32Values"],
  ["FP32", "float", 4, "fp32Values"],
  ["FP64", "float", 8, "fp64Values"],
  ["Int8", "int", 1, "int32Values"],
  ["Int16", "int", 2, "int32Values"],
  ["Int32", "int", 4, "int32Values"],
  ["Int64", "int", 8, "int64Values"],
  ["Uint8", "uint", 1, "uint32Values"],
  ["Uint16", "uint", 2, "uint32Values"],
  ["Uint32", "uint", 4, "uint32Values"],
  ["Uint64", "uint", 8, "uint64Values"],
  ["String", "string", 0, "stringValues"],
  ["Bool", "bool", 0, "boolValues"],
];

/** Distance between a scalar's code and its vector's. */
const VECTOR_OFFSET = 15;

function createScalar(index: number): DataType {
  const [shortName, kind, unitSizeBytes, container] = SCALARS[index] as (typeof SCALARS)[number];
  const type = {
    code: index + 1,
    name: `DataType${shortName}`,
    kind,
    isVector: false,
    unitSizeBytes,
    container,
    element: undefined as unknown as DataType,
  };
  type.element = type;
  return Object.freeze(type);
}

function createVector(element: DataType): DataType {
  return Object.freeze({
    code: element.code + VECTOR_OFFSET,
    name: `${element.name}Vector`,
    kind: element.kind,
    isVector: true,
    unitSizeBytes: element.unitSizeBytes,
    container: element.container,
    element,
  });
}

const scalars = SCALARS.map((_, index) => createScalar(index));

/** All data types; the entry at `index` has the code `index + 1`. */
export const DATA_TYPES: readonly DataType[] = [...scalars, ...scalars.map(createVector)];

const byName: ReadonlyMap<string, DataType> = new Map(DATA_TYPES.map((type) => [type.name, type]));

/** @param name case sensitive, with the `DataType` prefix */
export function dataTypeByName(name: string): DataType | undefined {
  return byName.get(name);
}

/** @returns undefined for 0, 31 and anything else that no stored block may carry */
export function dataTypeByCode(code: number): DataType | undefined {
  return DATA_TYPES[code - 1];
}
