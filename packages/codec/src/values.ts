import type { ValuesContainer } from "./data-type.ts";

/**
 * Values of one feature group of one row, as they travel in `persist.Values`. One container is filled; for vector types
 * it is `vector`, one entry a feature, with the elements in that entry's own containers.
 */
export interface Values {
  /** Doubles on the wire, narrowed when they are stored. */
  readonly fp32Values: readonly number[];
  readonly fp64Values: readonly number[];
  readonly int32Values: readonly number[];
  readonly int64Values: readonly bigint[];
  readonly uint32Values: readonly number[];
  readonly uint64Values: readonly bigint[];
  readonly stringValues: readonly string[];
  readonly boolValues: readonly boolean[];
  /** undefined where a vector came without values. */
  readonly vector: readonly (Values | undefined)[];
}

/** The same, to be filled. */
export type MutableValues = {
  -readonly [Field in Exclude<keyof Values, "vector">]: Values[Field][number][];
} & { vector: (MutableValues | undefined)[] };

/** The containers of elements by the names they have on the wire, which errors use. */
export const CONTAINER_FIELDS: Readonly<Record<ValuesContainer, string>> = {
  fp32Values: "fp32_values",
  fp64Values: "fp64_values",
  int32Values: "int32_values",
  int64Values: "int64_values",
  uint32Values: "uint32_values",
  uint64Values: "uint64_values",
  stringValues: "string_values",
  boolValues: "bool_values",
};

export const CONTAINERS: readonly ValuesContainer[] = Object.keys(
  CONTAINER_FIELDS,
) as ValuesContainer[];

/** @returns values with every container empty */
export function emptyValues(): MutableValues {
  return {
    fp32Values: [],
    fp64Values: [],
    int32Values: [],
    int64Values: [],
    uint32Values: [],
    uint64Values: [],
    stringValues: [],
    boolValues: [],
    vector: [],
  };
}
