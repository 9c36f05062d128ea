import { type FileMetaData, parquetScan } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DeltaError, wrapError } from "../../errors.ts";
import type { CellValue } from "../../model/table-type.ts";
import type { DecodedRows, Decoder } from "./decoder.ts";
import { EXACT_PARSERS, fromHyparquet, withoutLossyAnnotations } from "./hyparquet-values.ts";
import type { ParquetFile } from "./parquet-file.ts";
import type { ColumnPlan } from "./plan-columns.ts";

/** Its compressors read these right; others are refused. */
const CODECS: ReadonlySet<string> = new Set(["UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "BROTLI"]);
/** Of one row group, uncompressed: it is held as a whole. */
const ROW_GROUP_BYTES_MAX = 1024 ** 3;
const PIECE_ROWS = 2048;

type ColumnValues = { readonly [index: number]: unknown };

/** Decodes with hyparquet, which is JavaScript only: slower, and with a row group in memory at a time. */
export class HyparquetDecoder implements Decoder {
  async *rows(
    file: ParquetFile,
    columns: readonly ColumnPlan[],
    fromRow: number,
    toRow: number,
  ): AsyncIterable<DecodedRows> {
    requireCodecs(file.metadata);
    const sources = columns.flatMap(({ source }) => (source === undefined ? [] : [source]));
    const names = [...new Set(sources.map(({ path }) => path[0] ?? ""))];
    const converts = sources.map(({ path, type }) => {
      const convert = fromHyparquet(type);
      return { name: path[0] ?? "", parts: path.slice(1), convert };
    });
    let start = 0;
    for (const group of file.metadata.row_groups) {
      const end = start + Number(group.num_rows);
      const [first, last] = [Math.max(start, fromRow), Math.min(end, toRow)];
      if (first < last) {
        requireSize(Number(group.total_byte_size));
        const values = await readGroup(file, names, first, last);
        for (let row = first; row < last; row += PIECE_ROWS) {
          const count = Math.min(PIECE_ROWS, last - row);
          yield new HyparquetRows(row, count, row - first, values, converts);
        }
      }
      start = end;
    }
  }

  interrupt(): void {
    // It stops by itself before the next batch.
  }

  close(): void {
    // Nothing is open between reads.
  }
}

interface ColumnConvert {
  readonly name: string;
  readonly parts: readonly string[];
  readonly convert: (value: unknown) => CellValue;
}

class HyparquetRows implements DecodedRows {
  readonly rowCount: number;
  readonly #firstRow: number;
  readonly #offset: number;
  readonly #columns: readonly { readonly values: ColumnValues; readonly way: ColumnConvert }[];

  constructor(
    firstRow: number,
    rowCount: number,
    offset: number,
    values: ReadonlyMap<string, ColumnValues>,
    ways: readonly ColumnConvert[],
  ) {
    this.rowCount = rowCount;
    this.#firstRow = firstRow;
    this.#offset = offset;
    this.#columns = ways.map((way) => ({ values: values.get(way.name) ?? [], way }));
  }

  rowNumber(index: number): number {
    return this.#firstRow + index;
  }

  value(column: number, index: number): CellValue {
    const source = this.#columns[column];
    if (source === undefined) return null;
    let value = source.values[this.#offset + index];
    for (const part of source.way.parts) {
      if (value === null || value === undefined) return null;
      value = (value as Readonly<Record<string, unknown>>)[part];
    }
    return value === null || value === undefined ? null : source.way.convert(value);
  }
}

async function readGroup(
  file: ParquetFile,
  names: string[],
  rowStart: number,
  rowEnd: number,
): Promise<ReadonlyMap<string, ColumnValues>> {
  try {
    const scan = await parquetScan({
      file: file.buffer,
      metadata: withoutLossyAnnotations(file.metadata),
      columns: names,
      compressors,
      utf8: false,
      geoparquet: false,
      parsers: EXACT_PARSERS,
    });
    const values = new Map<string, ColumnValues>();
    for (const column of names) {
      values.set(column, await scan.readColumn({ column, rowStart, rowEnd }));
    }
    return values;
  } catch (error) {
    throw wrapError(error, "FAILED_PRECONDITION", "it cannot be decoded");
  }
}

function requireCodecs(metadata: FileMetaData): void {
  for (const group of metadata.row_groups) {
    for (const { meta_data: column } of group.columns) {
      if (column !== undefined && !CODECS.has(column.codec)) {
        const text = `compression ${column.codec} needs DuckDB, which is not available here`;
        throw new DeltaError("UNIMPLEMENTED", text);
      }
    }
  }
}

function requireSize(bytes: number): void {
  if (bytes <= ROW_GROUP_BYTES_MAX) return;
  throw new DeltaError(
    "RESOURCE_EXHAUSTED",
    `a row group has ${bytes} bytes; without DuckDB up to ${ROW_GROUP_BYTES_MAX} are read`,
  );
}
