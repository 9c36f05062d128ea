import type { CellValue, TableType } from "../../model/table-type.ts";
import type { ColumnData } from "../column-data.ts";

type TypedValues = Uint8Array | Int32Array | Float64Array | BigInt64Array;

/** Digits that fit into 64 bits. */
const DECIMAL64_DIGITS = 18;

/** Puts values into the form that threads hand over fast. */
export function packColumn(
  type: TableType,
  count: number,
  valueAt: (index: number) => CellValue,
): ColumnData {
  let nulls: Uint8Array | undefined;
  const typed = typedValues(type, count);
  const values: TypedValues | CellValue[] = typed ?? new Array<CellValue>(count);
  for (let index = 0; index < count; index++) {
    const value = valueAt(index);
    if (value === null) {
      nulls ??= new Uint8Array(count);
      nulls[index] = 1;
      if (typed === undefined) values[index] = null as never;
    } else {
      values[index] = value as never;
    }
  }
  return { values, nulls };
}

/** Buffers that need not be copied from thread to thread. */
export function transferables({ values, nulls }: ColumnData): ArrayBuffer[] {
  const buffers = nulls === undefined ? [] : [nulls.buffer];
  if (ArrayBuffer.isView(values)) buffers.push(values.buffer);
  return buffers as ArrayBuffer[];
}

function typedValues(type: TableType, count: number): TypedValues | undefined {
  switch (type.kind) {
    case "boolean":
      return new Uint8Array(count);
    case "byte":
    case "short":
    case "integer":
    case "date":
      return new Int32Array(count);
    case "float":
    case "double":
      return new Float64Array(count);
    case "long":
    case "timestamp":
    case "timestamp_ntz":
      return new BigInt64Array(count);
    case "decimal":
      return type.precision <= DECIMAL64_DIGITS ? new BigInt64Array(count) : undefined;
    default:
      return undefined;
  }
}
