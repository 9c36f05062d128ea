import { setTimeout as sleep } from "node:timers/promises";
import { persist, retrieve } from "@ofs/proto";
import { seededRandom } from "@ofs/testkit";
import {
  type AnswerRow,
  binaryRow,
  type CallTime,
  columnsOf,
  findEntity,
  type Mismatch,
  type ModelRead,
  type ModelSchema,
  type ModelType,
  type ModelWrite,
  type OnlineStoreModel,
  type RefusalCode,
  splitLabel,
  textRow,
  type WriteOutcome,
  writeRefusals,
} from "@ofs/testkit/model";
import type { ScenarioClient } from "../scenarios/scenario-client.ts";
import { anyContainer, persistMessage, retrieveMessage } from "./messages.ts";
import type { Refusal } from "./refusals.ts";

export const RETRIEVE = "/retrieve.FeatureService/RetrieveFeatures";
export const RETRIEVE_DECODED = "/retrieve.FeatureService/RetrieveDecodedResult";
export const PERSIST = "/persist.FeatureService/PersistFeatures";

/** Between reads that wait for another process to hear of a write. */
const RETRY_INTERVAL_MS = 10;

const GRPC_CODES: Record<RefusalCode, number> = { INVALID_ARGUMENT: 3, NOT_FOUND: 5 };

/** The server did what the model says it does not. */
export class ModelMismatch extends Error {
  override readonly name = "ModelMismatch";
}

/** What the calls of a step need. */
export interface CallContext {
  readonly model: OnlineStoreModel;
  readonly client: ScenarioClient;
  /** The server's clock. */
  readonly nowMs: () => number;
  /** For so long another process may not have heard of a write. */
  readonly lagMs: number;
}

interface Answer {
  readonly rows: readonly AnswerRow[];
  readonly time: CallTime;
}

/** Writes, and tells the model. @param containerSeed chooses unusual containers; undefined = the proper ones */
export async function checkWrite(
  context: CallContext,
  write: ModelWrite,
  containerSeed?: number,
): Promise<void> {
  const { model } = context;
  const refusals = writeRefusals(model.schema, write);
  const call = () => sendWrite(context, write, containerSeed);
  if (refusals.size > 0) await expectRefusal(call, refusals, "a write");
  else model.write(write, await call(), "done");
}

export async function sendWrite(
  { client, model, nowMs }: CallContext,
  write: ModelWrite,
  containerSeed?: number,
): Promise<CallTime> {
  const typeOf = typesOf(model.schema, write);
  const random = seededRandom(containerSeed ?? 0);
  const message =
    containerSeed === undefined
      ? persistMessage(write, typeOf)
      : persistMessage(write, typeOf, anyContainer(random), random.next() < 0.5);
  const request = persist.Query.encode(message).finish();
  const sentMs = nowMs();
  const reply = persist.Result.decode(await client.call(PERSIST, request)).message;
  if (reply !== "Data Persisted Successfully") throw new ModelMismatch(`a write answered ${reply}`);
  return { sentMs, answeredMs: nowMs() };
}

export function noteWrite(
  { model }: CallContext,
  write: ModelWrite,
  time: CallTime,
  outcome: WriteOutcome,
): void {
  if (writeRefusals(model.schema, write).size === 0) model.write(write, time, outcome);
}

/** Reads and compares. */
export async function checkRead(
  context: CallContext,
  read: ModelRead,
  isDecoded: boolean,
): Promise<void> {
  const { refusals } = columnsOf(context.model.schema, read);
  const call = () => sendRead(context, read, isDecoded);
  if (refusals.size > 0) {
    await expectRefusal(call, refusals, "a read");
    return;
  }
  const endAt = performance.now() + context.lagMs;
  for (;;) {
    const answer = await call();
    const mismatches = context.model.check(read, answer.rows, answer.time, true);
    if (mismatches.length === 0) return;
    if (performance.now() > endAt) throw new ModelMismatch(describeMismatches(mismatches));
    await sleep(RETRY_INTERVAL_MS);
  }
}

/** Compares the answer to a read while writes of the same keys are in flight. */
export function compareBesideWrite({ model }: CallContext, read: ModelRead, answer: Answer): void {
  const mismatches = model.check(read, answer.rows, answer.time, false);
  if (mismatches.length > 0) throw new ModelMismatch(describeMismatches(mismatches));
}

