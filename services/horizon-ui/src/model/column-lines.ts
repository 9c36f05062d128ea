import type { ColumnDraft } from "./row-drafts.ts";
import { COLUMN_TYPES } from "./rows.ts";

/** Order of what a line has. */
export const COLUMN_LINE_PARTS = ["name", "type", "description"] as const;
/** Lines that are read at a time. */
export const COLUMN_LINES_MAX = 500;

export interface ColumnLines {
  readonly columns: readonly ColumnDraft[];
  /** What is wrong, by line. */
  readonly faults: readonly string[];
}

/** Columns, one a line; parts are separated by tabs, as spreadsheets copy them, or semicolons. */
export function parseColumnLines(text: string): ColumnLines {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const columns: ColumnDraft[] = [];
  const faults: string[] = [];
  if (lines.length > COLUMN_LINES_MAX) {
    return { columns, faults: [`${lines.length} lines, ${COLUMN_LINES_MAX} at most`] };
  }
  for (const [index, line] of lines.entries()) {
    const parts = line.split(line.includes("\t") ? "\t" : ";").map((part) => part.trim());
    const [name = "", type = "", description = ""] = parts;
    const known = type.toUpperCase();
    if (parts.length > COLUMN_LINE_PARTS.length) {
      faults.push(
        `line ${index + 1} has ${parts.length} parts, ${COLUMN_LINE_PARTS.length} at most`,
      );
    } else if (name === "") {
      faults.push(`line ${index + 1} has no name`);
    } else if (!(known in COLUMN_TYPES)) {
      faults.push(`line ${index + 1}: there is no type ${JSON.stringify(type)}`);
    } else {
      columns.push({ name, type: known, description, tags: [] });
    }
  }
  return { columns, faults };
}
