import { FeatureStoreError } from "@ofs/platform";
import type { TableMaker } from "../../../src/apply/index.ts";
import type { TableNeed } from "../../../src/changes/index.ts";

interface Table {
  readonly primaryKeys: readonly string[];
  readonly columns: Map<string, string>;
}

/** Tables in memory that grow as real ones do. */
export class RecordingTables implements TableMaker {
  readonly #tables = new Map<string, Table>();

  async make(need: TableNeed): Promise<void> {
    const table = this.#tables.get(need.table) ?? {
      primaryKeys: need.primaryKeys,
      columns: new Map<string, string>(),
    };
    if (table.primaryKeys.join() !== need.primaryKeys.join()) {
      throw new FeatureStoreError(
        "FAILED_PRECONDITION",
        `table ${need.table}: its keys are ${table.primaryKeys.join()}`,
      );
    }
    this.#tables.set(need.table, table);
    for (const column of need.columns) table.columns.set(column, "blob");
  }

  async describe({ table }: Pick<TableNeed, "table">) {
    return this.#tables.get(table);
  }

  /** Columns by table, in no particular order. */
  get columns(): ReadonlyMap<string, readonly string[]> {
    return new Map(
      [...this.#tables].map(([name, { columns }]) => [name, [...columns.keys()].sort()]),
    );
  }
}
