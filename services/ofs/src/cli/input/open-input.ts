import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { UsageError } from "../failures.ts";
import { readCsv } from "./csv.ts";
import type { InputRecord } from "./input-record.ts";
import { parseJsonRecords, readJson, readNdjson } from "./json.ts";

export const INPUT_FORMATS = ["json", "ndjson", "csv"] as const;

/** How rows are written. */
export type InputFormat = (typeof INPUT_FORMATS)[number];

const READERS: Readonly<Record<InputFormat, (source: Readable) => AsyncIterable<InputRecord>>> = {
  json: readJson,
  ndjson: readNdjson,
  csv: readCsv,
};

const FORMAT_BY_ENDING: readonly (readonly [RegExp, InputFormat])[] = [
  [/\.json$/i, "json"],
  [/\.(?:ndjson|jsonl)$/i, "ndjson"],
  [/\.csv$/i, "csv"],
];

/** Rows to read. */
export interface Input {
  /** Whether {@link Input.read} can be called again: a file can be read twice, standard input cannot. */
  readonly isRepeatable: boolean;
  read(): AsyncIterable<InputRecord>;
}

/** Where the rows are: exactly one of the first two. */
export interface InputOptions {
  /** JSON on the command line. */
  readonly inline: string | undefined;
  /** A path, or `-` for standard input. */
  readonly file: string | undefined;
  /** undefined = as the file's name ends. */
  readonly format: InputFormat | undefined;
}

/** @throws {UsageError} if it is not clear what to read */
export function openInput(options: InputOptions, stdin: Readable): Input {
  const { inline, file } = options;
  if (inline !== undefined && file !== undefined) {
    throw new UsageError("give the rows as JSON or as --file, not both");
  }
  if (inline !== undefined) {
    return { isRepeatable: true, read: () => asAsync(parseJsonRecords(inline)) };
  }
  if (file === undefined) {
    throw new UsageError("no rows: give JSON as the last argument, or --file with a path or -");
  }
  const read = READERS[options.format ?? formatOf(file)];
  if (file === "-") return { isRepeatable: false, read: () => read(stdin) };
  return { isRepeatable: true, read: () => readFileWith(read, file) };
}

function formatOf(file: string): InputFormat {
  const format = FORMAT_BY_ENDING.find(([ending]) => ending.test(file))?.[1];
  if (format !== undefined) return format;
  throw new UsageError(
    `--file ${file}: cannot tell the format from the name: add --format ${INPUT_FORMATS.join(", ")}`,
  );
}

async function* readFileWith(
  read: (source: Readable) => AsyncIterable<InputRecord>,
  file: string,
): AsyncGenerator<InputRecord> {
  const source = createReadStream(file);
  try {
    yield* read(source);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    if (!/^E[A-Z]+$/.test((cause as NodeJS.ErrnoException).code as string)) throw cause;
    throw new UsageError(`--file ${file}: ${(cause as Error).message}`, { cause });
  } finally {
    source.destroy();
  }
}

async function* asAsync<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
