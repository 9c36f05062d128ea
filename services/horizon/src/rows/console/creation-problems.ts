import { COLUMN_TYPES, foldName, isColumnName, isOwner, RowError } from "@ofs/rows";
import type { Problems } from "../../changes/problems.ts";
import { type ColumnDraft, isColumnType } from "./creation-body.ts";

/** Longest text that a message repeats. */
const SHOWN_LENGTH = 100;

/** What a value is called in messages. */
export function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);
}

/** Finds what is wrong with columns by themselves. */
export function checkColumns(
  problems: Problems,
  path: string,
  columns: readonly ColumnDraft[],
): void {
  if (columns.length === 0) problems.missing(path, "there must be at least one column");
  const seen = new Map<string, string>();
  for (const [index, { name, type }] of columns.entries()) {
    const field = `${path}.${index}`;
    checkColumnName(problems, `${field}.name`, name, seen);
    if (type === "") problems.missing(`${field}.type`, "a column must have a type");
    else if (!isColumnType(type)) {
      problems.invalid(`${field}.type`, `${shown(type)} is none of ${COLUMN_TYPES.join(", ")}`);
    }
  }
}

/** @param seen names before it, by what stores make of them */
function checkColumnName(
  problems: Problems,
  field: string,
  name: string,
  seen: Map<string, string>,
): void {
  if (name === "") {
    problems.missing(field, "a column must have a name");
    return;
  }
  if (!isColumnName(name)) {
    problems.invalid(
      field,
      `${shown(name)} must be a letter, then letters, digits and _, at most 200`,
    );
    return;
  }
  const other = seen.get(foldName(name));
  if (other !== undefined) {
    const same = other === name ? "" : ", which stores take for the same name";
    problems.conflict(field, `there is a column ${other} already${same}`);
  }
  seen.set(foldName(name), name);
}

export function checkOwner(problems: Problems, owner: string): void {
  if (owner === "") problems.missing("owner", "there must be an owner, by email");
  else if (!isOwner(owner)) problems.invalid("owner", `${shown(owner)} is no email address`);
}

/**
 * Asks the creation's own check, once nothing else is wrong: what it alone knows is told of the field that is named.
 *
 * @param fieldOf where messages with a code belong
 */
export function checkAgain(
  problems: Problems,
  check: () => void,
  fieldOf: (code: RowError["code"]) => string,
): void {
  if (problems.count > 0) return;
  try {
    check();
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    const { message, cause } = error;
    problems.invalid(fieldOf(error.code), cause === message ? message : `${message}: ${cause}`);
  }
}
