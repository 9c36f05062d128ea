import {
  isJsonArray,
  isJsonObject,
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
    if (!isJsonObject(json)) throw new DefinitionFault(`${place || "the body"} is not an object`);
    this.#object = json;
    this.#place = place === "" ? "" : `${place}.`;
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
    if (value !== undefined && typeof value !== "string") throw this.#bad(name, "is not text");
    return value;
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
    if (!Number.isSafeInteger(number)) throw this.#bad(name, "is not an integer");
    return number;
  }

  /** May be text. */
  flag(name: string, absent: boolean): boolean {
    const value = this.#find(name);
    if (value === undefined) return absent;
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    throw this.#bad(name, "is not a boolean");
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
      if (typeof item !== "string") throw this.#bad(`${name}[${index}]`, "is not text");
      return item;
    });
  }

  object(name: string): Members {
    const value = this.#find(name);
    if (value === undefined) throw this.#missing(name);
    return new Members(value, this.#place + name);
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

  #items(name: string): readonly JsonValue[] {
    const value = this.#find(name);
    if (value === undefined) return [];
    if (!isJsonArray(value)) throw this.#bad(name, "is not a list");
    return value;
  }

  #find(name: string): Exclude<JsonValue, null> | undefined {
    return member(this.#object, name) ?? undefined;
  }

  #missing(name: string): DefinitionFault {
    return new DefinitionFault(`${this.#place}${name} is missing`, true);
  }

  #bad(name: string, reason: string): DefinitionFault {
    return new DefinitionFault(`${this.#place}${name} ${reason}`);
  }
}
