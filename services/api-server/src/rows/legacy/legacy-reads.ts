import type { BatchOutcome, RowEngine, RowReadAnswer, RowReadRequest } from "@ofs/engine";
import type { HttpReply } from "@ofs/http";
import { RowError } from "@ofs/rows";
import type { RowCall } from "../row-handler.ts";
import { rowReply } from "../row-replies.ts";
import type { LegacyNotes } from "./legacy-notes.ts";
import { legacyErrorToJson, legacyFailureToJson, legacyRowToJson } from "./legacy-replies.ts";
import {
  type LegacyBulkRead,
  type LegacyRead,
  legacyBulkRead,
  legacyMultiRead,
  legacyRead,
} from "./legacy-requests.ts";

const NOT_FOUND_TEXT = "not found";

/** One row. */
export async function getData(engine: RowEngine, call: RowCall, path: string): Promise<HttpReply> {
  const read = legacyRead(call.body, path);
  const [outcome] = await engine.multiRead([readOf(read, [read.key])], call);
  const [status, text] = outcomeToJson(read, outcome);
  return rowReply(status, text);
}

/** Several rows of one group; those that are not there are left out. Whatever fails is an empty list, as clients know it. */
export async function bulkRead(
  engine: RowEngine,
  call: RowCall,
  path: string,
  notes: LegacyNotes,
): Promise<HttpReply> {
  let rows: string[] = [];
  try {
    const read = legacyBulkRead(call.body, path);
    const { successfulKeys } = await engine.read(readOf(read, read.keys), call);
    rows = successfulKeys.map((row) => legacyRowToJson(read.responseNames, row));
  } catch (error) {
    if (error instanceof RowError && error.code === "INVALID_REQUEST") throw error;
    notes.hidden(path, error);
  }
  return rowReply(
    200,
    `{"code":200,"data":[${rows.join(",")}],"message":"Data fetched successfully"}`,
  );
}

/** Several rows, each by itself; the answer has them by group. */
export async function multiBulkRead(
  engine: RowEngine,
  call: RowCall,
  path: string,
): Promise<HttpReply> {
  const reads = legacyMultiRead(call.body, path);
  const requests = reads.map((read) => readOf(read, [read.key]));
  const outcomes = await engine.multiRead(requests, call);
  const byGroup = new Map<string, string[]>();
  for (const [index, read] of reads.entries()) {
    const [, text] = outcomeToJson(read, outcomes[index]);
    const texts = byGroup.get(read.groupName);
    if (texts === undefined) byGroup.set(read.groupName, [text]);
    else texts.push(text);
  }
  const members = [...byGroup].map(
    ([group, texts]) => `${JSON.stringify(group)}:[${texts.join(",")}]`,
  );
  return rowReply(200, `{"data":{${members.join(",")}}}`);
}

function readOf(
  { groupName, columns, keyNames }: LegacyRead | LegacyBulkRead,
  keys: RowReadRequest["keys"],
): RowReadRequest {
  return {
    featureGroupName: groupName,
    featureGroupVersion: undefined,
    isFolded: true,
    columns,
    keyNames,
    keys,
  };
}

/** @returns the status of an answer with this outcome alone, and its JSON text */
function outcomeToJson(
  { echo, responseNames }: LegacyRead,
  outcome: BatchOutcome<RowReadAnswer> | undefined,
): readonly [number, string] {
  if (outcome?.answer === undefined) return legacyErrorToJson(echo, outcome?.error);
  const [row] = outcome.answer.successfulKeys;
  if (row === undefined) return [404, legacyFailureToJson(echo, 404, NOT_FOUND_TEXT)];
  return [200, `{"code":200,"message":${legacyRowToJson(responseNames, row)}}`];
}
