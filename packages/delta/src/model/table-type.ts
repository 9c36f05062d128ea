/** Types without parts. */
export const PRIMITIVE_TYPES = [
  "boolean",
  "byte",
  "short",
  "integer",
  "long",
  "float",
  "double",
  "string",
  "binary",
  "date",
  "timestamp",
  "timestamp_ntz",
] as const;

export type PrimitiveName = (typeof PRIMITIVE_TYPES)[number];

/** Type of a column or of a part of one, with Delta's names. */
export type TableType =
  | { readonly kind: PrimitiveName }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "array"; readonly element: TableType }
  | { readonly kind: "struct"; readonly fields: readonly TableField[] }
  | { readonly kind: "map"; readonly key: TableType; readonly value: TableType };

/** A column, or a field of a struct. */
export interface TableField {
  /** Logical name: as users know it. */
  readonly name: string;
  readonly type: TableType;
  readonly isNullable: boolean;
  /** Name in files, partition values and statistics; the logical one unless the table maps columns. */
  readonly physicalName: string;
  /** By which it is found in files; undefined: by its physical name. */
  readonly fieldId: number | undefined;
}

/**
 * A value, exact. By type:
 *
 * | type | value |
 * | --- | --- |
 * | byte, short, integer, float, double | number |
 * | long | bigint |
 * | decimal | bigint, unscaled: 12.50 of `decimal(4,2)` is 1250n |
 * | date | number of days since 1970-01-01 |
 * | timestamp, timestamp_ntz | bigint of microseconds since 1970 (without a zone: as if it were UTC) |
 * | array | values |
 * | struct | values in the order of the type's fields |
 * | map | pairs of key and value, in the order of the file |
 */
export type CellValue =
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly CellValue[]
  | null;
