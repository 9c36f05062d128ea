/** One value of the input, not yet understood. */
export interface InputValue {
  /** Column as the input names it. */
  readonly name: string;
  /** A CSV cell's text, or what was JSON; undefined where the input says nothing. */
  readonly value: unknown;
  /** Whether `value` is the text of a CSV cell. */
  readonly isCell: boolean;
}

/** One row of the input. */
export interface InputRecord {
  /** For messages: `line 12`, `record 3`. */
  readonly place: string;
  /** Where the names of the columns stand. */
  readonly namesPlace: string;
  readonly values: readonly InputValue[];
}

/** Input that cannot be used; says where and why. */
export class InputError extends Error {
  override readonly name = "InputError";

  constructor(place: string, reason: string, options?: ErrorOptions) {
    super(`${place}: ${reason}`, options);
  }
}
