import { JsonNumber, type JsonValue } from "@ofs/rows";
import type { ExactRow } from "./s3-table.ts";

/** A value in the form that values from everywhere are compared in. */
export type Plain = unknown;

/** What the `deltalake` package has read of a cell, as the plain value that is stored for it. */
type ToPlain = (exact: Exact) => Plain;

// biome-ignore lint/suspicious/noExplicitAny: cells have the forms of `formatRow`
type Exact = any;

interface Column {
  readonly name: string;
  readonly rowType: string;
  readonly toRow: ToPlain;
  /** `group:feature`; undefined: bytes have no place in the block dialect. */
  readonly block: string | undefined;
  readonly toBlock: ToPlain;
  /** Of the feature, where the table has null. */
  readonly default: Plain;
}

export const KEYS = ["id", "seq"] as const;

const same: ToPlain = (exact) => exact;
const long: ToPlain = (exact) => BigInt(exact.$long ?? exact);
const micros: ToPlain = (exact) => floorMs(BigInt(exact.$timestamp_us ?? exact.$ntz_us));
const dateMs: ToPlain = (exact) => BigInt(Date.parse(`${exact.$date}T00:00:00Z`));
const dateText: ToPlain = (exact) => exact.$date;
const digits: ToPlain = (exact) => exact.$decimal;
const bytes: ToPlain = (exact) => exact.$binary;

/** All columns but the keys; partition columns are the last two. */
const COLUMNS: readonly Column[] = [
  column("tiny", "INT", long, "int8:tiny", same, 0),
  column("small", "INT", long, "int16:small", same, 0),
  column("mid", "INT", long, "int32:mid", same, 0),
  column("wide", "BIGINT", long, "int64:wide", long, 0n),
  column("single", "FLOAT", same, "fp32:single", same, 0),
  column("double", "DOUBLE", same, "fp64:double", same, 0),
  column("flag", "BOOLEAN", same, "bool:flag", same, false),
  column("name", "TEXT", same, "text:name", same, ""),
  column("price", "DECIMAL", digits, "fp64:price", (exact) => Number(exact.$decimal), 0),
  column("whole", "VARINT", (exact) => BigInt(exact.$decimal), "text:whole", digits, ""),
  column("at", "TIMESTAMP", micros, "int64:at", micros, 0n),
  column("local", "TIMESTAMP", micros, "int64:local", micros, 0n),
  column("born", "TIMESTAMP", dateMs, "int64:born", dateMs, 0n),
  column("raw", "BLOB", bytes, undefined, same, undefined),
  column("vec", "TEXT", same, "vectors:vec", same, [0, 0, 0]),
  column("words", "TEXT", same, "texts:words", same, ["", "", ""]),
  column("region", "TEXT", same, "text:region", same, ""),
  column("day", "TEXT", dateText, "text:day", dateText, ""),
];

function column(
  name: string,
  rowType: string,
  toRow: ToPlain,
  block: string | undefined,
  toBlock: ToPlain,
  defaultValue: Plain,
): Column {
  return { name, rowType, toRow, block, toBlock, default: defaultValue };
}

function floorMs(value: bigint): bigint {
  return (value - (((value % 1_000n) + 1_000n) % 1_000n)) / 1_000n;
}

export const COLUMN_NAMES = COLUMNS.map(({ name }) => name);

/** Types of the feature group's columns. */
export const ROW_TYPES = Object.fromEntries(COLUMNS.map(({ name, rowType }) => [name, rowType]));

/** Where a run of the block dialect sends the columns. */
export const BLOCK_COLUMNS: Readonly<Record<string, string>> = Object.fromEntries([
  ...KEYS.map((key) => [key, key]),
  ...COLUMNS.flatMap(({ name, block }) => (block === undefined ? [] : [[name, block]])),
]);

/** Features by group, as readers ask for them. */
export const FEATURES: Readonly<Record<string, string[]>> = featuresByGroup();

function featuresByGroup(): Record<string, string[]> {
  const features: Record<string, string[]> = {};
  for (const { block } of COLUMNS) {
    const [group = "", feature = ""] = block?.split(":") ?? [];
    if (group !== "") features[group] = [...(features[group] ?? []), feature];
  }
  return features;
}

/** Texts of a row's keys, in their order. */
export function keyOf({ id, seq }: ExactRow): [id: string, seq: string] {
  return [id, String(long(seq))];
}

/** What a reader of the row dialect has to find, by column. */
export function rowValues(row: ExactRow): Record<string, Plain> {
  return Object.fromEntries(
    COLUMNS.map(({ name, toRow }) => [name, row[name] === null ? null : toRow(row[name])]),
  );
}

/** What a reader of the block dialect has to find, by `group:feature`. */
export function blockValues(row: ExactRow | undefined): Record<string, Plain> {
  return Object.fromEntries(
    COLUMNS.flatMap(({ name, block, toBlock, default: other }) => {
      if (block === undefined) return [];
      const exact = row?.[name] ?? null;
      return [[block, exact === null ? other : toBlock(exact)]];
    }),
  );
}

/** A value of an answer of the row dialect. */
export function plainOfRow(name: string, value: JsonValue): Plain {
  const type = ROW_TYPES[name];
  if (value instanceof JsonNumber) {
    if (type === "DECIMAL") return value.text;
    if (type === "FLOAT") return Math.fround(Number(value.text));
    return type === "DOUBLE" ? Number(value.text) : BigInt(value.text);
  }
  const isArray = typeof value === "string" && (name === "vec" || name === "words");
  return isArray ? JSON.parse(value) : value;
}
