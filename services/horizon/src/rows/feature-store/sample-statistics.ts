import {
  isJsonArray,
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  writeJson,
} from "@ofs/rows";

/** Rows of a sample that are looked at. */
const ROWS_MAX = 100;
/** Columns that are told of. */
const COLUMNS_MAX = 1_000;

/**
 * What a run's sample says of each column: its values, and their mean, mode and median; null where values are no numbers, or
 * there are none.
 *
 * @param sample rows as objects; whatever else there is does not count
 */
export function sampleStatistics(sample: JsonValue): JsonObject[] {
  const valuesByTitle = new Map<string, JsonValue[]>();
  const rows = isJsonArray(sample) ? sample.slice(0, ROWS_MAX).filter(isJsonObject) : [];
  for (const row of rows) {
    for (const [title, value] of Object.entries(row)) {
      const values = valuesByTitle.get(title);
      if (values !== undefined) values.push(value);
      else if (valuesByTitle.size < COLUMNS_MAX) valuesByTitle.set(title, [value]);
    }
  }
  return [...valuesByTitle].map(([title, sampleData]) => {
    const numbers = sampleData.flatMap((value) =>
      value instanceof JsonNumber ? finite(value) : [],
    );
    const isNumeric = numbers.length === sampleData.length;
    const mean = isNumeric ? toJson(meanOf(numbers)) : null;
    const median = isNumeric ? toJson(medianOf(numbers)) : null;
    return { title, otherFactors: [mean, modeOf(sampleData), median], sampleData };
  });
}

function finite({ text }: JsonNumber): number[] {
  const number = Number(text);
  return Number.isFinite(number) ? [number] : [];
}

/** @param numbers at least one */
function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number / numbers.length, 0);
}

/** @param numbers at least one */
function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  if (sorted.length % 2 === 1) return upper;
  return ((sorted[sorted.length / 2 - 1] ?? 0) + upper) / 2;
}

/** The value that is there most often; of several the first. */
function modeOf(values: readonly JsonValue[]): JsonValue {
  const counts = new Map<string, { readonly value: JsonValue; count: number }>();
  for (const value of values) {
    const key = writeJson(value);
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { value, count: 1 });
    else known.count += 1;
  }
  const [first, ...others] = counts.values();
  if (first === undefined) return null;
  return others.reduce((most, each) => (each.count > most.count ? each : most), first).value;
}

function toJson(number: number): JsonValue {
  return new JsonNumber(String(number));
}
