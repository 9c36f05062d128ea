import {
  type CellValue,
  ColumnVector,
  type RowBatch,
  type TableField,
  type TableType,
} from "@ofs/delta";

export function field(name: string, type: TableType): TableField {
  return { name, type, isNullable: true, physicalName: name, fieldId: undefined };
}

/** A batch of these columns; booleans are given as they are. */
export function batchOf(
  columns: readonly (readonly [field: TableField, values: readonly CellValue[]])[],
): RowBatch {
  const rowCount = columns[0]?.[1].length ?? 0;
  return {
    firstRow: 0,
    rowCount,
    nextRow: rowCount,
    decodeMs: 0,
    columns: columns.map(([of, values]) => {
      const nulls = Uint8Array.from(values, (value) => (value === null ? 1 : 0));
      const held = values.map((value) => (typeof value === "boolean" ? Number(value) : value));
      return new ColumnVector(of, { values: held, nulls });
    }),
  };
}

/** Positions of all rows. */
export function allRows({ rowCount }: RowBatch): number[] {
  return Array.from({ length: rowCount }, (_, index) => index);
}
