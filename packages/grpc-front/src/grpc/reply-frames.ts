import { indexedField, literalField } from "../hpack/encoder.ts";
import {
  END_HEADERS,
  END_STREAM,
  FRAME_HEAD_BYTES,
  HEADERS,
  MAX_FRAME_BYTES,
} from "../http2/constants.ts";
import { encodeStatusText } from "./status-text.ts";

/*
 * HEADERS frames made once and sent many times; the stream's number is put in when they are sent.
 */

type Field = readonly [name: string, value: string];

/** Index of `:status 200` in the static table. */
const STATUS_200 = 8;

/** What each header of a list counts beside its name and value (RFC 9113, 6.5.2). */
const FIELD_OVERHEAD_BYTES = 32;

const CONTENT_TYPE: Field = ["content-type", "application/grpc"];

/** Begins every answer that has a message. */
export const ANSWER_HEAD = headersFrame(200, [CONTENT_TYPE], false);

/** Ends an answer that went well. */
export const OK_TRAILERS = trailersOf([["grpc-status", "0"]]);

/** For requests that are not gRPC's. */
export const UNSUPPORTED_MEDIA_TYPE = headersFrame(415, [], true);
export const METHOD_NOT_ALLOWED = headersFrame(405, [["allow", "POST"]], true);

/**
 * Ends an answer.
 *
 * @param more names in lower case
 * @param maxListBytes what the caller takes: a longer list is sent without text and `more`
 */
export function statusTrailers(
  code: number,
  text: string,
  more: Readonly<Record<string, string>>,
  maxListBytes: number,
): Buffer {
  const fields = statusFields(code, text, Object.entries(more));
  return trailersOf(fits(fields, maxListBytes) ? fields : statusFields(code, "", []));
}

/** Answer and end in one, for a call without a message. See `statusTrailers`. */
export function statusAnswer(code: number, text: string, maxListBytes: number): Buffer {
  const fields = [CONTENT_TYPE, ...statusFields(code, text, [])];
  const short = [CONTENT_TYPE, ...statusFields(code, "", [])];
  return headersFrame(200, fits(fields, maxListBytes) ? fields : short, true);
}

/** Head of an answer that is not gRPC's. */
export function plainHead(status: number, fields: readonly Field[], isEnd: boolean): Buffer {
  return headersFrame(status, fields, isEnd);
}

function statusFields(code: number, text: string, more: readonly Field[]): Field[] {
  const fields: Field[] = [["grpc-status", String(code)]];
  if (text !== "") fields.push(["grpc-message", encodeStatusText(text)]);
  return [...fields, ...more];
}

function fits(fields: readonly Field[], maxListBytes: number): boolean {
  let sizeBytes = 0;
  for (const [name, value] of fields)
    sizeBytes += name.length + value.length + FIELD_OVERHEAD_BYTES;
  return sizeBytes <= Math.min(maxListBytes, MAX_FRAME_BYTES);
}

function headersFrame(status: number, fields: readonly Field[], isEnd: boolean): Buffer {
  const statusField =
    status === 200 ? indexedField(STATUS_200) : literalField(":status", String(status));
  const rest = fields.map(([name, value]) => literalField(name, value));
  return frame(isEnd, [statusField, ...rest]);
}

function trailersOf(fields: readonly Field[]): Buffer {
  return frame(
    true,
    fields.map(([name, value]) => literalField(name, value)),
  );
}

function frame(isEnd: boolean, block: readonly Buffer[]): Buffer {
  const payload = Buffer.concat(block);
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = HEADERS;
  head[4] = END_HEADERS | (isEnd ? END_STREAM : 0);
  return Buffer.concat([head, payload]);
}
