import { foldName, type ResolvedColumn, type ResolvedGroup, RowError } from "@ofs/rows";

/**
 * Finds columns of a group by the names of a request.
 *
 * @param isFolded whether names match in any case
 * @throws {RowError} FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION for a name that is no column, or is there twice
 */
export function requireColumns(
  group: ResolvedGroup,
  names: readonly string[],
  isFolded: boolean,
): ResolvedColumn[] {
  const columns = isFolded ? group.foldedColumns : group.columns;
  const seen = new Set<ResolvedColumn>();
  return names.map((name) => {
    const column = columns.get(isFolded ? foldName(name) : name);
    if (column === undefined) throw schemaError(`there is no column ${name}`);
    if (seen.has(column)) throw schemaError(`column ${name} is there twice`);
    seen.add(column);
    return column;
  });
}

/** @param reason told to the caller as `cause` */
export function schemaError(reason: string): RowError {
  return RowError.of("FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION", { cause: reason });
}
