import {
  DEAD_LETTER_HEADERS,
  headerOf,
  type RecordHeader,
  rowGroupOf,
  type SourceRecord,
} from "@ofs/ingest";
import { decodePersistQuery, ProtoError } from "@ofs/proto";
import type { ReadTopic } from "../read-topics.ts";

/** All headers that a dead letter has beside those of its message begin so. */
export const LETTER_HEADER_PREFIX = "dlq-";

/** A message that could not be stored, with what is known of it. */
export interface Letter {
  /** Where the letter is. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** When it was written, Unix milliseconds. */
  readonly deadAtMs: number | undefined;
  /** Where the message was; fields are undefined in what is no letter of ours. */
  readonly origin: {
    readonly topic: string | undefined;
    readonly partition: number | undefined;
    readonly offset: number | undefined;
    /** Unix milliseconds. */
    readonly timestampMs: number | undefined;
  };
  readonly error: string;
  readonly code: string;
  readonly field: string | undefined;
  /** How often it was tried, replays included. */
  readonly attempts: number | undefined;
  /** Bytes of the value, where it was too large for the letter: it is only where the message was. */
  readonly omittedBytes: number | undefined;
  readonly record: SourceRecord;
}

/** Reads a record of a dead-letter topic. */
export function readLetter(record: SourceRecord): Letter {
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    deadAtMs: record.timestampMs,
    origin: {
      topic: textHeader(record, DEAD_LETTER_HEADERS.topic),
      partition: numberHeader(record, DEAD_LETTER_HEADERS.partition),
      offset: numberHeader(record, DEAD_LETTER_HEADERS.offset),
      timestampMs: numberHeader(record, DEAD_LETTER_HEADERS.timestamp),
    },
    error: textHeader(record, DEAD_LETTER_HEADERS.error) ?? "",
    code: textHeader(record, DEAD_LETTER_HEADERS.code) ?? "",
    field: textHeader(record, DEAD_LETTER_HEADERS.field),
    attempts: numberHeader(record, DEAD_LETTER_HEADERS.attempts),
    omittedBytes: numberHeader(record, DEAD_LETTER_HEADERS.omittedBytes),
    record,
  };
}

/**
 * @returns the label of the entity that the message names, or, in the row dialect, the name of the feature group; undefined
 * where it names none
 */
export function subjectOf({ record }: Letter, dialect: ReadTopic["dialect"]): string | undefined {
  if (dialect === "row") return rowGroupOf(record);
  if (record.value === undefined) return undefined;
  try {
    return decodePersistQuery(record.value).entityLabel;
  } catch (error) {
    if (error instanceof ProtoError) return undefined;
    throw error;
  }
}

/** The message's own headers. */
export function messageHeaders({ record }: Letter): readonly RecordHeader[] {
  return record.headers.filter(([name]) => !name.startsWith(LETTER_HEADER_PREFIX));
}

function textHeader(record: SourceRecord, name: string): string | undefined {
  const bytes = headerOf(record, name);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}

function numberHeader(record: SourceRecord, name: string): number | undefined {
  const text = textHeader(record, name);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
