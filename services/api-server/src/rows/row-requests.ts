import type { RowReadRequest, RowScanRequest, RowWriteRequest } from "@ofs/engine";
import { DefinitionFault, type JsonValue, Members, RowError, type RowErrorCode } from "@ofs/rows";

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
  return binding(WRITE, () => bindWrite(new Members(body), nowMicros));
}

/**
 * A batch that lacks something fails by itself; one that has another form than a write fails the whole.
 *
 * @throws {RowError} WRITE-FEATURE-GROUP-REQUEST-EXCEPTION
 */
export function bulkWriteRequest(body: JsonValue, nowMicros: number): WriteBatch[] {
  return binding(WRITE, () =>
    requireBatches(body, WRITE).map((sent, index): WriteBatch => {
      try {
        return { sent, request: bindWrite(batchAt(index, sent), nowMicros) };
      } catch (error) {
        if (error instanceof RowError) return { sent, request: undefined, error };
        throw error;
      }
    }),
  );
}

/** @throws {RowError} READ-FEATURE-GROUP-REQUEST-EXCEPTION */
export function readRequest(body: JsonValue): RowReadRequest {
  return binding(READ, () => bindRead(new Members(body), READ));
}

/** @throws {RowError} MULTI-READ-FEATURE-GROUP-REQUEST-EXCEPTION, where any of the reads is incomplete, too */
export function multiReadRequest(body: JsonValue): RowReadRequest[] {
  return binding(MULTI_READ, () =>
    requireBatches(body, MULTI_READ).map((batch, index) =>
      bindRead(batchAt(index, batch), MULTI_READ),
    ),
  );
}

/** @throws {RowError} READ-FEATURE-GROUP-PARTITION-REQUEST-EXCEPTION */
export function partitionRequest(body: JsonValue): RowScanRequest {
  return binding(PARTITION, () => {
    const members = new Members(body);
    const partitionKey = members.optionalObject("partitionKey");
    const names = partitionKey?.optionalScalars("names");
    return {
      ...requireAddress(members, PARTITION),
      columns: requireColumns(members, PARTITION),
      keyNames: requireSome(names, "partitionKey.names", PARTITION),
      key: requireSome(partitionKey?.optionalList("values"), "partitionKey.values", PARTITION),
    };
  });
}

function bindWrite(members: Members, nowMicros: number): RowWriteRequest {
  const features = members.optionalObject("features");
  const writeTimeMicros = members.optionalInteger("writeTimestamp");
  if (writeTimeMicros !== undefined && (writeTimeMicros < 0 || writeTimeMicros > nowMicros)) {
    const fault = writeTimeMicros < 0 ? "negative" : "in the future";
    throw incomplete(WRITE, `writeTimestamp ${writeTimeMicros} is ${fault}`);
  }
  return {
    ...requireAddress(members, WRITE),
    names: requireSome(features?.optionalScalars("names"), "features.names", WRITE),
    values: requireSome(features?.optionalRows("values"), "features.values", WRITE),
    writeTimeMicros,
  };
}

function bindRead(members: Members, code: RowErrorCode): RowReadRequest {
  const primaryKeys = members.optionalObject("primaryKeys");
  return {
    ...requireAddress(members, code),
    columns: requireColumns(members, code),
    keyNames: requireSome(primaryKeys?.optionalScalars("names"), "primaryKeys.names", code),
    keys: requireSome(primaryKeys?.optionalRows("values"), "primaryKeys.values", code),
  };
}

function requireAddress(members: Members, code: RowErrorCode) {
  const featureGroupName = members.optionalScalar("featureGroupName");
  if (featureGroupName === undefined) throw incomplete(code, "featureGroupName is missing");
  return { featureGroupName, featureGroupVersion: members.optionalScalar("featureGroupVersion") };
}

function requireColumns(members: Members, code: RowErrorCode): readonly string[] {
  return requireSome(members.optionalScalars("featureColumns"), "featureColumns", code);
}

function requireBatches(body: JsonValue, code: RowErrorCode): readonly JsonValue[] {
  return requireSome(new Members(body).optionalList("batches"), "batches", code);
}

function batchAt(index: number, batch: JsonValue): Members {
  return new Members(batch, `batches[${index}]`);
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
    if (error instanceof DefinitionFault) throw RowError.of(code, { cause: error.message });
    throw error;
  }
}
