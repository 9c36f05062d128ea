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
