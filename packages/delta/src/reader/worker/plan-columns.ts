import { brokenTable } from "../../errors.ts";
import type { TableField } from "../../model/table-type.ts";
import { type Convert, converterOf, findField } from "./convert-value.ts";
import type { FileField, FileType } from "./file-schema.ts";

/** A column wanted; `within` names structs around it, from the outside. */
export interface WantedField extends TableField {
  readonly within?: readonly string[];
}

/** How a wanted column comes from a file. */
export interface ColumnPlan {
  readonly field: WantedField;
  /** Names in the file, from the outside; undefined: it is not there, and so null in every row. */
  readonly source: { readonly path: readonly string[]; readonly type: FileType } | undefined;
  readonly convert: Convert;
}

/** @throws {DeltaError} FAILED_PRECONDITION if a type does not fit */
export function planColumns(
  wanted: readonly WantedField[],
  present: readonly FileField[],
): ColumnPlan[] {
  if (wanted.some(({ fieldId }) => fieldId !== undefined) && !hasIds(present)) {
    throw brokenTable("columns are mapped by id, and the file has no ids");
  }
  return wanted.map((field) => planColumn(field, present));
}

function planColumn(field: WantedField, present: readonly FileField[]): ColumnPlan {
  const absent: ColumnPlan = { field, source: undefined, convert: (value) => value };
  const path: string[] = [];
  let fields = present;
  for (const name of field.within ?? []) {
    const outer = fields.find((candidate) => candidate.name === name);
    if (outer?.type.kind !== "struct") return absent;
    path.push(name);
    fields = outer.type.fields;
  }
  const found = fields[findField(fields, field)];
  if (found === undefined) return absent;
  const source = { path: [...path, found.name], type: found.type };
  return { field, source, convert: converterOf(found.type, field.type, field.name) };
}

function hasIds(fields: readonly FileField[]): boolean {
  return fields.length === 0 || fields.some(({ fieldId }) => fieldId !== undefined);
}
