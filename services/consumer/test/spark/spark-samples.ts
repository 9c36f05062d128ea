import { DATA_TYPES, type DataType } from "@ofs/codec";

/** A cell of a Spark row, as JSON: 64-bit numbers are text. */
export type SparkValue = string | number | boolean | null | readonly SparkValue[];

/** A cell and what a client of the store reads for it. */
interface Cell {
  readonly sent: SparkValue;
  readonly read: unknown;
}

interface Kind {
  /** Type of a column that can hold all values. */
  readonly sparkType: string;
  readonly cells: readonly [Cell, Cell];
  /** What the client makes of a missing value; undefined: the job dies of it. */
  readonly missing?: { readonly read: unknown };
}

export const VECTOR_LENGTH = 3;
export const STRING_LENGTH = 24;

const NAN = { read: Number.NaN };

/** By the element's name. Unsigned types take the next wider signed one, as Spark has no others. */
const KINDS: Readonly<Record<string, Kind>> = {
  FP8E5M2: { sparkType: "float", cells: [same(1.5), same(-2)], missing: NAN },
  FP8E4M3: { sparkType: "float", cells: [same(1.5), same(-2)], missing: NAN },
  FP16: { sparkType: "float", cells: [same(1.5), same(-65_504)], missing: NAN },
  FP32: {
    sparkType: "float",
    cells: [{ sent: 0.1, read: Math.fround(0.1) }, same(-1_234_567.5)],
    missing: NAN,
  },
  FP64: { sparkType: "double", cells: [same(0.1), same(-1e300)], missing: NAN },
  Int8: { sparkType: "tinyint", cells: [same(127), same(-128)] },
  Int16: { sparkType: "smallint", cells: [same(32_767), same(-32_768)] },
  Int32: { sparkType: "int", cells: [same(2_147_483_647), same(-2_147_483_648)] },
  Int64: {
    sparkType: "bigint",
    cells: [exact("9223372036854775807"), exact("-9223372036854775808")],
  },
  Uint8: { sparkType: "smallint", cells: [same(255), same(0)] },
  Uint16: { sparkType: "int", cells: [same(65_535), same(1)] },
  Uint32: {
    sparkType: "bigint",
    cells: [
      { sent: "4294967295", read: 4_294_967_295 },
      { sent: "2", read: 2 },
    ],
  },
  Uint64: { sparkType: "decimal(20,0)", cells: [exact("18446744073709551615"), exact("3")] },
  String: {
    sparkType: "string",
    cells: [same("日本語 a|b:c"), same("")],
    missing: { read: "None" },
  },
  Bool: { sparkType: "boolean", cells: [same(true), same(false)], missing: { read: false } },
};

function same(value: number | string | boolean): Cell {
  return { sent: value, read: value };
}

function exact(digits: string): Cell {
  return { sent: digits, read: BigInt(digits) };
}

function kindOf(type: DataType): Kind {
  const kind = KINDS[type.element.name.slice("DataType".length)];
  if (kind === undefined) throw new Error(`no samples of ${type.name}`);
  return kind;
}

/** Group label of a type: `DataTypeFP32Vector` -> `fp32vector`. */
export function groupOf(type: DataType): string {
  return type.name.slice("DataType".length).toLowerCase();
}

/** Type of a Spark column with features of this type. */
export function sparkTypeOf(type: DataType): string {
  const { sparkType } = kindOf(type);
  return type.isVector ? `array<${sparkType}>` : sparkType;
}

/** The features `first` and `second` of a type, with all values there. */
export function fullCells(type: DataType): [Cell, Cell] {
  const { cells } = kindOf(type);
  const [first, second] = cells;
  return type.isVector
    ? [vectorOf([first, first, second]), vectorOf([second, first, second])]
    : [first, second];
}

/**
 * The same with values missing wherever the published client has something to send instead: the first feature of a
 * scalar group, the middle of a vector. A vector that is missing as a whole ends its job.
 */
export function cellsWithGaps(type: DataType): [Cell, Cell] {
  const { cells, missing } = kindOf(type);
  const [first, second] = cells;
  if (missing === undefined) return fullCells(type);
  const gap: Cell = { sent: null, read: missing.read };
  return type.isVector
    ? [vectorOf([first, gap, second]), vectorOf([gap, gap, gap])]
    : [gap, second];
}

function vectorOf(cells: readonly Cell[]): Cell {
  return { sent: cells.map(({ sent }) => sent), read: cells.map(({ read }) => read) };
}

export { DATA_TYPES };
