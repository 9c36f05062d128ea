/** Which database: their words for the same differ. */
export type Flavour = "mysql" | "embedded";

/** A column's type and rules, in each database's words. */
export type ColumnSpec = Readonly<Record<Flavour, string>>;

export interface TableSpec {
  readonly columns: Readonly<Record<string, ColumnSpec>>;
  /** Where no single column says that it is the key. */
  readonly primaryKey?: readonly string[];
}

export interface IndexSpec {
  readonly table: string;
  readonly columns: readonly string[];
  readonly isUnique?: boolean;
}
