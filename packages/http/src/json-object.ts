import Long from "long";
import { InvalidBodyError } from "./invalid-body-error.ts";

/** Inclusive. */
interface Range {
  readonly name: string;
  readonly min: bigint;
  readonly max: bigint;
}

const INT32: Range = { name: "int32", min: -(2n ** 31n), max: 2n ** 31n - 1n };
const UINT32: Range = { name: "uint32", min: 0n, max: 2n ** 32n - 1n };
const INT64: Range = { name: "int64", min: -(2n ** 63n), max: 2n ** 63n - 1n };
const UINT64: Range = { name: "uint64", min: 0n, max: 2n ** 64n - 1n };

/** No 64-bit integer has more characters. Longer ones are refused before they are converted. */
const MAX_INTEGER_LENGTH = 20;

const INTEGER = /^-?\d+$/;
const DECIMAL = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const SPECIAL_DOUBLES = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/**
 * Reads fields of a JSON object with the types that a message needs. Missing and `null` fields are empty, other
 * types are faults that name the field. Numbers may also be strings of their digits.
 */
export class JsonObject {
  readonly #fields: object;
  readonly #path: string;

  /** @throws {InvalidBodyError} if `value` is no object */
  constructor(value: unknown, path = "") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw fault(path === "" ? "the body" : path, "an object", value);
    }
    this.#fields = value;
    this.#path = path;
  }

  text(name: string): string {
    const value = this.#get(name);
    return value === undefined ? "" : toText(value, this.pathOf(name));
  }

  texts(name: string): string[] {
    return this.#elements(name, toText);
  }

  flags(name: string): boolean[] {
    return this.#elements(name, (value, path) => {
      if (typeof value === "boolean") return value;
      throw fault(path, "true or false", value);
    });
  }

  doubles(name: string): number[] {
    return this.#elements(name, toDouble);
  }

  int32s(name: string): number[] {
    return this.#elements(name, (value, path) => Number(toInteger(value, path, INT32)));
  }

  uint32s(name: string): number[] {
    return this.#elements(name, (value, path) => Number(toInteger(value, path, UINT32)));
  }

  int64s(name: string): Long[] {
    return this.#elements(name, (value, path) => toLong(toInteger(value, path, INT64), false));
  }

  uint64s(name: string): Long[] {
    return this.#elements(name, (value, path) => toLong(toInteger(value, path, UINT64), true));
  }

  object(name: string): JsonObject | undefined {
    const value = this.#get(name);
    return value === undefined ? undefined : new JsonObject(value, this.pathOf(name));
  }

  objects(name: string): JsonObject[] {
    return this.#elements(name, (value, path) => new JsonObject(value, path));
  }

  /** As faults show it, for example `data[0].feature_values`. */
  pathOf(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  #get(name: string): unknown {
    if (!Object.hasOwn(this.#fields, name)) return undefined;
    return (this.#fields as Record<string, unknown>)[name] ?? undefined;
  }

  #elements<T>(name: string, convert: (value: unknown, path: string) => T): T[] {
    const value = this.#get(name);
    if (value === undefined) return [];
    const path = this.pathOf(name);
    if (!Array.isArray(value)) throw fault(path, "a list", value);
    return value.map((element: unknown, index) => convert(element, `${path}[${index}]`));
  }
}

function toText(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw fault(path, "a string", value);
}

function toDouble(value: unknown, path: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "string") {
    const special = SPECIAL_DOUBLES.get(value);
    if (special !== undefined) return special;
    if (DECIMAL.test(value)) return Number(value);
  }
  throw fault(path, "a number", value);
}

function toInteger(value: unknown, path: string, range: Range): bigint {
  const text = typeof value === "number" ? integerText(value) : value;
  if (typeof text === "string" && text.length <= MAX_INTEGER_LENGTH && INTEGER.test(text)) {
    const integer = BigInt(text);
    if (integer >= range.min && integer <= range.max) return integer;
  }
  throw fault(path, `an ${range.name}`, value);
}

/** Beyond 2^53 a double says no longer which integer was meant. */
function integerText(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : "";
}

function toLong(value: bigint, isUnsigned: boolean): Long {
  const bits = BigInt.asUintN(64, value);
  return Long.fromBits(Number(bits & 0xffffffffn) | 0, Number(bits >> 32n) | 0, isUnsigned);
}

function fault(path: string, expected: string, value: unknown): InvalidBodyError {
  const text = JSON.stringify(value) ?? "nothing";
  const shown = text.length > 50 ? `${text.slice(0, 50)}...` : text;
  return new InvalidBodyError(`${path} must be ${expected}, not ${shown}`);
}
