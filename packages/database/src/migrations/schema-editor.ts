import { FeatureStoreError } from "@ofs/platform";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { ColumnSpec, Flavour, IndexSpec, TableSpec } from "./table-spec.ts";

/**
 * Changes of tables that may be repeated: MySQL commits each at once, so a process that dies in between leaves some done.
 * Names come from this program, never from outside.
 */
export class SchemaEditor {
  readonly #db: Kysely<unknown>;
  readonly #flavour: Flavour;

  constructor(db: Kysely<unknown>, flavour: Flavour) {
    this.#db = db;
    this.#flavour = flavour;
  }

  /** @returns names of the columns, or undefined if there is no such table */
  async columnsOf(table: string): Promise<ReadonlySet<string> | undefined> {
    const tables = await this.#db.introspection.getTables();
    const found = tables.find(({ name }) => name === table);
    return found && new Set(found.columns.map(({ name }) => name));
  }

  /**
   * Makes a table, or makes sure that the one that is there has the columns.
   *
   * @throws {FeatureStoreError} FAILED_PRECONDITION naming a table of other columns
   */
  async ensureTable(table: string, spec: TableSpec): Promise<void> {
    const existing = await this.columnsOf(table);
    if (existing === undefined) {
      await this.#createTable(table, spec);
      return;
    }
    const missing = Object.keys(spec.columns).filter((name) => !existing.has(name));
    if (missing.length > 0) {
      throw new FeatureStoreError(
        "FAILED_PRECONDITION",
        `table ${table} of the database has no column ${missing.join(", ")}: it is of another program`,
      );
    }
  }

  async #createTable(table: string, { columns, primaryKey = [] }: TableSpec): Promise<void> {
    const lines = Object.entries(columns).map((column) => this.#columnLine(column));
    if (primaryKey.length > 0) {
      lines.push(sql`primary key (${sql.join(primaryKey.map((column) => sql.ref(column)))})`);
    }
    const end = this.#flavour === "mysql" ? " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4" : "";
    await sql`create table ${sql.table(table)} (${sql.join(lines)})${sql.raw(end)}`.execute(
      this.#db,
    );
  }

  async ensureColumns(table: string, columns: Readonly<Record<string, ColumnSpec>>): Promise<void> {
    const existing = await this.columnsOf(table);
    for (const column of Object.entries(columns)) {
      if (existing?.has(column[0])) continue;
      const line = this.#columnLine(column);
      await sql`alter table ${sql.table(table)} add column ${line}`.execute(this.#db);
    }
  }

  async ensureIndex({ table, columns, isUnique = false }: IndexSpec): Promise<void> {
    const name = ["ofs", table, ...columns].join("_");
    if (await this.#hasIndex(table, name)) return;
    const create = sql.raw(isUnique ? "create unique index" : "create index");
    const list = sql.join(columns.map((column) => sql.ref(column)));
    await sql`${create} ${sql.id(name)} on ${sql.table(table)} (${list})`.execute(this.#db);
  }

  async #hasIndex(table: string, name: string): Promise<boolean> {
    const query =
      this.#flavour === "mysql"
        ? sql`select 1 from information_schema.statistics where table_schema = database() and table_name = ${table} and index_name = ${name} limit 1`
        : sql`select 1 from sqlite_master where type = 'index' and tbl_name = ${table} and name = ${name}`;
    const { rows } = await query.execute(this.#db);
    return rows.length > 0;
  }

  #columnLine([name, spec]: readonly [string, ColumnSpec]): RawBuilder<unknown> {
    return sql`${sql.id(name)} ${sql.raw(spec[this.#flavour])}`;
  }
}
