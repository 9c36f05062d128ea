import { randomUUID } from "node:crypto";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** A column as the log names its type: `long`, `decimal(10,2)`; arrays by their element: `array<float>`. */
export type Columns = Readonly<Record<string, string>>;

interface Add {
  readonly path: string;
  readonly partitionValues: Record<string, string>;
  readonly size: number;
  readonly modificationTime: number;
  readonly dataChange: boolean;
  readonly stats: string;
}

/** A Delta table in a folder; its files are written by DuckDB, its log by hand. */
export class TestTable {
  readonly path: string;
  readonly #columns: Columns;
  #nextVersion = 0;
  #live: Add[] = [];

  constructor(path: string, columns: Columns) {
    this.path = path;
    this.#columns = columns;
    mkdirSync(join(path, "_delta_log"), { recursive: true });
  }

  /**
   * Commits a version with one file for each query.
   *
   * @param queries give the columns in the table's order
   * @returns the version
   */
  commit(...queries: readonly string[]): Promise<number> {
    return this.#commit([], queries);
  }

  /**
   * Commits a version in which the table has these rows, in files of their own, and no others.
   *
   * @returns paths of the files that it removed
   */
  async replace(...queries: readonly string[]): Promise<string[]> {
    const removed = this.#live;
    this.#live = [];
    const removes = removed.map(({ path, partitionValues, size }) => ({
      remove: { path, partitionValues, size, dataChange: true, deletionTimestamp: Date.now() },
    }));
    await this.#commit(removes, queries);
    return removed.map(({ path }) => join(this.path, path));
  }

  async #commit(removes: readonly object[], queries: readonly string[]): Promise<number> {
    const version = this.#nextVersion;
    const timestamp = Date.now();
    const actions: object[] = [{ commitInfo: { timestamp, operation: "WRITE" } }, ...removes];
    if (version === 0) actions.push(...this.#head());
    for (const query of queries) {
      const add = await this.#writeFile(query, timestamp);
      this.#live.push(add);
      actions.push({ add });
    }
    const name = `${String(version).padStart(20, "0")}.json`;
    const text = actions.map((action) => `${JSON.stringify(action)}\n`).join("");
    writeFileSync(join(this.path, "_delta_log", name), text);
    this.#nextVersion += 1;
    return version;
  }

  #head(): object[] {
    const fields = Object.entries(this.#columns).map(([name, type]) => {
      const element = /^array<(.*)>$/.exec(type)?.[1];
      const full =
        element === undefined ? type : { type: "array", elementType: element, containsNull: true };
      return { name, type: full, nullable: true, metadata: {} };
    });
    return [
      { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
      {
        metaData: {
          id: randomUUID(),
          format: { provider: "parquet", options: {} },
          schemaString: JSON.stringify({ type: "struct", fields }),
          partitionColumns: [],
          configuration: {},
          createdTime: Date.now(),
        },
      },
    ];
  }

  async #writeFile(query: string, modificationTime: number): Promise<Add> {
    const path = `part-${randomUUID()}.parquet`;
    const file = join(this.path, path);
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    try {
      const connection = await instance.connect();
      await connection.run(`copy (${query}) to '${file}' (format parquet)`);
      const counted = await connection.runAndReadAll(`select count(*) from '${file}'`);
      const numRecords = Number(counted.getRows()[0]?.[0]);
      connection.closeSync();
      const stats = JSON.stringify({ numRecords });
      const { size } = statSync(file);
      return { path, partitionValues: {}, size, modificationTime, dataChange: true, stats };
    } finally {
      instance.closeSync();
    }
  }
}
