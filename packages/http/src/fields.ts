import { FeatureStoreError } from "@ofs/platform";
import { parseJson } from "./parse-json.ts";

/** Longest text of a field. */
const MAX_FIELD_LENGTH = 100_000;

/** Named texts of a request: of a query string, or of a flat JSON object. Empty counts as absent. */
export type Fields = (name: string) => string | undefined;

/** @throws {FeatureStoreError} INVALID_ARGUMENT for a name that is not known: a misspelt filter would match everything */
export function queryFields(query: URLSearchParams, known: readonly string[]): Fields {
  for (const name of query.keys()) assertKnown(name, known);
  return (name) => query.get(name) || undefined;
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT for what is no such object, or a name that is not known */
export function bodyFields(text: string, known: readonly string[]): Fields {
  const body: unknown = text.trim() === "" ? {} : parseJson(text);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new FeatureStoreError("INVALID_ARGUMENT", "the body must be a JSON object");
  }
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(body)) {
    assertKnown(name, known);
    if (value === null || value === "") continue;
    if (typeof value === "object" || String(value).length > MAX_FIELD_LENGTH) {
      throw new FeatureStoreError("INVALID_ARGUMENT", `${name} must be a text, a number or a flag`);
    }
    fields.set(name, String(value));
  }
  return (name) => fields.get(name);
}

function assertKnown(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const shown = name.slice(0, 80);
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    `there is no field '${shown}'; there are ${known.join(", ")}`,
  );
}
