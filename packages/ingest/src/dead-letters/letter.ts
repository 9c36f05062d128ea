import type { ErrorCode } from "@ofs/platform";
import type { NewRecord, RecordHeader, SourceRecord } from "../record.ts";
import { headerOf } from "../record.ts";

/** Headers of dead letters: UTF-8 text, beside the record's own. */
export const DEAD_LETTER_HEADERS = {
  topic: "dlq-topic",
  partition: "dlq-partition",
  offset: "dlq-offset",
  /** Unix milliseconds; missing if the record had none. */
  timestamp: "dlq-timestamp",
  error: "dlq-error",
  /** An `ErrorCode`. */
  code: "dlq-code",
  /** Missing where no single field is at fault. */
  field: "dlq-field",
  /** How often the message has become a dead letter, this time included. */
  attempts: "dlq-attempts",
  /** Only where it was left out because the topic does not take so much: bytes of the record's value. */
  omittedBytes: "dlq-omitted-bytes",
} as const;

const PREFIX = "dlq-";
const ATTEMPTS = /^\d{1,9}$/;

export interface LetterCause {
  readonly code: ErrorCode;
  readonly message: string;
  readonly field: string | undefined;
}

/**
 * Makes the dead letter of a record: its key and headers, and what is wrong with it. Headers of an earlier death are
 * replaced.
 *
 * @param value the record's, or a message with its bad rows only
 * @param maxErrorBytes the text of the error is cut to so many bytes
 */
export function deadLetter(
  topic: string,
  record: SourceRecord,
  value: Uint8Array | undefined,
  cause: LetterCause,
  maxErrorBytes: number,
): NewRecord {
  const headers: RecordHeader[] = record.headers.filter(([name]) => !name.startsWith(PREFIX));
  const add = (name: string, text: string): void => void headers.push([name, Buffer.from(text)]);
  add(DEAD_LETTER_HEADERS.topic, record.topic);
  add(DEAD_LETTER_HEADERS.partition, String(record.partition));
  add(DEAD_LETTER_HEADERS.offset, String(record.offset));
  if (record.timestampMs !== undefined) {
    add(DEAD_LETTER_HEADERS.timestamp, String(record.timestampMs));
  }
  add(DEAD_LETTER_HEADERS.error, cutText(cause.message, maxErrorBytes));
  add(DEAD_LETTER_HEADERS.code, cause.code);
  if (cause.field !== undefined) {
    add(DEAD_LETTER_HEADERS.field, cutText(cause.field, maxErrorBytes));
  }
  add(DEAD_LETTER_HEADERS.attempts, String(attemptsOf(record) + 1));
  return { topic, key: record.key, value, headers };
}

/**
 * Makes a letter smaller that does not fit: first without its value; then without key and headers of the record, too.
 * `dlq-topic`, `dlq-partition` and `dlq-offset` say where the original is, for as long as its topic keeps it.
 *
 * @returns `undefined` if there is nothing left to leave out
 */
export function smallerLetter(letter: NewRecord, omittedBytes: number): NewRecord | undefined {
  const { topic, key, headers } = letter;
  const isReduced = headers.some(([name]) => name === DEAD_LETTER_HEADERS.omittedBytes);
  if (!isReduced) {
    const omitted: RecordHeader = [
      DEAD_LETTER_HEADERS.omittedBytes,
      Buffer.from(String(omittedBytes)),
    ];
    return { topic, key, value: undefined, headers: [...headers, omitted] };
  }
  const own = headers.filter(([name]) => name.startsWith(PREFIX));
  if (own.length === headers.length && key === undefined) return undefined;
  return { topic, key: undefined, value: undefined, headers: own };
}

function attemptsOf(record: SourceRecord): number {
  const value = headerOf(record, DEAD_LETTER_HEADERS.attempts);
  const text = value === undefined ? "" : Buffer.from(value).toString("latin1");
  return ATTEMPTS.test(text) ? Number(text) : 0;
}

/** @returns the text, or its beginning in at most so many bytes of UTF-8 with a mark of the cut */
export function cutText(text: string, maxBytes: number): string {
  // No character takes more than three bytes a code unit.
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  const mark = "…".slice(0, maxBytes >= 3 ? 1 : 0);
  const bytes = Buffer.from(text.slice(0, maxBytes));
  let end = Math.min(bytes.length, maxBytes - mark.length * 3);
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end) + mark;
}
