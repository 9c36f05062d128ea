import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { parseJson } from "../json-text.ts";
import { InputError, type InputRecord, type InputValue } from "./input-record.ts";

/** Longest JSON text, which is read as a whole. Longer input goes as NDJSON or CSV. */
const MAX_JSON_BYTES = 256 * 1024 * 1024;

/**
 * Reads JSON: one object, or a list of them.
 *
 * @throws {InputError} while it is read
 */
export async function* readJson(source: Readable): AsyncGenerator<InputRecord> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_JSON_BYTES) {
      throw new InputError("input", `JSON of more than ${MAX_JSON_BYTES} bytes: use NDJSON or CSV`);
    }
    chunks.push(chunk);
  }
  yield* parseJsonRecords(Buffer.concat(chunks).toString("utf8"));
}

/** @throws {InputError} while it is read */
export function* parseJsonRecords(text: string): Generator<InputRecord> {
  const value = parse(text.replace(/^\uFEFF/, ""), "input");
  const records = Array.isArray(value) ? value : [value];
  for (const [index, record] of records.entries()) {
    yield toRecord(record, `record ${index + 1}`);
  }
}

/**
 * Reads JSON objects, one a line. Empty lines are skipped.
 *
 * @throws {InputError} while it is read
 */
export async function* readNdjson(source: Readable): AsyncGenerator<InputRecord> {
  const lines = createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY });
  // `readline` iterates to the end as if nothing had happened when its input fails.
  let failure: Error | undefined;
  source.on("error", (error) => {
    failure = error;
    lines.close();
  });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const text = number === 1 ? line.replace(/^\uFEFF/, "") : line;
    if (text.trim() === "") continue;
    yield toRecord(parse(text, `line ${number}`), `line ${number}`);
  }
  if (failure !== undefined) throw failure;
}

function parse(text: string, place: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new InputError(place, `not JSON: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Takes all forms of a row: `{"movie_id": "x", "imdb_rating": 1}`, `{"movie_id": "x", "ratings":
 * {"imdb_rating": 1}}`, and what `ofs get --json` prints, `{"keys": {...}, "features": {"ratings": {...}}}`.
 */
function toRecord(record: unknown, place: string): InputRecord {
  if (!isObject(record)) {
    throw new InputError(place, `${JSON.stringify(record)} is not an object`);
  }
  const { keys, features, ...others } = record;
  const isPrinted = isObject(keys) && isObject(features) && Object.keys(others).length === 0;
  const values = isPrinted ? [...flatten(keys), ...flatten(features)] : [...flatten(record)];
  return { place, namesPlace: place, values };
}

function* flatten(members: object): Generator<InputValue> {
  for (const [name, value] of Object.entries(members)) {
    if (isObject(value)) {
      for (const inner of flatten(value)) yield { ...inner, name: `${name}.${inner.name}` };
    } else {
      yield { name, value: value ?? undefined, isCell: false };
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
