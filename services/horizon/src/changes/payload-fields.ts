import { z } from "zod";
import { REFERENCE_LENGTH_MAX, UINT16_MAX } from "./limits.ts";

/*
 * What the fields of payloads are made of. Every error text goes on after the value that was sent: `"a b" must be ...`.
 * Lists and objects have `example` in place of `examples`, which zod leaves out where something inside is transformed.
 */

interface About {
  readonly description: string;
  readonly example: unknown;
}

const LABEL = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/;
const LABEL_ERROR =
  "must be 1 to 63 letters, digits and any of _ . - beginning with a letter, a digit or _";
const CQL_NAME = /^[A-Za-z][A-Za-z0-9_]{0,47}$/;
const CQL_NAME_ERROR = "must be 1 to 48 letters, digits and _ beginning with a letter";
/** No separator of paths and joined texts, no control character. */
const REFERENCE = /^[^/|\p{Cc}\p{Cs}]+$/u;
const PLAIN = /^[^\p{Cc}\p{Cs}]*$/u;

/** The name of something new: it becomes a part of paths and joined texts. */
export function label({ description, example }: About) {
  return z
    .string({ error: LABEL_ERROR })
    .regex(LABEL, { error: LABEL_ERROR })
    .meta({ description, examples: [example] });
}

/** Likewise, or nothing. */
export function optionalLabel({ description, example }: About) {
  return z
    .string({ error: LABEL_ERROR })
    .regex(/^(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,62})?$/, { error: LABEL_ERROR })
    .meta({ description, examples: [example] });
}

/** The name of something that is there already, whatever grammar it follows. */
export function reference({ description, example }: About) {
  const error = `must be 1 to ${REFERENCE_LENGTH_MAX} characters without / and |`;
  return z
    .string({ error })
    .max(REFERENCE_LENGTH_MAX, { error })
    .regex(REFERENCE, { error })
    .meta({ description, examples: [example] });
}

/** The name of a table or a column. */
export function cqlName({ description, example }: About) {
  return z
    .string({ error: CQL_NAME_ERROR })
    .regex(CQL_NAME, { error: CQL_NAME_ERROR })
    .meta({ description, examples: [example] });
}

/** Likewise, or nothing: stores without tables. */
export function optionalCqlName({ description, example }: About) {
  return z
    .string({ error: CQL_NAME_ERROR })
    .regex(/^(?:[A-Za-z][A-Za-z0-9_]{0,47})?$/, { error: CQL_NAME_ERROR })
    .meta({ description, examples: [example] });
}

/** One line of text; may be empty. */
export function plainText(lengthMax: number, { description, example }: About) {
  const error = `must be text of at most ${lengthMax} characters without control characters`;
  return z
    .string({ error })
    .max(lengthMax, { error })
    .regex(PLAIN, { error })
    .meta({ description, examples: [example] });
}

/** A JSON number without a fraction. */
export function wholeNumber(min: number, max: number, { description, example }: About) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .int({ error })
    .min(min, { error })
    .max(max, { error })
    .meta({ description, examples: [example] });
}

/** A boolean, which existing clients send as text. */
export function flagText({ description, example }: About) {
  const error = 'must be "true" or "false"';
  return z
    .union([z.enum(["true", "false"]), z.boolean()], { error })
    .meta({ description, examples: [example] })
    .transform((value) => value === true || value === "true");
}

/** A number of 16 bits, which existing clients send as text. */
export function lengthText({ description, example }: About) {
  const error = `must be a whole number from 0 to ${UINT16_MAX}, as text`;
  return z
    .union(
      [
        z.string().regex(/^\d{1,5}$/, { error }),
        z.int({ error }).min(0, { error }).max(UINT16_MAX, { error }),
      ],
      { error },
    )
    .meta({ description, examples: [example] })
    .transform(Number)
    .pipe(z.number().max(UINT16_MAX, { error }));
}

/** A list that older clients leave out or send as null where it is empty. */
export function listOrNothing<T extends z.ZodType>(
  item: T,
  countMax: number,
  { description, example }: About,
) {
  const error = `must be a list of at most ${countMax} items`;
  return z
    .array(item, { error })
    .max(countMax, { error })
    .nullish()
    .meta({ description, example })
    .transform((items) => items ?? []);
}

/** A list of at least one. */
export function listOf<T extends z.ZodType>(
  item: T,
  countMax: number,
  { description, example }: About,
) {
  const error = `must be a list of 1 to ${countMax} items`;
  return z
    .array(item, { error })
    .min(1, { error })
    .max(countMax, { error })
    .meta({ description, example });
}
