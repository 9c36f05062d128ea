const SCALAR_SIZES = {
  FP8E5M2: 1,
  FP8E4M3: 1,
  FP16: 2,
  FP32: 4,
  FP64: 8,
  Int8: 1,
  Int16: 2,
  Int32: 4,
  Int64: 8,
  Uint8: 1,
  Uint16: 2,
  Uint32: 4,
  Uint64: 8,
  String: 0,
  Bool: 1,
} as const satisfies Record<string, number>;

const PREFIX = "DataType";
const VECTOR = "Vector";
const SCALARS = Object.keys(SCALAR_SIZES);

/** All 30 data types, scalars before their vectors, as the registry spells them. */
export const DATA_TYPES: readonly string[] = [
  ...SCALARS.map((name) => `${PREFIX}${name}`),
  ...SCALARS.map((name) => `${PREFIX}${name}${VECTOR}`),
];

/** For people: `DataTypeFP32Vector` is `FP32 vector`. */
export function dataTypeName(dataType: string): string {
  const name = dataType.startsWith(PREFIX) ? dataType.slice(PREFIX.length) : dataType;
  return name.endsWith(VECTOR) ? `${name.slice(0, -VECTOR.length)} vector` : name;
}

export function isVectorType(dataType: string): boolean {
  return dataType.endsWith(VECTOR);
}

export function isStringType(dataType: string): boolean {
  return dataType === "DataTypeString" || dataType === "DataTypeStringVector";
}

/** @returns bytes of one element; undefined for strings, whose size is declared with each feature */
export function elementSizeBytes(dataType: string): number | undefined {
  const name = dataType.slice(PREFIX.length).replace(/Vector$/, "");
  const size = (SCALAR_SIZES as Readonly<Record<string, number>>)[name];
  return size === 0 ? undefined : size;
}

/** The value to offer as a default: 0, false or nothing, in the form that the server reads. */
export function neutralDefault(dataType: string, vectorLength: number): string {
  const isBool = dataType.startsWith(`${PREFIX}Bool`);
  const element = isBool ? "false" : isStringType(dataType) ? "" : "0";
  if (!isVectorType(dataType)) return element;
  return `[${Array.from({ length: vectorLength }, () => element).join(",")}]`;
}
