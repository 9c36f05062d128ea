import { FeatureStoreError } from "@ofs/platform";
import type { RowColumn, RowTable, RowTables, StoredRowTable } from "../../row-store.ts";
import {
  assertTtl,
  missingColumns,
  type WantedRowTable,
  wantedRowTable,
} from "../../rows/wanted-row-table.ts";
import { normalizeIdentifier } from "../../scylla/identifiers.ts";
import type { EmbeddedEnvironment } from "../environment.ts";
import type { EmbeddedRowStoreOptions } from "./embedded-row-store.ts";
import { MAX_TABLE_COLUMNS, rowColumn, rowKeys, TableDefinitions } from "./table-definitions.ts";

/** Definitions are small beside what else is committed, in bytes. */
const DEFINITION_SIZE_BYTES = 4096;

/** Tables of one tenant in the data folder. Never drops anything. */
export class EmbeddedRowTables implements RowTables {
  readonly #environment: EmbeddedEnvironment;
  readonly #definitions: TableDefinitions;
  readonly #subject: string;
  #isClosed = false;

  constructor({ environment, tenant }: Omit<EmbeddedRowStoreOptions, "now">) {
    this.#environment = environment;
    this.#definitions = new TableDefinitions(environment, tenant);
    this.#subject = `embedded store in ${environment.folder}, tenant ${tenant}`;
  }

  async describe(name: string): Promise<StoredRowTable | undefined> {
    this.#assertOpen();
    const stored = normalizeIdentifier("table", name);
    this.#environment.refresh();
    const definition = this.#definitions.get(stored);
    if (definition === undefined) return undefined;
    const { columns, ttlSeconds } = definition;
    return { name: stored, keys: rowKeys(definition), columns: columns.map(rowColumn), ttlSeconds };
  }

  /** The TTL counts only where the table is made. */
  async ensure(table: RowTable, columns: readonly RowColumn[], ttlSeconds: number): Promise<void> {
    this.#assertOpen();
    const wanted = wantedRowTable(this.#subject, table, columns, ttlSeconds);
    await this.#environment.commit(() => this.#ensure(wanted), DEFINITION_SIZE_BYTES);
  }

  async setTtl(name: string, ttlSeconds: number): Promise<void> {
    this.#assertOpen();
    const stored = normalizeIdentifier("table", name);
    const subject = `${this.#subject}, table ${stored}`;
    assertTtl(subject, ttlSeconds);
    await this.#environment.commit(() => {
      const definition = this.#definitions.get(stored);
      if (definition === undefined) {
        throw new FeatureStoreError("NOT_FOUND", `${subject}: there is no such table`);
      }
      this.#definitions.change(definition, { ttlSeconds });
    }, DEFINITION_SIZE_BYTES);
  }

  async ping(): Promise<void> {
    this.#assertOpen();
    this.#environment.refresh();
    this.#environment.table("meta").doesExist(Buffer.from("format"));
  }

  /** The environment stays open: its owner closes it. */
  async close(): Promise<void> {
    this.#isClosed = true;
  }

  /** Runs in a transaction. */
  #ensure(wanted: WantedRowTable): void {
    const definition = this.#definitions.get(wanted.name);
    const missing = definition === undefined ? [] : missingColumns(wanted, definition);
    const columnCount =
      definition === undefined ? wanted.columns.length : definition.columns.length + missing.length;
    if (columnCount > MAX_TABLE_COLUMNS) {
      const message = `${wanted.subject}: ${columnCount} columns, at most ${MAX_TABLE_COLUMNS} can be stored`;
      throw new FeatureStoreError("INVALID_ARGUMENT", message);
    }
    if (definition === undefined) this.#definitions.create(wanted);
    else if (missing.length > 0) {
      this.#definitions.change(definition, { columns: [...definition.columns, ...missing] });
    }
  }

  #assertOpen(): void {
    if (!this.#isClosed && !this.#environment.isClosed) return;
    throw new FeatureStoreError("UNAVAILABLE", `${this.#subject}: it is closed`);
  }
}
