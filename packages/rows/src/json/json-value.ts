/** A number, by its token: no digit is lost. `NaN`, `Infinity` and `-Infinity` are numbers too. */
export class JsonNumber {
  /** The token as sent. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type JsonValue = null | boolean | string | JsonNumber | JsonArray | JsonObject;

export type JsonArray = readonly JsonValue[];

/** Inherits no members: `toString` in it is one that was sent. Of a name sent twice the last value counts. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

export function isJsonArray(value: JsonValue | undefined): value is JsonArray {
  return Array.isArray(value);
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof JsonNumber) &&
    !Array.isArray(value)
  );
}

/** @returns the member with this name in any case; the one with this very spelling, if there is one */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  const exact = object[name];
  if (exact !== undefined) return exact;
  const folded = name.toLowerCase();
  let found: JsonValue | undefined;
  for (const each in object) {
    if (each.length === name.length && each.toLowerCase() === folded) found = object[each];
  }
  return found;
}
