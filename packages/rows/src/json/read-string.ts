import { JsonSyntaxError } from "./json-syntax-error.ts";

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

const HEX4 = /^[0-9a-fA-F]{4}$/;

/** By the character after the backslash. */
const ESCAPES: ReadonlyMap<number, string> = new Map(
  (
    [
      ['"', '"'],
      ["\\", "\\"],
      ["/", "/"],
      ["b", "\b"],
      ["f", "\f"],
      ["n", "\n"],
      ["r", "\r"],
      ["t", "\t"],
    ] as const
  ).map(([name, value]) => [name.charCodeAt(0), value]),
);

/**
 * @param start where the opening quote is
 * @returns the string, and the position after its closing quote
 * @throws {JsonSyntaxError}
 */
export function readJsonString(text: string, start: number): { value: string; end: number } {
  const first = start + 1;
  const stop = plainEnd(text, first);
  if (text.charCodeAt(stop) === QUOTE) return { value: text.slice(first, stop), end: stop + 1 };
  return readEscaped(text, first, stop);
}

/** @returns the position of the first character, from `at` on, that does not stand for itself; a quote, in most cases */
function plainEnd(text: string, at: number): number {
  for (let index = at; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE || code === BACKSLASH) return index;
    if (code < SPACE) throw new JsonSyntaxError("control character in a string", index);
  }
  throw new JsonSyntaxError("text ends in a string", text.length);
}

/** @param stop where the first backslash is */
function readEscaped(text: string, first: number, stop: number): { value: string; end: number } {
  let value = text.slice(first, stop);
  let at = stop;
  while (text.charCodeAt(at) === BACKSLASH) {
    const isUnicode = text.charCodeAt(at + 1) === LOWER_U;
    value += isUnicode ? unicodeAt(text, at) : escapeAt(text, at);
    const next = at + (isUnicode ? 6 : 2);
    at = plainEnd(text, next);
    value += text.slice(next, at);
  }
  return { value, end: at + 1 };
}

function escapeAt(text: string, at: number): string {
  const escaped = ESCAPES.get(text.charCodeAt(at + 1));
  if (escaped === undefined) throw new JsonSyntaxError("unknown escape", at);
  return escaped;
}

function unicodeAt(text: string, at: number): string {
  const digits = text.slice(at + 2, at + 6);
  if (!HEX4.test(digits)) throw new JsonSyntaxError("unknown escape", at);
  return String.fromCharCode(Number.parseInt(digits, 16));
}
