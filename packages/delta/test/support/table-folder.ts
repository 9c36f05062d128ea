import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

export const SCHEMA = JSON.stringify({
  type: "struct",
  fields: [{ name: "id", type: "long", nullable: true, metadata: {} }],
});
export const PROTOCOL = { protocol: { minReaderVersion: 1, minWriterVersion: 2 } };

export function withFeatures(...readerFeatures: readonly string[]): object {
  return {
    protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures, writerFeatures: [] },
  };
}

export function metaData(parts: object = {}): object {
  return {
    metaData: {
      id: "t",
      format: { provider: "parquet", options: {} },
      schemaString: SCHEMA,
      partitionColumns: [],
      configuration: {},
      ...parts,
    },
  };
}

/** A table made by hand, in a temporary folder. */
export class TableFolder {
  readonly path = mkdtempSync(join(tmpdir(), "ofs-table-"));

  /** Writes a file of any content. */
  file(name: string, content: string | Uint8Array): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** @param modifiedMs time of the commit's file */
  commit(version: number, actions: readonly object[], modifiedMs?: number): void {
    const name = `_delta_log/${String(version).padStart(20, "0")}.json`;
    this.file(name, actions.map((action) => `${JSON.stringify(action)}\n`).join(""));
    if (modifiedMs !== undefined) {
      utimesSync(join(this.path, name), modifiedMs / 1000, modifiedMs / 1000);
    }
  }

  /** Writes what a query of DuckDB gives. */
  async parquet(name: string, query: string, options = ""): Promise<void> {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const to = path.replaceAll("'", "''");
    await connection.run(`COPY (${query}) TO '${to}' (FORMAT parquet${options})`);
    connection.closeSync();
    instance.closeSync();
  }

  /** The action for a file that is there. */
  add(name: string, parts: object = {}): { add: { path: string } } {
    const { size } = statSync(join(this.path, name));
    return {
      add: {
        path: name,
        partitionValues: {},
        size,
        modificationTime: 0,
        dataChange: true,
        ...parts,
      } as { path: string },
    };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
