/** Anything that JSON can hold, and 64-bit integers with all their digits. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** A whole string or a whole number: so that digits inside of others are not taken for integers. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** More digits than a double is sure to keep. */
const LONG_INTEGER = /^-?\d{16,}$/;

/**
 * Parses JSON. Integers beyond 2^53 become texts, with every digit.
 *
 * @throws {SyntaxError}
 */
export function parseJson(text: string): unknown {
  return JSON.parse(
    text.replace(STRING_OR_NUMBER, (token) => {
      const isUnsafe = LONG_INTEGER.test(token) && !Number.isSafeInteger(Number(token));
      return isUnsafe ? `"${token}"` : token;
    }),
  );
}

/**
 * Formats JSON, by default in lines with two blanks a level; lists of plain values stay on one line.
 * Bigints become numbers with all their digits; NaN and the infinities, which JSON does not have, texts.
 *
 * @param indent undefined = all on one line
 */
export function formatJson(value: JsonValue, indent: string | undefined = ""): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") {
    return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const deeper = indent === undefined ? undefined : `${indent}  `;
  if (isList(value)) {
    const isPlain = value.every((item) => item === null || typeof item !== "object");
    const items = value.map((item) => formatJson(item, isPlain ? undefined : deeper));
    return wrap("[", items, "]", isPlain ? undefined : indent);
  }
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${formatJson(member, deeper)}`,
  );
  return wrap("{", members, "}", indent);
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function wrap(
  open: string,
  items: readonly string[],
  close: string,
  indent: string | undefined,
): string {
  if (items.length === 0 || indent === undefined) return `${open}${items.join(", ")}${close}`;
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${close}`;
}
