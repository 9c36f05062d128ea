import type { IncomingHttpHeaders } from "node:http";
import { type RecordHeader, ROW_HEADERS } from "@ofs/ingest";
import { FeatureStoreError } from "@ofs/platform";
import { isJsonObject, JsonSyntaxError, parseJson } from "@ofs/rows";
import { linesOf, type Message } from "./message-lines.ts";

const SDK_VERSIONS: readonly string[] = ["v1", "v2"];

/**
 * The headers of records of the row dialect, as the request has them by the same names.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT naming the header: messages with these could never be stored
 */
export function rowHeaders(headers: IncomingHttpHeaders): RecordHeader[] {
  const { sdkVersion, groupName } = ROW_HEADERS;
  const version = headers[sdkVersion];
  if (version !== undefined && !SDK_VERSIONS.includes(String(version))) {
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `header ${sdkVersion} must be v1 or v2, not '${version}'`,
    );
  }
  if (version === "v2" && (headers[groupName] ?? "") === "") {
    throw new FeatureStoreError("INVALID_ARGUMENT", `header ${groupName} is required with v2`);
  }
  return Object.values(ROW_HEADERS).flatMap((name) => {
    const text = headers[name];
    return text === undefined ? [] : [[name, Buffer.from(String(text))] as const];
  });
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT naming the line, and what is wrong with it */
export function parseRowMessages(contentType = "application/json", body: Buffer): Message[] {
  const type = contentType.split(";")[0]?.trim().toLowerCase();
  switch (type) {
    case "application/json":
      return [rowMessage(body.toString("utf8"))];
    case "application/x-ndjson":
    case "application/ndjson":
      return linesOf(body.toString("utf8"), rowMessage);
    case "application/octet-stream":
      return [{ key: undefined, value: body }];
    default:
      throw new FeatureStoreError(
        "INVALID_ARGUMENT",
        `content-type of rows must be application/json, application/x-ndjson or application/octet-stream, not '${contentType.slice(0, 80)}'`,
      );
  }
}

/** The text is kept as it is: its numbers lose nothing. */
function rowMessage(text: string): Message {
  try {
    if (isJsonObject(parseJson(text))) return { key: undefined, value: Buffer.from(text.trim()) };
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause;
    throw new FeatureStoreError("INVALID_ARGUMENT", `the row is ${cause.message}`, { cause });
  }
  throw new FeatureStoreError("INVALID_ARGUMENT", "the row is not a JSON object");
}
