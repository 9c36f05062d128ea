import { FeatureStoreError } from "@ofs/platform";
import { MessageFault } from "../format.ts";
import { headerOf, type SourceRecord } from "../record.ts";

/**
 * What a record asks for, beyond the default of writing its values: `header` is the name of the record header, the
 * others are what it may say. A record without that header is a write.
 */
export const RECORD_OPERATION = {
  header: "operation",
  /** The groups of its keys are gone as of the record's time. */
  delete: "delete",
} as const;

/** What is done with the rows of a record. */
export type RecordOperation = "write" | "delete";

const DELETE = Buffer.from(RECORD_OPERATION.delete);
const SHOWN_LENGTH = 32;

/** @throws {MessageFault} poison, for an operation that nobody knows */
export function operationOf(record: SourceRecord): RecordOperation {
  if (record.headers.length === 0) return "write";
  const value = headerOf(record, RECORD_OPERATION.header);
  if (value === undefined) return "write";
  if (DELETE.equals(value)) return "delete";
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf8");
  const shown = JSON.stringify(text.slice(0, SHOWN_LENGTH));
  throw operationFault(`${shown} is not known: only ${JSON.stringify(RECORD_OPERATION.delete)} is`);
}

export function operationFault(reason: string): MessageFault {
  const { header } = RECORD_OPERATION;
  const cause = new FeatureStoreError("INVALID_ARGUMENT", `header ${header}: ${reason}`);
  return new MessageFault("poison", cause, { field: header });
}
