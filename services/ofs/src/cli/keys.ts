import { UsageError } from "./failures.ts";
import { parseJson } from "./json-text.ts";
import { suggest } from "./suggest.ts";

/**
 * Parses one key as it is typed on the command line.
 *
 * One-column keys are taken as they are (`inception`, also `movie_id=inception`). Keys of several columns are
 * comma-separated, with labels in any order (`origin=SEA,destination=SFO`) or without in the entity's order
 * (`SEA,SFO`). What has commas or equals signs of its own goes as JSON: `{"origin":"S,A","destination":"SFO"}`.
 *
 * @param keyLabels in the entity's order
 * @returns values in the order of `keyLabels`
 * @throws {UsageError}
 */
export function parseKey(text: string, keyLabels: readonly string[]): string[] {
  if (text.startsWith("{")) return parseJsonKey(text, keyLabels);
  const first = keyLabels[0] as string;
  if (keyLabels.length === 1) {
    return [text.startsWith(`${first}=`) ? text.slice(first.length + 1) : text];
  }
  const parts = text.split(",");
  const isLabelled = parts.every((part) => part.includes("="));
  if (isLabelled) {
    const pairs = parts.map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, at).trim(), part.slice(at + 1)] as const;
    });
    return orderByLabel(pairs, keyLabels, text);
  }
  if (parts.length === keyLabels.length) return parts;
  const example = keyLabels.map((label) => `${label}=...`).join(",");
  throw new UsageError(
    `key "${text}" has ${parts.length} of ${keyLabels.length} columns: write it as ${example}`,
  );
}

function parseJsonKey(text: string, keyLabels: readonly string[]): string[] {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new UsageError(`key "${text}" is not JSON: ${(cause as Error).message}`, { cause });
  }
  const pairs = Object.entries(value as object).map(([label, column]) => {
    if (typeof column === "string") return [label, column] as const;
    if (typeof column === "number") return [label, String(column)] as const;
    throw new UsageError(`key "${text}": ${label} is neither a text nor a number`);
  });
  return orderByLabel(pairs, keyLabels, text);
}

function orderByLabel(
  pairs: readonly (readonly [string, string])[],
  keyLabels: readonly string[],
  text: string,
): string[] {
  const columns = new Map<string, string>();
  for (const [label, column] of pairs) {
    if (!keyLabels.includes(label)) {
      throw new UsageError(`key "${text}": no column "${label}"${suggest(label, keyLabels)}`);
    }
    if (columns.has(label)) throw new UsageError(`key "${text}": column "${label}" twice`);
    columns.set(label, column);
  }
  return keyLabels.map((label) => {
    const column = columns.get(label);
    if (column === undefined) throw new UsageError(`key "${text}": no column "${label}"`);
    return column;
  });
}

/** Writes a key for people: `inception`, `SEA,SFO`. */
export function formatKey(columns: readonly string[]): string {
  return columns.join(",");
}
