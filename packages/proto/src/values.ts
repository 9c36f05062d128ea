/**
 * A decoded `persist.Values`: the arrays of the fields that the sender filled, the others empty. One of
 * them carries the values of a group; which one depends on the group's data type.
 */
export interface Values {
  /** Doubles on the wire, also for types of four bytes and fewer. */
  readonly fp32Values: readonly number[];
  readonly fp64Values: readonly number[];
  readonly int32Values: readonly number[];
  readonly int64Values: readonly bigint[];
  readonly uint32Values: readonly number[];
  readonly uint64Values: readonly bigint[];
  readonly stringValues: readonly string[];
  readonly boolValues: readonly boolean[];
  /** One for each feature of a vector group; undefined where the element carries no values. */
  readonly vector: readonly (Values | undefined)[];
}
