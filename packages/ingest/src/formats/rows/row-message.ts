import { FeatureStoreError } from "@ofs/platform";
import {
  isJsonObject,
  type JsonObject,
  JsonSyntaxError,
  type JsonValue,
  member,
  parseJson,
} from "@ofs/rows";
import { MessageFault } from "../../format.ts";
import type { SourceRecord } from "../../record.ts";
import { isReplicated, ROW_HEADERS, textHeader } from "./row-headers.ts";

/** One row, as it was sent. */
export interface RowMessage {
  readonly groupName: string;
  /** undefined = the latest. */
  readonly version: string | undefined;
  /** Names of group and columns are matched without regard to case. */
  readonly isFolded: boolean;
  /** By column. */
  readonly values: JsonObject;
  readonly isReplicated: boolean;
}

/** The value is the row; what it belongs to is in the headers. @throws {MessageFault} */
export function decodeRow(record: SourceRecord): RowMessage {
  const groupName = textHeader(record, ROW_HEADERS.groupName);
  if (groupName === undefined) throw poison("there is no such header", ROW_HEADERS.groupName);
  return {
    groupName,
    version: textHeader(record, ROW_HEADERS.groupVersion),
    isFolded: false,
    values: objectOf(decodeValue(record), "value"),
    isReplicated: isReplicated(record),
  };
}

/**
 * The older form: `EntityName`, `Entities`, `FeatureGroup` and `Features`, the last of which is JSON as text, or the object
 * itself. It has all keys among the features, so the first two are not looked at.
 *
 * @throws {MessageFault}
 */
export function decodeOlderRow(record: SourceRecord): RowMessage {
  const message = objectOf(decodeValue(record), "value");
  const groupName = member(message, "FeatureGroup");
  if (typeof groupName !== "string" || groupName === "") {
    throw poison("is missing, or is not text", "FeatureGroup");
  }
  const features = member(message, "Features") ?? null;
  const values = typeof features === "string" ? parse(features, "Features") : features;
  return {
    groupName,
    version: undefined,
    isFolded: true,
    values: objectOf(values, "Features"),
    isReplicated: isReplicated(record),
  };
}

/** @returns the feature group that a record names, for whoever lists records; undefined if it names none */
export function rowGroupOf(record: SourceRecord): string | undefined {
  const name = textHeader(record, ROW_HEADERS.groupName);
  if (name !== undefined) return name;
  try {
    return decodeOlderRow(record).groupName;
  } catch (error) {
    if (error instanceof MessageFault) return undefined;
    throw error;
  }
}

function decodeValue({ value }: SourceRecord): JsonValue {
  if (value === undefined) throw poison("the record has none", "value");
  return parse(value, "value");
}

function parse(text: string | Uint8Array, field: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw poison(`is ${error.message}`, field);
  }
}

function objectOf(value: JsonValue, field: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw poison("is not a JSON object", field);
}

/** @param field of the message, which the error names */
export function poison(reason: string, field: string): MessageFault {
  const cause = new FeatureStoreError("INVALID_ARGUMENT", `${field}: ${reason}`);
  return new MessageFault("poison", cause, { field });
}
