import type { RowEngine, RowScanAnswer, RowWriteContext, RowWriteRequest } from "@ofs/engine";
import type { HttpReply } from "@ofs/http";
import { writeJson } from "@ofs/rows";
import type { RouteReply } from "../http/http-reply.ts";
import type { RowCall, RowMethod } from "./row-handler.ts";
import {
  assertMultiReadRows,
  assertPartitionRows,
  assertRowCount,
  type RowLimits,
} from "./row-limits.ts";
import {
  dataReply,
  partitionReply,
  readAnswerToJson,
  readOutcomeToJson,
  writeAnswerToJson,
} from "./row-replies.ts";
import {
  bulkWriteRequest,
  multiReadRequest,
  partitionRequest,
  readRequest,
  type WriteBatch,
  writeRequest,
} from "./row-requests.ts";

export const REPLICATE_WRITE_HEADER = "replicate-write";

const MICROS_PER_MS = 1_000;

/** The methods for reading and writing feature groups, by path; paths of one method are synonyms. */
export function rowMethods(engine: RowEngine, limits: RowLimits): Map<string, RowMethod> {
  const read = (path: string, work: RowMethod["work"]): RowMethod => ({
    path,
    access: "read",
    methods: ["GET", "POST"],
    work,
  });
  const write = (path: string, work: RowMethod["work"]): RowMethod => ({
    path,
    access: "write",
    methods: ["POST"],
    work,
  });
  const own = [
    write("/feature-group/write-features-v2", (call) => writeRows(engine, limits, call)),
    write("/feature-group/write-features-v1", (call) => bulkWrite(engine, limits, call)),
    read("/feature-group/read-features", (call) => readRows(engine, limits, call)),
    read("/feature-group/multi-read-features", (call) => multiRead(engine, limits, call)),
    read("/feature-group/read-partition", (call) => readPartition(engine, limits, call)),
  ];
  const methods = new Map(own.map((method) => [method.path, method]));
  for (const [alias, path] of Object.entries(ALIASES)) {
    const method = methods.get(path);
    if (method !== undefined) methods.set(alias, method);
  }
  return methods;
}

/** Names that the published documents use. */
const ALIASES: Readonly<Record<string, string>> = {
  "/v1/feature-group/read": "/feature-group/read-features",
  "/v1/feature-group/partition/read": "/feature-group/read-partition",
  "/v1/feature-group/write": "/feature-group/write-features-v2",
  "/v1/feature-group/batch-write": "/feature-group/write-features-v1",
};

async function writeRows(engine: RowEngine, limits: RowLimits, call: RowCall): Promise<HttpReply> {
  const request = writeRequest(call.body, nowMicros());
  assertRowCount(limits, request.values.length, "WRITE-FEATURE-GROUP-REQUEST-EXCEPTION");
  return dataReply(writeAnswerToJson(await engine.write(request, writeContext(call))));
}

async function bulkWrite(engine: RowEngine, limits: RowLimits, call: RowCall): Promise<HttpReply> {
  const batches = bulkWriteRequest(call.body, nowMicros());
  const requests = batches.flatMap(({ request }) => request ?? []);
  const rowCount = requests.reduce((count, { values }) => count + values.length, 0);
  assertRowCount(limits, rowCount, "WRITE-FEATURE-GROUP-REQUEST-EXCEPTION");
  const outcomes = (await engine.bulkWrite(requests, writeContext(call))).values();
  const written: string[] = [];
  const failed: string[] = [];
  const fail = ({ sent }: WriteBatch, { message }: Error): void => {
    failed.push(`{"error":${JSON.stringify(message)},"batch":${writeJson(sent)}}`);
  };
  for (const batch of batches) {
    if (batch.request === undefined) {
      fail(batch, batch.error);
      continue;
    }
    const { answer, error } = outcomes.next().value ?? missingOutcome(batch.request);
    if (answer === undefined) fail(batch, error);
    else written.push(writeAnswerToJson(answer));
  }
  return dataReply(`{"batches":[${written.join(",")}],"failedBatches":[${failed.join(",")}]}`);
}

function missingOutcome({ featureGroupName }: RowWriteRequest): never {
  throw new Error(`no outcome of the batch for ${featureGroupName}`);
}

async function readRows(engine: RowEngine, limits: RowLimits, call: RowCall): Promise<HttpReply> {
  const request = readRequest(call.body);
  assertRowCount(limits, request.keys.length, "READ-FEATURE-GROUP-REQUEST-EXCEPTION");
  return dataReply(readAnswerToJson(await engine.read(request, call)));
}

async function multiRead(engine: RowEngine, limits: RowLimits, call: RowCall): Promise<HttpReply> {
  const requests = multiReadRequest(call.body);
  let keyCount = 0;
  for (const { keys } of requests) {
    assertMultiReadRows(limits, keys.length);
    keyCount += keys.length;
  }
  assertRowCount(limits, keyCount, "MULTI-READ-FEATURE-GROUP-REQUEST-EXCEPTION");
  const outcomes = await engine.multiRead(requests, call);
  const texts = outcomes.map((outcome, index) => {
    const request = requests[index];
    return request === undefined ? "" : readOutcomeToJson(request, outcome);
  });
  return dataReply(`[${texts.join(",")}]`);
}

async function readPartition(
  engine: RowEngine,
  limits: RowLimits,
  call: RowCall,
): Promise<RouteReply> {
  const answer = await engine.scan(partitionRequest(call.body), call);
  const pages = limits.maxPartitionRows === 0 ? answer.pages : await collect(answer, limits);
  return partitionReply(answer, pages);
}

/** Reads all of it before it is answered, so that too much of it can be refused. @throws {RowError} */
async function collect(
  answer: RowScanAnswer,
  limits: RowLimits,
): Promise<AsyncIterable<readonly string[]>> {
  const rows: string[] = [];
  for await (const page of answer.pages) {
    assertPartitionRows(limits, rows.length + page.length);
    for (const row of page) rows.push(row);
  }
  return onePage(rows);
}

async function* onePage(rows: readonly string[]): AsyncGenerator<readonly string[]> {
  yield rows;
}

function writeContext(call: RowCall): RowWriteContext {
  const { deadlineMs, signal, span } = call;
  const isReplicated = call.header(REPLICATE_WRITE_HEADER)?.toLowerCase() ?? "true";
  return { deadlineMs, signal, span, isReplicated: isReplicated === "true" };
}

/** The last microsecond of the present millisecond. */
function nowMicros(): number {
  return (Date.now() + 1) * MICROS_PER_MS - 1;
}
