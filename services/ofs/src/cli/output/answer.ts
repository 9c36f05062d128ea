import { formatJson, type JsonValue } from "../json-text.ts";
import { formatKey } from "../keys.ts";
import { toCell, toField } from "./feature-text.ts";
import { formatTable } from "./table.ts";

/** Features of one key, ready to be printed. */
export interface AnswerRow {
  /** In the order of the key labels. */
  readonly key: readonly string[];
  readonly features: readonly AnswerFeature[];
}

export interface AnswerFeature {
  readonly group: string;
  /** As asked for. */
  readonly label: string;
  readonly value: JsonValue;
}

/** Keys that stand side by side in one table. */
const KEYS_PER_TABLE = 4;

/** A feature a line, a key a column: easy to compare, and as wide as few keys are. */
export function formatAnswerTable(rows: readonly AnswerRow[]): string {
  const tables: string[] = [];
  for (let start = 0; start < rows.length; start += KEYS_PER_TABLE) {
    const shown = rows.slice(start, start + KEYS_PER_TABLE);
    const head = ["group", "feature", ...shown.map(({ key }) => toCell(formatKey(key)))];
    const lines = (shown[0] as AnswerRow).features.map(({ group, label }, index) => [
      group,
      label,
      ...shown.map(({ features }) => toCell((features[index] as AnswerFeature).value)),
    ]);
    tables.push(formatTable(head, lines));
  }
  return tables.join("\n");
}

/** A value a line: the key's columns, `group.feature`, value, with tabs between. */
export function formatAnswerText(rows: readonly AnswerRow[]): string {
  const lines = rows.flatMap(({ key, features }) =>
    features.map(({ group, label, value }) =>
      [...key.map(toField), `${group}.${label}`, toField(value)].join("\t"),
    ),
  );
  return lines.map((line) => `${line}\n`).join("");
}

/** A list with an object a key: `{"keys": {...}, "features": {"ratings": {...}}}`, as `ofs put` takes it. */
export function formatAnswerJson(rows: readonly AnswerRow[], keyLabels: readonly string[]): string {
  const records = rows.map(({ key, features }) => {
    const groups = new Map<string, (readonly [string, JsonValue])[]>();
    for (const { group, label, value } of features) {
      const members = groups.get(group);
      if (members === undefined) groups.set(group, [[label, value]]);
      else members.push([label, value]);
    }
    return {
      keys: Object.fromEntries(keyLabels.map((label, index) => [label, key[index] as string])),
      features: Object.fromEntries(
        [...groups].map(([group, members]) => [group, Object.fromEntries(members)]),
      ),
    };
  });
  return `${formatJson(records)}\n`;
}
