import type { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { InputError, type InputRecord } from "./input-record.ts";

/** Longest row. A quote that is never closed would otherwise take the rest of the file into memory. */
const MAX_RECORD_CHARACTERS = 16 * 1024 * 1024;

interface Cell {
  readonly text: string;
  readonly isQuoted: boolean;
}

interface ParsedRecord {
  readonly record: readonly Cell[];
  /** `lines` counts to the end of the record. */
  readonly info: { readonly lines: number };
}

/**
 * Reads comma-separated values; the first line names the columns. An empty cell says nothing, `""` is an
 * empty text.
 *
 * @throws {InputError} while it is read
 */
export async function* readCsv(source: Readable): AsyncGenerator<InputRecord> {
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    // A row of another length is refused below, with its line.
    relax_column_count: true,
    max_record_size: MAX_RECORD_CHARACTERS,
    cast: (text, { quoting }): Cell => ({ text, isQuoted: quoting }),
  });
  // The parser ends with the source's error; nothing else listens to the source.
  source.on("error", (error) => parser.destroy(error));
  let names: readonly string[] | undefined;
  let namesPlace = "line 1";
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<ParsedRecord>) {
      const place = `line ${firstLine(record, info.lines)}`;
      if (names === undefined) {
        names = record.map(({ text }) => text.trim());
        namesPlace = place;
      } else {
        yield toRecord(record, names, place, namesPlace);
      }
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new InputError(`line ${(cause as { lines?: number }).lines ?? "?"}`, cause.message, {
      cause,
    });
  }
}

function firstLine(record: readonly Cell[], lastLine: number): number {
  let lineBreaks = 0;
  for (const { text } of record) lineBreaks += text.split("\n").length - 1;
  return lastLine - lineBreaks;
}

function toRecord(
  cells: readonly Cell[],
  names: readonly string[],
  place: string,
  namesPlace: string,
): InputRecord {
  if (cells.length !== names.length) {
    throw new InputError(place, `${cells.length} cells where ${namesPlace} names ${names.length}`);
  }
  const values = cells.map(({ text, isQuoted }, index) => ({
    name: names[index] as string,
    value: text === "" && !isQuoted ? undefined : text,
    isCell: true,
  }));
  return { place, namesPlace, values };
}
