import {
  isJsonArray,
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  member,
} from "@ofs/rows";

/** A body does not have the form of its request. */
export class BindFault extends Error {
  override readonly name = "BindFault";
}

/** @param where for the message @throws {BindFault} */
export function requireObject(value: JsonValue, where: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new BindFault(`${where} must be an object, is ${kindOf(value)}`);
}

/** @returns undefined where it is not there or null; other scalars as their text @throws {BindFault} */
export function textField(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  return value === undefined || value === null ? undefined : textOf(value, name);
}

/** @returns undefined where it is not there or null @throws {BindFault} */
export function objectField(object: JsonObject, name: string): JsonObject | undefined {
  const value = member(object, name);
  return value === undefined || value === null ? undefined : requireObject(value, name);
}

/** @returns undefined where it is not there or null @throws {BindFault} */
export function listField(object: JsonObject, name: string): readonly JsonValue[] | undefined {
  const value = member(object, name);
  return value === undefined || value === null ? undefined : listOf(value, name);
}

/** @returns undefined where it is not there or null @throws {BindFault} */
export function textsField(object: JsonObject, name: string): readonly string[] | undefined {
  return listField(object, name)?.map((each, index) => textOf(each, `${name}[${index}]`));
}

/** @returns undefined where it is not there or null @throws {BindFault} */
export function rowsField(
  object: JsonObject,
  name: string,
): readonly (readonly JsonValue[])[] | undefined {
  const rows = listField(object, name);
  if (rows === undefined) return undefined;
  for (let index = 0; index < rows.length; index++) {
    if (!isJsonArray(rows[index])) listOf(rows[index] as JsonValue, `${name}[${index}]`);
  }
  return rows as readonly (readonly JsonValue[])[];
}

/** @returns undefined where it is not there or null @throws {BindFault} */
export function integerField(object: JsonObject, name: string): number | undefined {
  const text = textField(object, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^-?\d{1,16}$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new BindFault(`${name} must be a whole number, is ${shorten(text)}`);
}

function listOf(value: JsonValue, where: string): readonly JsonValue[] {
  if (isJsonArray(value)) return value;
  throw new BindFault(`${where} must be a list, is ${kindOf(value)}`);
}

function textOf(value: JsonValue, where: string): string {
  if (typeof value === "string") return value;
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === "boolean") return String(value);
  throw new BindFault(`${where} must be text, is ${kindOf(value)}`);
}

function kindOf(value: JsonValue): string {
  if (value === null) return "null";
  if (isJsonArray(value)) return "a list";
  if (isJsonObject(value)) return "an object";
  return shorten(value instanceof JsonNumber ? value.text : JSON.stringify(value));
}

/** Longest piece of a caller's value in a message. */
const MAX_SHOWN_LENGTH = 80;

function shorten(text: string): string {
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}...` : text;
}
