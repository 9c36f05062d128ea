import { type DataType, type ElementValue, type FeatureValue, isExpired } from "../../src/index.ts";
import { assertEqual, CaseFailure } from "./case.ts";

/** A value as the files write it: float bits as hex, 64-bit integers as decimal text. */
export type RawElement = number | string | boolean;
export type RawValue = RawElement | readonly RawElement[];

export interface ValuesGenerator {
  readonly kind: string;
  readonly count?: number;
  readonly mul?: number;
  readonly mod?: number;
  readonly sub?: number;
  readonly div?: number;
  readonly repeat?: string;
  readonly byte_lengths?: readonly (number | readonly number[])[];
  readonly list?: readonly (string | RepeatedText | readonly (string | RepeatedText)[])[];
}

interface RepeatedText {
  readonly repeat: string;
  readonly byte_length: number;
}

export interface Probe {
  /** Unix seconds. */
  readonly at?: number;
  readonly at_ms?: number;
  readonly expired: boolean;
}

export function assertProbes(expiryAtSeconds: number, probes: readonly Probe[]): void {
  for (const { at, at_ms: atMs, expired } of probes) {
    const nowMs = atMs ?? (at as number) * 1000;
    assertEqual(`expired at ${nowMs} ms`, isExpired(expiryAtSeconds, nowMs), expired);
  }
}

export function float32OfHex(hex: string): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, Number.parseInt(hex, 16));
  return view.getFloat32(0);
}

export function hexOfFloat32(value: number): string {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return view.getUint32(0).toString(16).padStart(8, "0");
}

export function float64OfHex(hex: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${hex}`));
  return view.getFloat64(0);
}

export function hexOfFloat64(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

export function readElement(dataType: DataType, raw: RawElement): ElementValue {
  switch (dataType.kind) {
    case "float":
      return dataType.unitSizeBytes === 8
        ? float64OfHex(raw as string)
        : float32OfHex(raw as string);
    case "int":
    case "uint":
      return dataType.unitSizeBytes === 8 ? BigInt(raw as string) : (raw as number);
    default:
      return raw;
  }
}

export function readValues(dataType: DataType, values: readonly RawValue[]): FeatureValue[] {
  return values.map((value) =>
    Array.isArray(value)
      ? value.map((element: RawElement) => readElement(dataType, element))
      : readElement(dataType, value as RawElement),
  );
}

export function generateValues(dataType: DataType, generator: ValuesGenerator): FeatureValue[] {
  switch (generator.kind) {
    case "affine": {
      const values = affineValues(dataType, generator);
      return dataType.isVector ? [values] : values;
    }
    case "strings":
    case "string_vectors":
      return textValues(generator);
    default:
      throw new CaseFailure(`values generator ${generator.kind} is unknown`);
  }
}

function affineValues(dataType: DataType, generator: ValuesGenerator): ElementValue[] {
  const { count = 0, mul = 1, mod = 1, sub = 0, div = 1 } = generator;
  return Array.from({ length: count }, (_, i) => {
    const value = (((i * mul) % mod) - sub) / div;
    if (dataType.kind === "float" || dataType.unitSizeBytes < 8) return value;
    return BigInt(value);
  });
}

function textValues({ repeat = "", byte_lengths: sizes, list }: ValuesGenerator): FeatureValue[] {
  if (list !== undefined) {
    return list.map((entry) =>
      Array.isArray(entry) ? entry.map(textOf) : textOf(entry as string | RepeatedText),
    );
  }
  return (sizes ?? []).map((entry) =>
    Array.isArray(entry)
      ? entry.map((size: number) => repeatTo(repeat, size))
      : repeatTo(repeat, entry as number),
  );
}

function textOf(entry: string | RepeatedText): string {
  return typeof entry === "string" ? entry : repeatTo(entry.repeat, entry.byte_length);
}

/** Repeats a text and cuts it to a size in bytes. */
function repeatTo(text: string, sizeBytes: number): string {
  const unit = Buffer.byteLength(text);
  if (unit === 0) return "";
  const bytes = Buffer.from(text.repeat(Math.ceil(sizeBytes / unit)));
  return bytes.subarray(0, sizeBytes).toString("utf8");
}
