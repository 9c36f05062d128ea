import { JsonSyntaxError } from "./json-syntax-error.ts";
import { JsonNumber, type JsonObject, type JsonValue } from "./json-value.ts";
import { readJsonString } from "./read-string.ts";

/** Deepest nesting of arrays and objects. */
export const JSON_DEPTH_MAX = 256;

/** Characters of the text that an error shows. */
const SHOWN_LENGTH = 1;

/**
 * Prototype of all objects: itself empty, and without one. Objects made with it are as safe as those without a
 * prototype, but the engine keeps them in its fast form.
 */
const NO_MEMBERS: object = Object.freeze(Object.create(null) as object);

/**
 * Reads JSON without loss: numbers stay text. Beside the standard, the tokens `NaN`, `Infinity` and `-Infinity` are numbers.
 *
 * @param text as UTF-8 if it is bytes; a byte order mark is skipped
 * @throws {JsonSyntaxError} with the position
 */
export function parseJson(text: string | Uint8Array): JsonValue {
  return new JsonReader(typeof text === "string" ? text : decodeText(text)).document();
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** @throws {JsonSyntaxError} if the bytes are not UTF-8 */
function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new JsonSyntaxError("bytes are not UTF-8", 0);
  }
}

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const UPPER_E = 0x45;
const UPPER_I = 0x49;
const UPPER_N = 0x4e;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LOWER_E = 0x65;
const LOWER_F = 0x66;
const LOWER_N = 0x6e;
const LOWER_T = 0x74;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

class JsonReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    const value = this.#value(this.#next());
    this.#next();
    if (this.#at < this.#text.length) this.#refuse();
    return value;
  }

  /** Skips white space. @returns the character there, not taken yet; NaN at the end */
  #next(): number {
    const text = this.#text;
    let code = text.charCodeAt(this.#at);
    while (code === SPACE || code === NEWLINE || code === RETURN || code === TAB) {
      this.#at += 1;
      code = text.charCodeAt(this.#at);
    }
    return code;
  }

  /** @param code the character at the position */
  #value(code: number): JsonValue {
    switch (code) {
      case QUOTE:
        return this.#string();
      case OPEN_BRACE:
        return this.#object();
      case OPEN_BRACKET:
        return this.#array();
      case LOWER_T:
        return this.#word("true", true);
      case LOWER_F:
        return this.#word("false", false);
      case LOWER_N:
        return this.#word("null", null);
      default:
        return this.#number(code);
    }
  }

  #word<T extends JsonValue>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#refuse();
    this.#at += word.length;
    return value;
  }

  #string(): string {
    const { value, end } = readJsonString(this.#text, this.#at);
    this.#at = end;
    return value;
  }

  #number(code: number): JsonNumber {
    const start = this.#at;
    if (code === UPPER_N) return this.#word("NaN", new JsonNumber("NaN"));
    if (code === UPPER_I) return this.#word("Infinity", new JsonNumber("Infinity"));
    if (code === MINUS) {
      this.#at += 1;
      if (this.#text.charCodeAt(this.#at) === UPPER_I) {
        return this.#word("Infinity", new JsonNumber("-Infinity"));
      }
    }
    if (this.#text.charCodeAt(this.#at) === ZERO) this.#at += 1;
    else this.#digits();
    if (this.#text.charCodeAt(this.#at) === POINT) {
      this.#at += 1;
      this.#digits();
    }
    const exponent = this.#text.charCodeAt(this.#at);
    if (exponent === LOWER_E || exponent === UPPER_E) this.#exponent();
    return new JsonNumber(this.#text.slice(start, this.#at));
  }

  #exponent(): void {
    this.#at += 1;
    const sign = this.#text.charCodeAt(this.#at);
    if (sign === PLUS || sign === MINUS) this.#at += 1;
    this.#digits();
  }

  /** One at least. */
  #digits(): void {
    const start = this.#at;
    let code = this.#text.charCodeAt(this.#at);
    while (code >= ZERO && code <= NINE) {
      this.#at += 1;
      code = this.#text.charCodeAt(this.#at);
    }
    if (this.#at === start) this.#refuse();
  }

  #array(): JsonValue[] {
    this.#enter();
    const items: JsonValue[] = [];
    let code = this.#next();
    if (code !== CLOSE_BRACKET) {
      for (;;) {
        items.push(this.#value(code));
        code = this.#next();
        if (code !== COMMA) break;
        this.#at += 1;
        code = this.#next();
      }
      if (code !== CLOSE_BRACKET) this.#refuse();
    }
    this.#leave();
    return items;
  }

  #object(): JsonObject {
    this.#enter();
    const members = Object.create(NO_MEMBERS) as Record<string, JsonValue>;
    let code = this.#next();
    if (code !== CLOSE_BRACE) {
      for (;;) {
        if (code !== QUOTE) this.#refuse();
        const name = this.#string();
        if (this.#next() !== COLON) this.#refuse();
        this.#at += 1;
        members[name] = this.#value(this.#next());
        code = this.#next();
        if (code !== COMMA) break;
        this.#at += 1;
        code = this.#next();
      }
      if (code !== CLOSE_BRACE) this.#refuse();
    }
    this.#leave();
    return members;
  }

  #enter(): void {
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > JSON_DEPTH_MAX) {
      throw new JsonSyntaxError(`nested more than ${JSON_DEPTH_MAX} deep`, this.#at - 1);
    }
  }

  #leave(): void {
    this.#at += 1;
    this.#depth -= 1;
  }

  #refuse(): never {
    if (this.#at >= this.#text.length) throw new JsonSyntaxError("text ends", this.#text.length);
    const shown = JSON.stringify(this.#text.slice(this.#at, this.#at + SHOWN_LENGTH));
    throw new JsonSyntaxError(`unexpected ${shown}`, this.#at);
  }
}
