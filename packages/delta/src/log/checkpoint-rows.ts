import type { CellValue, TableType } from "../model/table-type.ts";
import type { RowBatch } from "../reader/row-batch.ts";
import type { WantedField } from "../reader/worker/plan-columns.ts";
import { type Action, parseAction } from "./actions.ts";

/** First part of an action: where it is missing, the row has another action. */
const KEYS: ReadonlySet<string> = new Set(["path", "schemaString", "minReaderVersion"]);

/**
 * Turns rows of a checkpoint in Parquet into the actions that a commit would have.
 *
 * @param source names the file in errors
 */
export function* actionsOf(
  batch: RowBatch,
  wanted: readonly WantedField[],
  source: string,
): Generator<Action> {
  const columns = wanted.map((field, index) => ({
    action: field.within?.[0] ?? "",
    field,
    vector: batch.columns[index],
  }));
  for (let row = 0; row < batch.rowCount; row++) {
    const json: Record<string, Record<string, unknown>> = {};
    for (const { action, field, vector } of columns) {
      const value = vector?.valueAt(row) ?? null;
      if (KEYS.has(field.name) && value !== null) json[action] = {};
      const parts = json[action];
      if (parts !== undefined) parts[field.name] = toJson(value, field.type);
    }
    yield parseAction(json, `${source} row ${batch.firstRow + row}`);
  }
}

function toJson(value: CellValue, type: TableType): unknown {
  if (value === null) return null;
  if (typeof value === "bigint") return Number(value);
  if (!Array.isArray(value)) return value;
  if (type.kind === "map") return Object.fromEntries(value as [string, CellValue][]);
  if (type.kind === "struct") {
    return Object.fromEntries(
      type.fields.map((field, index) => [field.name, toJson(value[index] ?? null, field.type)]),
    );
  }
  return value;
}
