import { formatType, type TableField } from "@ofs/delta";
import { foldName, type ResolvedColumn, type ResolvedGroup } from "@ofs/rows";
import { jsonOf, type ToJson } from "./column-json.ts";
import { type ColumnProblem, MappingError } from "./mapping-error.ts";

/** A column of the table, and where its values go. */
export interface RowColumn {
  readonly field: TableField;
  /** Of the feature group, as registered. */
  readonly name: string;
  /** The name as JSON. */
  readonly nameJson: string;
  readonly isKey: boolean;
  /** Its JSON is milliseconds since 1970. */
  readonly isTime: boolean;
  readonly toJson: ToJson;
}

export interface RowMapping {
  /** Keys first, in the order of the entity's. */
  readonly columns: readonly RowColumn[];
}

export interface RowMappingOptions {
  /** Feature group's column by the table's; undefined: columns of the same name, and all of the table's must have one. */
  readonly columns: ReadonlyMap<string, string> | undefined;
  readonly isBinaryDoubled: boolean;
}

/**
 * Decides which column of a table goes into which column of a feature group.
 *
 * @throws {MappingError} listing every column that cannot be sent, and every key that nothing is sent for
 */
export function mapRowColumns(
  schema: readonly TableField[],
  group: ResolvedGroup,
  options: RowMappingOptions,
): RowMapping {
  const problems: ColumnProblem[] = [];
  const columns: RowColumn[] = [];
  const taken = new Map<string, string>();
  for (const { field, name } of pairs(schema, options.columns, problems)) {
    const target = columnOf(group, name);
    const title = `feature group ${group.metadata.name} ${group.metadata.version}`;
    if (target === undefined) {
      problems.push({ column: field.name, reason: `${title} has no column ${name}` });
      continue;
    }
    const other = taken.get(target.name);
    if (other !== undefined) {
      problems.push({ column: field.name, reason: `${other} goes into ${target.name} already` });
      continue;
    }
    taken.set(target.name, field.name);
    const toJson = jsonOf(field.type, target.type, options);
    if (toJson === undefined) {
      const reason = `${formatType(field.type)} cannot be sent as ${target.type} ${target.name}`;
      problems.push({ column: field.name, reason });
      continue;
    }
    const { name: registered, isKey } = target;
    const nameJson = JSON.stringify(registered);
    const isTime = target.type === "TIMESTAMP";
    columns.push({ field, name: registered, nameJson, isKey, isTime, toJson });
  }
  const order = new Map(group.keys.map((key, index) => [key.name, index]));
  for (const key of order.keys()) {
    if (!taken.has(key)) problems.push({ column: key, reason: "no column for this primary key" });
  }
  if (problems.length > 0) throw new MappingError(problems);
  const rank = ({ name }: RowColumn): number => order.get(name) ?? order.size;
  return { columns: columns.sort((a, b) => rank(a) - rank(b)) };
}

/**
 * The same of its primary keys alone: what else the table has does not matter.
 *
 * @throws as `mapRowColumns`
 */
export function mapRowKeys(
  schema: readonly TableField[],
  group: ResolvedGroup,
  options: RowMappingOptions,
): RowMapping {
  const wanted = options.columns ?? schema.map(({ name }) => [name, name] as const);
  const keys = [...wanted].filter(([, name]) => columnOf(group, name)?.isKey === true);
  return mapRowColumns(schema, group, { ...options, columns: new Map(keys) });
}

function columnOf(group: ResolvedGroup, name: string): ResolvedColumn | undefined {
  return group.columns.get(name) ?? group.foldedColumns.get(foldName(name));
}

function pairs(
  schema: readonly TableField[],
  wanted: ReadonlyMap<string, string> | undefined,
  problems: ColumnProblem[],
): { readonly field: TableField; readonly name: string }[] {
  if (wanted === undefined) return schema.map((field) => ({ field, name: field.name }));
  return [...wanted].flatMap(([column, name]) => {
    const field = schema.find((each) => each.name === column);
    if (field !== undefined) return [{ field, name }];
    problems.push({ column, reason: "the table has no such column" });
    return [];
  });
}
