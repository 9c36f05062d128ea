import { persistQueryFromJson } from "@ofs/http";

export const KEY = "id";
export const GROUP = "state";
export const FEATURE = "value";

/** An encoded message that gives each key one number. */
export function numbers(entity: string, values: Readonly<Record<string, number>>): Uint8Array {
  return message(
    entity,
    Object.entries(values).map(([key, value]) => [key, { int64_values: [value] }]),
  );
}

/** An encoded message that gives each key one text. */
export function texts(entity: string, values: Readonly<Record<string, string>>): Uint8Array {
  return message(
    entity,
    Object.entries(values).map(([key, text]) => [key, { string_values: [text] }]),
  );
}

/** An encoded message that names keys alone, and all groups of the entity, as deletes may. */
export function keysOnly(entity: string, keys: readonly string[]): Uint8Array {
  return persistQueryFromJson(
    JSON.stringify({
      entity_label: entity,
      keys_schema: [KEY],
      data: keys.map((key) => ({ key_values: [key] })),
    }),
  );
}

function message(
  entity: string,
  rows: readonly (readonly [key: string, values: object])[],
): Uint8Array {
  return persistQueryFromJson(
    JSON.stringify({
      entity_label: entity,
      keys_schema: [KEY],
      feature_group_schema: [{ label: GROUP, feature_labels: [FEATURE] }],
      data: rows.map(([key, values]) => ({ key_values: [key], feature_values: [{ values }] })),
    }),
  );
}