function describeMismatches(mismatches: readonly Mismatch[]): string {
  const first = JSON.stringify(mismatches[0], undefined, 1);
  return `${mismatches.length} groups of keys differ; the first is ${first}`;
}

/** Checks everything but the values. */
export async function sendRead(
  { client, model, nowMs }: CallContext,
  read: ModelRead,
  isDecoded: boolean,
): Promise<Answer> {
  const request = retrieve.Query.encode(retrieveMessage(read)).finish();
  const sentMs = nowMs();
  const response = await client.call(isDecoded ? RETRIEVE_DECODED : RETRIEVE, request);
  const time = { sentMs, answeredMs: nowMs() };
  const result = isDecoded
    ? retrieve.DecodedResult.decode(response)
    : retrieve.Result.decode(response);
  const head = {
    ...("entityLabel" in result ? { entityLabel: result.entityLabel } : {}),
    keysSchema: result.keysSchema,
    featureSchemas: result.featureSchemas.map(({ featureGroupLabel, features }) => ({
      featureGroupLabel,
      features: features?.map(({ label, columnIdx }) => ({ label, columnIdx })),
    })),
    keys: result.rows.map(({ keys }) => keys),
  };
  expectEqual(head, expectedHead(read, isDecoded));
  const { columns } = columnsOf(model.schema, read);
  const rows = result.rows.map((row) => {
    if (row.columns?.length !== columns.length) {
      throw new ModelMismatch(`${row.columns?.length} columns instead of ${columns.length}`);
    }
    return isDecoded ? textRow(row.columns as string[]) : binaryRow(row.columns as Uint8Array[]);
  });
  return { rows, time };
}

function expectedHead(read: ModelRead, isDecoded: boolean): unknown {
  let columnIdx = 0;
  return {
    ...(isDecoded ? {} : { entityLabel: read.entity }),
    keysSchema: read.keysSchema,
    featureSchemas: read.groups.map(({ label, features }) => ({
      featureGroupLabel: label,
      features: features.map((text) => ({ label: splitLabel(text).label, columnIdx: columnIdx++ })),
    })),
    keys: read.keys,
  };
}

function expectEqual(received: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(received), JSON.stringify(expected)];
  if (left !== right) throw new ModelMismatch(`an answer is headed ${left} instead of ${right}`);
}

/** Sends a request with a fault in it. */
export async function checkRefusal(context: CallContext, refusal: Refusal): Promise<void> {
  const { client, model } = context;
  const codes = new Set([refusal.code]);
  let call: () => Promise<unknown>;
  if (refusal.method === "retrieve") {
    for (const code of columnsOf(model.schema, refusal.base).refusals) codes.add(code);
    const query = retrieveMessage(refusal.base);
    refusal.fault(query);
    const request = retrieve.Query.encode(query).finish();
    call = () => client.call(RETRIEVE, request);
  } else {
    for (const code of writeRefusals(model.schema, refusal.base)) codes.add(code);
    const query = persistMessage(refusal.base, typesOf(model.schema, refusal.base));
    refusal.fault(query);
    const request = persist.Query.encode(query).finish();
    call = () => client.call(PERSIST, request);
  }
  await expectRefusal(call, codes, `a ${refusal.method} with ${refusal.name}`);
}

async function expectRefusal(
  call: () => Promise<unknown>,
  codes: ReadonlySet<RefusalCode>,
  what: string,
): Promise<void> {
  const expected = [...codes].map((code) => GRPC_CODES[code]);
  const wanted = `${what} must be refused as ${[...codes].join(" or ")}`;
  try {
    await call();
  } catch (error) {
    const { code, details } = error as { code?: number; details?: string };
    if (code !== undefined && expected.includes(code)) return;
    throw new ModelMismatch(`${wanted}, but is as ${code}: ${details ?? String(error)}`, {
      cause: error,
    });
  }
  throw new ModelMismatch(`${wanted}, but is accepted`);
}

function typesOf(schema: ModelSchema, write: ModelWrite): (group: string) => ModelType {
  return (label) => {
    const group = schema.get(write.entity)?.groups.get(label);
    if (group === undefined) throw new Error(`there is no group ${label}`);
    return group.type;
  };
}

/** Whether the model knows what to expect of the write. */
export function isAllowed(schema: ModelSchema, write: ModelWrite): boolean {
  return findEntity(schema, write.entity) !== undefined && writeRefusals(schema, write).size === 0;
}
