import {
  isJsonArray,
  isJsonObject,
  type JsonArray,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  member,
} from "../json/json-value.ts";
import { DefinitionFault } from "./definition-fault.ts";

const INTEGER = /^-?\d{1,16}$/;

/** Members of a JSON object, by name in any case. Null counts as absent. All methods throw {@link DefinitionFault}. */
export class Members {
  readonly #object: JsonObject;
  /** Where the object stands: `featureGroup.features[2].`. */
  readonly #place: string;

  /** @param place for messages; empty at the top */
  constructor(json: JsonValue, place = "") {
    if (!isJsonObject(json)) {
      throw new DefinitionFault(`${place || "the body"} is not an object: ${show(json)}`);
    }
    this.#object = json;
    this.#place = place === "" ? "" : `${place}.`;
  }

  /** As sent. */
  get json(): JsonObject {
    return this.#object;
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** Empty text counts as absent. */
  text(name: string): string {
    const text = this.optionalText(name);
    if (text === undefined || text === "") throw this.#missing(name);
    return text;
  }

  optionalText(name: string): string | undefined {
    const value = this.#find(name);
    if (value !== undefined && typeof value !== "string") throw this.#not("text", name, value);
    return value;
  }

  /** Text, or the text of a number or a boolean. */
  optionalScalar(name: string): string | undefined {
    const value = this.#find(name);
    return value === undefined ? undefined : this.#scalarOf(value, name);
  }

  /** Numbers may be text. */
  integer(name: string): number {
    const number = this.optionalInteger(name);
    if (number === undefined) throw this.#missing(name);
    return number;
  }

  /** Numbers may be text. */
  optionalInteger(name: string): number | undefined {
    const value = this.#find(name);
    if (value === undefined) return undefined;
    const text = value instanceof JsonNumber ? value.text : value;
    const number = typeof text === "string" && INTEGER.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(number)) throw this.#not("an integer", name, value);
    return number;
  }

  /** May be text. */
  flag(name: string, absent: boolean): boolean {
    const value = this.#find(name);
    if (value === undefined) return absent;
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    throw this.#not("a boolean", name, value);
  }

  choice<T extends string>(name: string, choices: readonly T[], absent?: T): T {
    const value = this.optionalText(name) ?? absent;
    if (value === undefined) throw this.#missing(name);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      throw this.#bad(name, `${JSON.stringify(value)} is none of ${choices.join(", ")}`);
    }
    return found;
  }

  /** Absent: none. */
  texts(name: string): string[] {
    return this.#items(name).map((item, index) => {
      if (typeof item !== "string") throw this.#not("text", `${name}[${index}]`, item);
      return item;
    });
  }

  /** As {@link optionalScalar}, of each. */
  optionalScalars(name: string): string[] | undefined {
    return this.optionalList(name)?.map((item, index) => this.#scalarOf(item, `${name}[${index}]`));
  }

  object(name: string): Members {
    const object = this.optionalObject(name);
    if (object === undefined) throw this.#missing(name);
    return object;
  }

  optionalObject(name: string): Members | undefined {
    const value = this.#find(name);
    return value === undefined ? undefined : new Members(value, this.#place + name);
  }

  /** Absent: none. */
  objects(name: string): Members[] {
    return this.#items(name).map(
      (item, index) => new Members(item, `${this.#place}${name}[${index}]`),
    );
  }

  /** @throws {DefinitionFault} if the list is absent or empty */
  assertNotEmpty(name: string): void {
    if (this.#items(name).length === 0) throw this.#missing(name);
  }

  /** Of whatever items. */
  optionalList(name: string): JsonArray | undefined {
    const value = this.#find(name);
    if (value !== undefined && !isJsonArray(value)) throw this.#not("a list", name, value);
    return value;
  }

  /** A list of lists. */
  optionalRows(name: string): readonly JsonArray[] | undefined {
    const rows = this.optionalList(name);
    if (rows === undefined) return undefined;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as JsonValue;
      if (!isJsonArray(row)) throw this.#not("a list", `${name}[${index}]`, row);
    }
    return rows as readonly JsonArray[];
  }

  #items(name: string): JsonArray {
    return this.optionalList(name) ?? [];
  }

  #scalarOf(value: JsonValue, name: string): string {
    if (typeof value === "string") return value;
    if (value instanceof JsonNumber) return value.text;
    if (typeof value === "boolean") return String(value);
    throw this.#not("text", name, value);
  }

  #find(name: string): Exclude<JsonValue, null> | undefined {
    return member(this.#object, name) ?? undefined;
  }

  #missing(name: string): DefinitionFault {
    return new DefinitionFault(`${this.#place}${name} is missing`, true);
  }

  #not(what: string, name: string, value: JsonValue): DefinitionFault {
    return this.#bad(name, `is not ${what}: ${show(value)}`);
  }

  #bad(name: string, reason: string): DefinitionFault {
    return new DefinitionFault(`${this.#place}${name} ${reason}`);
  }
}

/** Longest piece of a value in a message. */
const SHOWN_LENGTH_MAX = 80;

function show(value: JsonValue): string {
  if (isJsonArray(value)) return "a list";
  if (isJsonObject(value)) return "an object";
  const text = value instanceof JsonNumber ? value.text : JSON.stringify(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}...` : text;
}
