import {
  type BatchOutcome,
  type RowReadAnswer,
  type RowScanAnswer,
  RowStoreError,
  type RowWriteAnswer,
} from "@ofs/engine";
import { HttpError, type HttpReply } from "@ofs/http";
import { FeatureStoreError, toWireStatus } from "@ofs/platform";
import { type JsonValue, ROW_ERRORS, RowError, writeJson } from "@ofs/rows";
import type { StreamedReply } from "../http/http-reply.ts";

const CONTENT_TYPE = "application/json";

/** @param body JSON text */
export function rowReply(status: number, body: string): HttpReply {
  return { status, contentType: CONTENT_TYPE, body };
}

/** @param data JSON text */
export function dataReply(data: string): HttpReply {
  return rowReply(200, `{"data":${data}}`);
}

/** An answer without a list of rows, or the list while it is read. */
export function partitionReply(
  { featureGroupName, featureGroupVersion }: RowScanAnswer,
  pages: AsyncIterable<readonly string[]>,
): StreamedReply {
  const head = `{"data":{${address(featureGroupName, featureGroupVersion)},"features":[`;
  return { status: 200, contentType: CONTENT_TYPE, chunks: partitionChunks(head, pages) };
}

async function* partitionChunks(
  head: string,
  pages: AsyncIterable<readonly string[]>,
): AsyncGenerator<string> {
  let isFirst = true;
  let text = head;
  for await (const rows of pages) {
    if (rows.length > 0) {
      text += `${isFirst ? "" : ","}${rows.join(",")}`;
      isFirst = false;
    }
    if (text === "") continue;
    yield text;
    text = "";
  }
  yield `${text}]}}`;
}

export function writeAnswerToJson(answer: RowWriteAnswer): string {
  const { featureGroupName, featureGroupVersion, featureColumns } = answer;
  return (
    `{${address(featureGroupName, featureGroupVersion)},"featureColumns":${JSON.stringify(featureColumns)},` +
    `"successfulRows":${rowsToJson(answer.successfulRows)},"failedRows":${rowsToJson(answer.failedRows)}}`
  );
}

export function readAnswerToJson(answer: RowReadAnswer): string {
  const { featureGroupName, featureGroupVersion, successfulKeys, failedKeys } = answer;
  const found = successfulKeys.map(
    ({ key, features }) => `{"key":${writeJson(key)},"features":[${features.join(",")}]}`,
  );
  return (
    `{${address(featureGroupName, featureGroupVersion)},"successfulKeys":[${found.join(",")}],` +
    `"failedKeys":${rowsToJson(failedKeys)}}`
  );
}

/** @param request what the outcome is of */
export function readOutcomeToJson(
  request: { readonly featureGroupName: string; readonly featureGroupVersion: string | undefined },
  outcome: BatchOutcome<RowReadAnswer>,
): string {
  if (outcome.answer !== undefined) return readAnswerToJson(outcome.answer);
  const { featureGroupName, featureGroupVersion } = request;
  const error = JSON.stringify(outcome.error.message);
  return `{${address(featureGroupName, featureGroupVersion)},"error":${error}}`;
}

function address(name: string, version: string | undefined): string {
  const group = `"featureGroupName":${JSON.stringify(name)}`;
  return version === undefined
    ? group
    : `${group},"featureGroupVersion":${JSON.stringify(version)}`;
}

function rowsToJson(rows: readonly (readonly JsonValue[])[]): string {
  return `[${rows.map(writeJson).join(",")}]`;
}

/** What a failure is to clients of the row dialect. */
export interface RowFailure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly cause: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whatever is not told on purpose becomes UNKNOWN_EXCEPTION with a fixed text. */
export function rowFailure(error: unknown): RowFailure {
  if (error instanceof RowError) {
    const { status, code, message, cause } = error;
    return { status, code, message, cause };
  }
  if (error instanceof HttpError) {
    const { status, message, headers } = error;
    return { status, code: "INVALID_REQUEST", message, cause: message, headers };
  }
  if (error instanceof FeatureStoreError) return storeFailureOf(error);
  const { status, message } = ROW_ERRORS.UNKNOWN_EXCEPTION;
  return { status, code: "UNKNOWN_EXCEPTION", message, cause: message };
}

/** @returns the envelope that clients look for */
export function rowErrorReply(error: unknown): HttpReply {
  const { status, code, message, cause, headers = {} } = rowFailure(error);
  return { ...rowReply(status, JSON.stringify({ error: { message, cause, code } })), headers };
}

/** The caller's faults keep their own code; where a retry may help the status says so. */
function storeFailureOf(error: FeatureStoreError): RowFailure {
  const { http, code, message } = toWireStatus(error);
  const isStores = error instanceof RowStoreError || code === "FAILED_PRECONDITION";
  const isCallers = http < 500 && !isStores;
  if (isCallers) return { status: http, code, message, cause: message };
  const status = error.isRetryable ? 503 : 500;
  return { status, code: "UNKNOWN_EXCEPTION", message, cause: message };
}
