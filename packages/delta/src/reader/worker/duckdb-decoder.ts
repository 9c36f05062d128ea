import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBDataChunk, DuckDBVector } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import { DeltaError, wrapError } from "../../errors.ts";
import type { CellValue } from "../../model/table-type.ts";
import { type DecodedRows, type Decoder, ROW_NUMBER } from "./decoder.ts";
import { type FromDuckDb, fromDuckDb } from "./duckdb-values.ts";
import type { ParquetFile } from "./parquet-file.ts";
import type { ColumnPlan } from "./plan-columns.ts";

/** What DuckDB takes for a pattern in a path. */
const PATTERN = /[*?[\]{}]/;

/** Decodes with DuckDB, in pieces of up to 2048 rows; its memory is limited. */
export class DuckDbDecoder implements Decoder {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(memoryBytesMax: number): Promise<DuckDbDecoder> {
    const instance = await DuckDBInstance.create(":memory:", {
      threads: "1",
      memory_limit: `${Math.ceil(memoryBytesMax / 1024 ** 2)}MiB`,
      preserve_insertion_order: "true",
      // Nothing to disk: what does not fit is an error.
      temp_directory: "",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      // Copies of remote files get names anew.
      enable_external_file_cache: "false",
    });
    return new DuckDbDecoder(instance, await instance.connect());
  }

  async *rows(
    file: ParquetFile,
    columns: readonly ColumnPlan[],
    fromRow: number,
    toRow: number,
  ): AsyncIterable<DecodedRows> {
    const alias = PATTERN.test(file.path) ? await linkTo(file.path) : undefined;
    try {
      const sql = selectRows(alias?.path ?? file.path, columns, fromRow, toRow);
      const result = await this.#connection.stream(sql);
      const converts = columns.flatMap(({ source }) =>
        source === undefined ? [] : [fromDuckDb(source.type)],
      );
      for (let chunk = await result.fetchChunk(); chunk; chunk = await result.fetchChunk()) {
        if (chunk.rowCount === 0) break;
        yield new DuckDbRows(chunk, converts);
      }
    } catch (error) {
      throw duckDbFailure(error);
    } finally {
      await alias?.remove();
    }
  }

  interrupt(): void {
    this.#connection.interrupt();
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

class DuckDbRows implements DecodedRows {
  readonly rowCount: number;
  readonly #numbers: DuckDBVector;
  readonly #vectors: readonly DuckDBVector[];
  readonly #converts: readonly FromDuckDb[];

  constructor(chunk: DuckDBDataChunk, converts: readonly FromDuckDb[]) {
    this.rowCount = chunk.rowCount;
    this.#numbers = chunk.getColumnVector(0);
    this.#vectors = converts.map((_, index) => chunk.getColumnVector(index + 1));
    this.#converts = converts;
  }

  rowNumber(index: number): number {
    return Number(this.#numbers.getItem(index));
  }

  value(column: number, index: number): CellValue {
    const value = this.#vectors[column]?.getItem(index) ?? null;
    return value === null ? null : (this.#converts[column]?.(value) ?? null);
  }
}

function selectRows(
  path: string,
  columns: readonly ColumnPlan[],
  fromRow: number,
  toRow: number,
): string {
  const expressions = columns.flatMap(({ source }) =>
    source === undefined ? [] : [expressionOf(source.path)],
  );
  const range = `t.${ROW_NUMBER} >= ${fromRow} AND t.${ROW_NUMBER} < ${toRow}`;
  const where = fromRow === 0 && toRow === Number.POSITIVE_INFINITY ? "" : ` WHERE ${range}`;
  return (
    `SELECT ${[`t.${ROW_NUMBER}`, ...expressions].join(", ")} FROM read_parquet(${quoteText(path)}, ` +
    `${ROW_NUMBER} = true, hive_partitioning = false, binary_as_string = false) t${where}`
  );
}

/** Only the parts of a struct that are wanted: others are not decoded then. */
function expressionOf([column = "", ...parts]: readonly string[]): string {
  return parts.reduce(
    (struct, part) => `struct_extract(${struct}, ${quoteText(part)})`,
    `t.${quoteName(column)}`,
  );
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function linkTo(path: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "ofs-link-"));
  const link = join(folder, "file.parquet");
  await symlink(path, link);
  return { path: link, remove: () => rm(folder, { recursive: true, force: true }) };
}

function duckDbFailure(error: unknown): Error {
  if (error instanceof DeltaError || !(error instanceof Error)) {
    return wrapError(error, "FAILED_PRECONDITION", "it cannot be decoded");
  }
  const isMemory = error.message.startsWith("Out of Memory");
  const [line = ""] = error.message.split("\n");
  const code = isMemory ? "RESOURCE_EXHAUSTED" : "FAILED_PRECONDITION";
  return new DeltaError(code, `it cannot be decoded: ${line}`, { cause: error });
}
