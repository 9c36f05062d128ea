import {
  type Fields,
  type HttpRoute,
  JsonObject,
  jsonReply,
  parseJson,
  persistQueryOf,
  queryFields,
  readBodyBytes,
} from "@ofs/http";
import { type NewRecord, RECORD_OPERATION, SinkError, WRITE_TIME_HEADER } from "@ofs/ingest";
import { FeatureStoreError } from "@ofs/platform";
import { decodePersistQuery, ProtoError } from "@ofs/proto";
import { parseCount } from "../dead-letters/letter-filter.ts";
import type { AppendedRecord } from "../log/record-log.ts";
import { findTopic, type ReadTopic, type TopicLog } from "../read-topics.ts";
import { linesOf, type Message } from "./message-lines.ts";
import { parseRowMessages, rowHeaders } from "./row-messages.ts";

export interface ProduceDeps {
  readonly topics: () => readonly ReadTopic[];
  readonly maxRequestBytes: number;
}

const MAX_KEY_LENGTH = 65_536;
const MAX_WRITE_TIME_MS = 999_999_999_999_999;

/** Adds messages to the embedded log: for producers without Kafka. */
export function produceRoutes(deps: ProduceDeps): HttpRoute[] {
  return [
    {
      method: "POST",
      path: "/ingest/:topic",
      isAdmin: true,
      async handle({ request, params, query }) {
        const { topic = "" } = params;
        const { dialect, log } = findTopic(topic, deps.topics());
        const field = queryFields(query, ["key", "operation", "write_time_ms"]);
        const isRow = dialect === "row";
        const headers = [
          ...operationHeaders(field),
          ...writeTimeHeaders(field),
          ...(isRow ? rowHeaders(request.headers) : []),
        ];
        const body = await readBodyBytes(request, deps.maxRequestBytes);
        const { "content-type": type } = request.headers;
        const messages = isRow ? parseRowMessages(type, body) : parseMessages(type, body);
        const commonKey = field("key");
        const records = messages.map(({ key = commonKey, value }) => ({
          topic,
          key: key === undefined ? undefined : Buffer.from(key),
          value,
          headers,
        }));
        return jsonReply(200, { records: await append(records, log) });
      },
    },
  ];
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT: messages with another operation could never be carried out */
function operationHeaders(field: Fields): NewRecord["headers"] {
  const operation = field("operation");
  if (operation === undefined) return [];
  if (operation === RECORD_OPERATION.delete) {
    return [[RECORD_OPERATION.header, Buffer.from(operation)]];
  }
  const reason = `must be ${RECORD_OPERATION.delete}, not '${operation.slice(0, 80)}'`;
  throw new FeatureStoreError("INVALID_ARGUMENT", `operation ${reason}`);
}

function writeTimeHeaders(field: Fields): NewRecord["headers"] {
  const timeMs = parseCount("write_time_ms", field("write_time_ms"), 0, MAX_WRITE_TIME_MS);
  return timeMs === undefined ? [] : [[WRITE_TIME_HEADER, Buffer.from(String(timeMs))]];
}

async function append(
  records: readonly NewRecord[],
  { append: add }: TopicLog,
): Promise<readonly AppendedRecord[]> {
  if (add === undefined) {
    throw new FeatureStoreError("FAILED_PRECONDITION", "messages are produced to Kafka itself");
  }
  try {
    return await add(records);
  } catch (cause) {
    if (!(cause instanceof SinkError)) throw cause;
    const code = cause.code === "TOO_LARGE" ? "INVALID_ARGUMENT" : "UNAVAILABLE";
    throw new FeatureStoreError(code, cause.message, { cause });
  }
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT naming the line, the field and its value */
export function parseMessages(contentType = "application/json", body: Buffer): Message[] {
  const type = contentType.split(";")[0]?.trim().toLowerCase();
  switch (type) {
    case "application/json":
      return [jsonMessage(body.toString("utf8"))];
    case "application/x-ndjson":
    case "application/ndjson":
      return linesOf(body.toString("utf8"), jsonMessage);
    case "application/x-protobuf":
    case "application/protobuf":
      assertMessage("the body", body);
      return [{ key: undefined, value: body }];
    case "application/octet-stream":
      return [{ key: undefined, value: body }];
    default:
      throw new FeatureStoreError(
        "INVALID_ARGUMENT",
        `content-type must be application/json, application/x-ndjson, application/x-protobuf or application/octet-stream, not '${contentType.slice(0, 80)}'`,
      );
  }
}

/**
 * The form of the api-server's persist, or the encoded message as `message_base64`; and perhaps the record's `key`
 * beside it.
 */
function jsonMessage(text: string): Message {
  const body = new JsonObject(parseJson(text));
  const key = body.has("key") ? body.text("key") : undefined;
  if (key !== undefined && key.length > MAX_KEY_LENGTH) {
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `key must have at most ${MAX_KEY_LENGTH} characters, not ${key.length}`,
    );
  }
  if (body.has("message_base64")) {
    const bytes = Buffer.from(body.text("message_base64"), "base64");
    assertMessage("message_base64", bytes);
    return { key, value: bytes };
  }
  const value = persistQueryOf(body);
  if (body.text("entity_label") === "") {
    throw new FeatureStoreError("INVALID_ARGUMENT", "entity_label must not be empty");
  }
  return { key, value };
}

function assertMessage(name: string, bytes: Buffer): void {
  try {
    decodePersistQuery(bytes);
  } catch (cause) {
    if (!(cause instanceof ProtoError)) throw cause;
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `${name} is no persist.Query: ${cause.message}`,
      {
        cause,
      },
    );
  }
}
