import { DATA_TYPES, type DataType } from "@ofs/codec";
import type { persist } from "@ofs/proto";
import Long from "long";

/** One feature value of a data type: how it is sent, what raw bytes and text come back. */
export interface Sample {
  /** For a vector, one `persist.Vector`'s values. */
  readonly values: persist.IValues;
  readonly hex: string;
  readonly text: string;
}

export const VECTOR_LENGTH = 3;
export const STRING_LENGTH = 24;

/** Two elements of each scalar type, worked out by hand from the formats. */
const ELEMENTS: Record<string, readonly [Sample, Sample]> = {
  FP8E5M2: [float(1.5, "3e", "1.5"), float(-2, "c0", "-2")],
  FP8E4M3: [float(1.5, "3c", "1.5"), float(-2, "c0", "-2")],
  FP16: [float(1.5, "003e", "1.5"), float(-65504, "fffb", "-65504")],
  FP32: [float(0.1, "cdcccc3d", "0.1"), float(-1234567.5, "3cb496c9", "-1.2345675e+06")],
  FP64: [
    { values: { fp64Values: [0.1] }, hex: "9a9999999999b93f", text: "0.1" },
    { values: { fp64Values: [Number.NEGATIVE_INFINITY] }, hex: "000000000000f0ff", text: "-Inf" },
  ],
  Int8: [int(127, "7f"), int(-128, "80")],
  Int16: [int(32767, "ff7f"), int(-32768, "0080")],
  Int32: [int(2147483647, "ffffff7f"), int(-2, "feffffff")],
  Int64: [long("9223372036854775807", "ffffffffffffff7f"), long("-2", "feffffffffffffff")],
  Uint8: [uint(255, "ff"), uint(0, "00")],
  Uint16: [uint(65535, "ffff"), uint(1, "0100")],
  Uint32: [uint(4294967295, "ffffffff"), uint(2, "02000000")],
  Uint64: [ulong("18446744073709551615", "ffffffffffffffff"), ulong("3", "0300000000000000")],
  String: [text("日本語 a|b:c"), text("")],
  Bool: [
    { values: { boolValues: [true] }, hex: "01", text: "true" },
    { values: { boolValues: [false] }, hex: "00", text: "false" },
  ],
};

function float(value: number, hex: string, shown: string): Sample {
  return { values: { fp32Values: [value] }, hex, text: shown };
}

function int(value: number, hex: string): Sample {
  return { values: { int32Values: [value] }, hex, text: String(value) };
}

function uint(value: number, hex: string): Sample {
  return { values: { uint32Values: [value] }, hex, text: String(value) };
}

function long(value: string, hex: string): Sample {
  return { values: { int64Values: [Long.fromString(value)] }, hex, text: value };
}

function ulong(value: string, hex: string): Sample {
  return { values: { uint64Values: [Long.fromString(value, true)] }, hex, text: value };
}

function text(value: string): Sample {
  return {
    values: { stringValues: [value] },
    hex: Buffer.from(value).toString("hex"),
    text: value,
  };
}

/** Two samples of the type. Vectors repeat the first element and end in the second. */
export function samplesOf(type: DataType): readonly [Sample, Sample] {
  const [first, second] = ELEMENTS[type.element.name.slice("DataType".length)] as readonly [
    Sample,
    Sample,
  ];
  if (!type.isVector) return [first, second];
  return [vectorOf(type, [first, first, second]), vectorOf(type, [second, first, second])];
}

function vectorOf(type: DataType, elements: readonly Sample[]): Sample {
  const container = Object.keys(elements[0]?.values ?? {})[0] as keyof persist.IValues;
  const all = elements.flatMap((element) => element.values[container] as unknown[]);
  const bodies = elements.map(({ hex }) => hex).join("");
  const texts = elements.map((element) => vectorText(type, element));
  return {
    values: { [container]: all },
    hex: type.kind === "string" ? lengthPrefixes(elements) + bodies : bodies,
    text: texts.join(":"),
  };
}

/** Elements of a vector print bools as digits, and floats never with an exponent. */
function vectorText(type: DataType, { text: shown }: Sample): string {
  if (type.kind === "bool") return shown === "true" ? "1" : "0";
  return shown === "-1.2345675e+06" ? "-1234567.5" : shown;
}

function lengthPrefixes(elements: readonly Sample[]): string {
  const prefixes = Buffer.alloc(elements.length * 2);
  for (const [i, { hex }] of elements.entries()) prefixes.writeUInt16LE(hex.length / 2, i * 2);
  return prefixes.toString("hex");
}

/** Group label of a type: `DataTypeFP32Vector` -> `fp32vector`. */
export function groupOf(type: DataType): string {
  return type.name.slice("DataType".length).toLowerCase();
}

/** `persist.Values` of one group with the given features. */
export function groupValues(type: DataType, samples: readonly Sample[]): persist.IValues {
  if (type.isVector) return { vector: samples.map(({ values }) => ({ values })) };
  const container = Object.keys(samples[0]?.values ?? {})[0] as keyof persist.IValues;
  return { [container]: samples.flatMap(({ values }) => values[container] as unknown[]) };
}

export { DATA_TYPES };
