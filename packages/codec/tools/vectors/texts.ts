import {
  assembleValues,
  createFeatureLayout,
  type DataType,
  type ElementValue,
  emptyValues,
  type FeatureValue,
  formatFeature,
  parseDefault,
  type Values,
} from "../../src/index.ts";
import { assertBytes, assertEqual, assertRefused, fromHex, typeOf } from "./case.ts";
import { float64OfHex, hexOfFloat32, hexOfFloat64, type RawValue } from "./inputs.ts";

interface Expected {
  readonly outcome: "ok" | "error";
  readonly text?: string;
  readonly bytes_hex?: string;
}

interface TextCase {
  readonly data_type: string;
  readonly bytes_hex: string;
  readonly vector_length?: number;
  readonly expect: Expected;
}

export function runDecodedText(vector: TextCase): void {
  const dataType = typeOf(vector.data_type);
  const bytes = fromHex(vector.bytes_hex);
  const format = () => formatFeature(dataType, bytes, vector.vector_length ?? 0);
  if (vector.expect.outcome === "error") assertRefused("text", format);
  else assertEqual("text", format(), vector.expect.text);
}

interface DefaultCase {
  readonly data_type: string;
  readonly text: string;
  readonly expect: Expected;
}

export function runDefaultValue(vector: DefaultCase): void {
  const parse = () => parseDefault(typeOf(vector.data_type), vector.text, {});
  if (vector.expect.outcome === "error") assertRefused("default", parse);
  else assertBytes("default", parse(), vector.expect.bytes_hex as string);
}

interface RawValues {
  readonly fp32_values?: readonly string[];
  readonly fp64_values?: readonly string[];
  readonly int32_values?: readonly number[];
  readonly int64_values?: readonly string[];
  readonly uint32_values?: readonly number[];
  readonly uint64_values?: readonly string[];
  readonly string_values?: readonly string[];
  readonly bool_values?: readonly boolean[];
  readonly vector?: readonly { readonly values?: RawValues }[];
}

interface FeatureMeta {
  readonly sequence: number;
  readonly string_length: number;
  readonly vector_length: number;
  readonly default_hex: string;
}

interface AssembleCase {
  readonly data_type: string;
  readonly feature_labels: readonly string[];
  readonly feature_meta: Readonly<Record<string, FeatureMeta>>;
  readonly values: RawValues;
  readonly expect: { readonly outcome?: string; readonly values_by_sequence: readonly RawValue[] };
}

export function runAssemble(vector: AssembleCase): void {
  const dataType = typeOf(vector.data_type);
  const features = Object.entries(vector.feature_meta).sort(
    ([, left], [, right]) => left.sequence - right.sequence,
  );
  const layout = createFeatureLayout(
    dataType,
    features.length,
    features.map(([, meta]) => meta.vector_length),
    features.map(([, meta]) => meta.string_length),
  );
  const sequences = new Map(features.map(([label, meta]) => [label, meta.sequence]));
  const defaults = features.map(([, meta]) => fromHex(meta.default_hex));
  const assemble = () =>
    assembleValues(
      { layout, sequences, defaults },
      vector.feature_labels,
      readRawValues(vector.values),
      { rejectOutOfRange: false },
    );
  if (vector.expect.outcome === "error") {
    assertRefused("values", assemble);
    return;
  }
  const assembled = assemble().map((value) => showValue(dataType, value));
  const expected = vector.expect.values_by_sequence;
  assertEqual("values", JSON.stringify(assembled), JSON.stringify(expected));
}

function readRawValues(raw: RawValues): Values {
  return {
    ...emptyValues(),
    fp32Values: (raw.fp32_values ?? []).map(float64OfHex),
    fp64Values: (raw.fp64_values ?? []).map(float64OfHex),
    int32Values: [...(raw.int32_values ?? [])],
    int64Values: (raw.int64_values ?? []).map(BigInt),
    uint32Values: [...(raw.uint32_values ?? [])],
    uint64Values: (raw.uint64_values ?? []).map(BigInt),
    stringValues: [...(raw.string_values ?? [])],
    boolValues: [...(raw.bool_values ?? [])],
    vector: (raw.vector ?? []).map(({ values }) =>
      values === undefined ? undefined : readRawValues(values),
    ),
  };
}

/** A value as the files write it. */
function showValue(dataType: DataType, value: FeatureValue): RawValue {
  return Array.isArray(value)
    ? value.map((element: ElementValue) => showElement(dataType, element))
    : showElement(dataType, value as ElementValue);
}

function showElement(dataType: DataType, value: ElementValue): number | string {
  if (typeof value === "number" && dataType.kind === "float") {
    return dataType.unitSizeBytes === 8 ? hexOfFloat64(value) : hexOfFloat32(value);
  }
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "bigint" ? String(value) : value;
}
