import { invalid } from "./errors.ts";

/** One part of an entity key; travels as text. */
export type KeyPart = string | number | bigint;

/** An entity key: parts by name, or in the order of the keys schema. */
export type EntityKey = Readonly<Record<string, KeyPart>> | readonly KeyPart[];

/**
 * @param keysSchema names of the parts
 * @param what names the key in errors
 * @returns parts as text, in the order of `keysSchema`
 * @throws {OfsClientError} INVALID_ARGUMENT for missing, superfluous or unfit parts
 */
export function keyTexts(keysSchema: readonly string[], key: EntityKey, what: string): string[] {
  return isParts(key) ? fromParts(keysSchema, key, what) : fromNamed(keysSchema, key, what);
}

function isParts(key: EntityKey): key is readonly KeyPart[] {
  return Array.isArray(key);
}

function fromParts(
  keysSchema: readonly string[],
  parts: readonly KeyPart[],
  what: string,
): string[] {
  if (parts.length !== keysSchema.length) {
    throw invalid(`${what} has ${parts.length} parts; (${keysSchema.join(", ")}) are needed`);
  }
  return parts.map((part, i) => keyText(part, `${what}, ${keysSchema[i]}`));
}

function fromNamed(
  keysSchema: readonly string[],
  key: Readonly<Record<string, KeyPart>>,
  what: string,
): string[] {
  const names = Object.keys(key);
  const isComplete =
    names.length === keysSchema.length && keysSchema.every((name) => Object.hasOwn(key, name));
  if (!isComplete) {
    throw invalid(`${what} has (${names.join(", ")}); (${keysSchema.join(", ")}) are needed`);
  }
  return keysSchema.map((name) => keyText(key[name] as KeyPart, `${what}, ${name}`));
}

function keyText(part: KeyPart, what: string): string {
  if (typeof part === "string") return part;
  if (typeof part === "bigint" || Number.isSafeInteger(part)) return String(part);
  throw invalid(`${what}: ${String(part)} is neither a text nor an exact integer`);
}

/**
 * Decides in which order key parts are sent.
 *
 * @param wanted by the caller; left out: the registry's
 * @throws {OfsClientError} INVALID_ARGUMENT unless it holds exactly the entity's key names
 */
export function chooseKeysSchema(
  keyLabels: readonly string[],
  wanted: readonly string[] | undefined,
): readonly string[] {
  if (wanted === undefined) return keyLabels;
  const isPermutation =
    wanted.length === keyLabels.length && keyLabels.every((label) => wanted.includes(label));
  if (isPermutation) return wanted;
  throw invalid(`keysSchema (${wanted.join(", ")}) is not (${keyLabels.join(", ")})`);
}
