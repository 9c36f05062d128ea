import type { RowReadRequest, RowScanRequest, RowWriteRequest } from "@ofs/engine";
import { type JsonObject, type JsonValue, RowError, type RowErrorCode } from "@ofs/rows";
import {
  BindFault,
  integerField,
  listField,
  objectField,
  requireObject,
  rowsField,
  textField,
  textsField,
} from "./json-fields.ts";

const WRITE = "WRITE-FEATURE-GROUP-REQUEST-EXCEPTION";
const READ = "READ-FEATURE-GROUP-REQUEST-EXCEPTION";
const PARTITION = "READ-FEATURE-GROUP-PARTITION-REQUEST-EXCEPTION";
const MULTI_READ = "MULTI-READ-FEATURE-GROUP-REQUEST-EXCEPTION";

/** One write of several: its request, or why it is none; and what was sent. */
export type WriteBatch =
  | { readonly sent: JsonValue; readonly request: RowWriteRequest }
  | { readonly sent: JsonValue; readonly request: undefined; readonly error: RowError };

/**
 * @param nowMicros later write times are refused
 * @throws {RowError} WRITE-FEATURE-GROUP-REQUEST-EXCEPTION
 */
export function writeRequest(body: JsonValue, nowMicros: number): RowWriteRequest {
  return binding(WRITE, () => bindWrite(body, nowMicros));
}

/**
 * A batch that lacks something fails by itself; one that has another form than a write fails the whole.
 *
 * @throws {RowError} WRITE-FEATURE-GROUP-REQUEST-EXCEPTION
 */
export function bulkWriteRequest(body: JsonValue, nowMicros: number): WriteBatch[] {
  return binding(WRITE, () =>
    requireBatches(body, WRITE).map((sent): WriteBatch => {
      try {
        return { sent, request: bindWrite(sent, nowMicros) };
      } catch (error) {
        if (error instanceof RowError) return { sent, request: undefined, error };
        throw error;
      }
    }),
  );
}

/** @throws {RowError} READ-FEATURE-GROUP-REQUEST-EXCEPTION */
export function readRequest(body: JsonValue): RowReadRequest {
  return binding(READ, () => bindRead(body, READ));
}

/** @throws {RowError} MULTI-READ-FEATURE-GROUP-REQUEST-EXCEPTION, where any of the reads is incomplete, too */
export function multiReadRequest(body: JsonValue): RowReadRequest[] {
  return binding(MULTI_READ, () =>
    requireBatches(body, MULTI_READ).map((batch) => bindRead(batch, MULTI_READ)),
  );
}

/** @throws {RowError} READ-FEATURE-GROUP-PARTITION-REQUEST-EXCEPTION */
export function partitionRequest(body: JsonValue): RowScanRequest {
  return binding(PARTITION, () => {
    const object = requireObject(body, "the body");
    const partitionKey = objectField(object, "partitionKey") ?? {};
    return {
      ...requireAddress(object, PARTITION),
      columns: requireSome(textsField(object, "featureColumns"), "featureColumns", PARTITION),
      keyNames: requireSome(textsField(partitionKey, "names"), "partitionKey.names", PARTITION),
      key: requireSome(listField(partitionKey, "values"), "partitionKey.values", PARTITION),
    };
  });
}

function bindWrite(body: JsonValue, nowMicros: number): RowWriteRequest {
  const object = requireObject(body, "the batch");
  const features = objectField(object, "features") ?? {};
  const writeTimeMicros = integerField(object, "writeTimestamp");
  if (writeTimeMicros !== undefined && (writeTimeMicros < 0 || writeTimeMicros > nowMicros)) {
    const fault = writeTimeMicros < 0 ? "negative" : "in the future";
    throw incomplete(WRITE, `writeTimestamp ${writeTimeMicros} is ${fault}`);
  }
  return {
    ...requireAddress(object, WRITE),
    names: requireSome(textsField(features, "names"), "features.names", WRITE),
    values: requireSome(rowsField(features, "values"), "features.values", WRITE),
    writeTimeMicros,
  };
}

function bindRead(body: JsonValue, code: RowErrorCode): RowReadRequest {
  const object = requireObject(body, "the batch");
  const primaryKeys = objectField(object, "primaryKeys") ?? {};
  return {
    ...requireAddress(object, code),
    columns: requireSome(textsField(object, "featureColumns"), "featureColumns", code),
    keyNames: requireSome(textsField(primaryKeys, "names"), "primaryKeys.names", code),
    keys: requireSome(rowsField(primaryKeys, "values"), "primaryKeys.values", code),
  };
}

function requireAddress(object: JsonObject, code: RowErrorCode) {
  const featureGroupName = textField(object, "featureGroupName");
  if (featureGroupName === undefined) throw incomplete(code, "featureGroupName is missing");
  return { featureGroupName, featureGroupVersion: textField(object, "featureGroupVersion") };
}

function requireBatches(body: JsonValue, code: RowErrorCode): readonly JsonValue[] {
  return requireSome(listField(requireObject(body, "the body"), "batches"), "batches", code);
}

function requireSome<T>(list: readonly T[] | undefined, name: string, code: RowErrorCode) {
  if (list !== undefined && list.length > 0) return list;
  throw incomplete(code, `${name} is ${list === undefined ? "missing" : "empty"}`);
}

function incomplete(code: RowErrorCode, cause: string): RowError {
  return RowError.of(code, { cause });
}

/** @throws {RowError} with the code, for what does not have the request's form */
function binding<T>(code: RowErrorCode, bind: () => T): T {
  try {
    return bind();
  } catch (error) {
    if (error instanceof BindFault) throw RowError.of(code, { cause: error.message });
    throw error;
  }
}
