import { isJsonArray, JsonNumber, type JsonObject, type JsonValue } from "./json-value.ts";

/** Writes JSON: numbers by their text, as they were sent. Lone surrogates become escapes. */
export function writeJson(value: JsonValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof JsonNumber) return value.text;
  return isJsonArray(value) ? writeArray(value) : writeObject(value);
}

function writeArray(items: readonly JsonValue[]): string {
  let text = "[";
  for (let index = 0; index < items.length; index++) {
    if (index > 0) text += ",";
    text += writeJson(items[index] as JsonValue);
  }
  return `${text}]`;
}

function writeObject(object: JsonObject): string {
  let text = "{";
  for (const name of Object.keys(object)) {
    if (text.length > 1) text += ",";
    text += `${JSON.stringify(name)}:${writeJson(object[name] as JsonValue)}`;
  }
  return `${text}}`;
}
