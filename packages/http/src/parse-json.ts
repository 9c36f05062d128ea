import { InvalidBodyError } from "./invalid-body-error.ts";

/** Integers of so many digits may not fit a double. */
const MAYBE_UNSAFE = /\d{16}/;

/** Strings and numbers of a valid JSON text; strings are matched so that digits in them are left alone. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

const LONG_INTEGER = /^-?\d{16,}$/;

/**
 * Parses JSON without losing digits: an integer too long for a double becomes a string of its digits.
 *
 * @throws {InvalidBodyError}
 */
export function parseJson(text: string): unknown {
  const value = parse(text);
  if (!MAYBE_UNSAFE.test(text)) return value;
  const quoted = text.replace(STRING_OR_NUMBER, (token) =>
    LONG_INTEGER.test(token) ? `"${token}"` : token,
  );
  return parse(quoted);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidBodyError((error as Error).message, { cause: error });
  }
}
