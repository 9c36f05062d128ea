import type { DataType } from "./data-type.ts";

export interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
}

/** What an integer type holds. */
export function integerRange(dataType: DataType): IntegerRange {
  const bits = BigInt(dataType.unitSizeBytes * 8);
  return dataType.kind === "int"
    ? { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n }
    : { min: 0n, max: (1n << bits) - 1n };
}
