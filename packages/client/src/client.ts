import { emptyValues } from "@ofs/codec";
import {
  encodePersistQuery,
  PERSIST_OK_MESSAGE,
  type RetrieveResultView,
  type RetrieveShape,
} from "@ofs/proto";
import { Admin } from "./admin.ts";
import { type CallLimits, type CallOptions, startCall } from "./call-limits.ts";
import { GrpcChannel } from "./channel.ts";
import type { OfsClientError } from "./errors.ts";
import type { GroupState } from "./inspection.ts";
import { chooseKeysSchema, type EntityKey, keyTexts } from "./keys.ts";
import { type ClientOptions, type CompiledOptions, compileOptions } from "./options.ts";
import { planPersist, planRawPersist } from "./persist-plan.ts";
import { type PersistResult, runPersist } from "./persister.ts";
import type * as requests from "./requests.ts";
import { decodeRows, emptyRecord, planRetrieve, type RowValues, toShape } from "./retrieve-plan.ts";
import { Retriever, type RowOutcome, type Send, schemasOf } from "./retriever.ts";
import { repeatedCodes, sendWithRetry } from "./retry.ts";
import type { DescribeResult } from "./schema.ts";
import { SchemaCache } from "./schema-cache.ts";
import { type Outcome, runWithSchema } from "./with-schema.ts";

/** Failed batches become failed rows; without this the first failure is thrown. */
export interface PartialOptions extends CallOptions {
  readonly partial: true;
}

export interface WholeOptions extends CallOptions {
  readonly partial?: false;
}

type EitherOptions = WholeOptions | PartialOptions;

/**
 * A connection to the online feature store. Every method rejects with {@link OfsClientError}; none of them
 * takes longer than its deadline.
 */
export class OfsClient {
  readonly #options: CompiledOptions;
  readonly #channel: GrpcChannel;
  readonly #admin: Admin;
  readonly #schemas: SchemaCache;
  readonly #retriever: Retriever;
  readonly #sendPersist: Send;

  /** @throws {OfsClientError} INVALID_ARGUMENT naming the option */
  constructor(options: ClientOptions) {
    this.#options = compileOptions(options);
    const { retry, retrieveBatchSize, concurrency, deadlineMs, schemaRefreshMs } = this.#options;
    const channel = new GrpcChannel(this.#options);
    const codes = repeatedCodes(retry);
    const send: Send = (method, request, limits) =>
      sendWithRetry(() => channel.unary(method, request, limits), codes.reads, retry, limits);
    this.#channel = channel;
    this.#sendPersist = (method, request, limits) =>
      sendWithRetry(() => channel.unary(method, request, limits), codes.persists, retry, limits);
    this.#admin = new Admin(send);
    this.#schemas = new SchemaCache(
      (labels) => this.#admin.describe(labels, startCall({}, deadlineMs)),
      schemaRefreshMs,
    );
    this.#retriever = new Retriever(send, { batchSize: retrieveBatchSize, concurrency });
  }

  /**
   * Reads features as values of their data types. The types come from the server's schema, which is loaded
   * once and again when something does not fit.
   */
  retrieve(
    request: requests.RetrieveRequest,
    options?: WholeOptions,
  ): Promise<requests.RetrieveResult<requests.ValueRow>>;
  retrieve(
    request: requests.RetrieveRequest,
    options: PartialOptions,
  ): Promise<requests.RetrieveResult<requests.ValueRow | requests.FailedRow>>;
  async retrieve(
    request: requests.RetrieveRequest,
    options: EitherOptions = {},
  ): Promise<requests.RetrieveResult<requests.ValueRow | requests.FailedRow>> {
    const { entity, features } = request;
    const limits = this.#start(options);
    let keysSchema: readonly string[] = [];
    let keys: readonly (readonly string[])[] = [];
    const outcome = await runWithSchema(this.#schemas, entity, limits, (schema) => {
      keysSchema = chooseKeysSchema(schema.keyLabels, request.keysSchema);
      keys = allKeyTexts(keysSchema, request.keys);
      const plan = planRetrieve(schema, features, keysSchema);
      const decode = (result: RetrieveResultView): readonly RowValues[] => decodeRows(plan, result);
      return this.#retriever.retrieve(plan.shape, keys, decode, isPartial(options), limits);
    });
    const rows = rowsOf(outcome, keys, (rowKeys, values) => ({ keys: rowKeys, values }));
    return { keysSchema, rows };
  }

  /** Reads features as text. Needs the server's schema only for keys that are lists without `keysSchema`. */
  retrieveDecoded(
    request: requests.RetrieveRequest,
    options?: WholeOptions,
  ): Promise<requests.RetrieveResult<requests.TextRow>>;
  retrieveDecoded(
    request: requests.RetrieveRequest,
    options: PartialOptions,
  ): Promise<requests.RetrieveResult<requests.TextRow | requests.FailedRow>>;
  async retrieveDecoded(
    request: requests.RetrieveRequest,
    options: EitherOptions = {},
  ): Promise<requests.RetrieveResult<requests.TextRow | requests.FailedRow>> {
    const limits = this.#start(options);
    const keysSchema = await this.#keysSchema(request, limits);
    const keys = allKeyTexts(keysSchema, request.keys);
    const shape = toShape(request.entity, request.features, keysSchema);
    const partial = isPartial(options);
    const outcome = await this.#retriever.retrieveDecoded(shape, keys, partial, limits);
    const rows = rowsOf(outcome, keys, (rowKeys, columns) => ({
      keys: rowKeys,
      values: textsByLabel(shape, columns),
    }));
    return { keysSchema, rows };
  }

  /** Reads features as bytes. Needs the server's schema only for keys that are lists without `keysSchema`. */
  retrieveRaw(
    request: requests.RetrieveRequest,
    options?: WholeOptions,
  ): Promise<requests.RawResult<requests.RawRow>>;
  retrieveRaw(
    request: requests.RetrieveRequest,
    options: PartialOptions,
  ): Promise<requests.RawResult<requests.RawRow | requests.FailedRow>>;
  async retrieveRaw(
    request: requests.RetrieveRequest,
    options: EitherOptions = {},
  ): Promise<requests.RawResult<requests.RawRow | requests.FailedRow>> {
    const limits = this.#start(options);
    const keysSchema = await this.#keysSchema(request, limits);
    const keys = allKeyTexts(keysSchema, request.keys);
    const shape = toShape(request.entity, request.features, keysSchema);
    return this.#retrieveRaw(shape, keys, isPartial(options), limits);
  }

  /**
   * Stores rows. All of them are checked against the server's schema before the first is sent.
   *
   * @throws {PersistError} if some rows were not stored (an {@link OfsClientError}, too)
   */
  async persist(
    request: requests.PersistRequest,
    options: EitherOptions = {},
  ): Promise<PersistResult> {
    const { entity, rows, keysSchema } = request;
    const { persistBatchBytes, concurrency } = this.#options;
    const limits = this.#start(options);
    const outcome = await runWithSchema(this.#schemas, entity, limits, (schema) => {
      const plan = planPersist(schema, rows, keysSchema, persistBatchBytes);
      return runPersist(plan, this.#sendPersist, concurrency, isPartial(options), limits);
    });
    return requireValue(outcome, isPartial(options));
  }

  /**
   * Checks and encodes rows as `persist` does, and sends nothing: for topics that a consumer reads.
   *
   * @returns encoded `persist.Query` messages of at most `persistBatchBytes`, whose order counts for rows of one key
   */
  async encodePersist(
    request: requests.PersistRequest,
    options: CallOptions = {},
  ): Promise<readonly Uint8Array[]> {
    const { entity, rows, keysSchema } = request;
    const limits = this.#start(options);
    const outcome = await runWithSchema(this.#schemas, entity, limits, async (schema) => {
      const plan = planPersist(schema, rows, keysSchema, this.#options.persistBatchBytes);
      const value = plan.batches.map((batch) => encodePersistQuery(batch.head, batch.rows));
      return { value, error: undefined, isRepeatable: true };
    });
    return requireValue(outcome, false);
  }

  /** Describes entities as the server serves them now: all of them, or those named. */
  async describe(
    entities: readonly string[] = [],
    options: CallOptions = {},
  ): Promise<DescribeResult> {
    const result = await this.#admin.describe(entities, this.#start(options));
    this.#schemas.put(result);
    return result;
  }

  /**
   * Says what is stored of each key and feature group, and until when: for people who look into a store. One call,
   * whatever the number of keys.
   *
   * @returns states by key, in the order of the keys and groups
   */
  async inspect(
    request: requests.InspectRequest,
    options: CallOptions = {},
  ): Promise<readonly (readonly GroupState[])[]> {
    const { entity, groups } = request;
    const limits = this.#start(options);
    const keysSchema = await this.#keysSchema(request, limits);
    const keys = allKeyTexts(keysSchema, request.keys);
    return this.#admin.inspect(entity, groups, keysSchema, keys, limits);
  }

  /** Resolves if the server says that it serves. @throws {OfsClientError} UNAVAILABLE if it does not */
  async ping(options: CallOptions = {}): Promise<void> {
    await this.#admin.ping(this.#start(options));
  }

  /** Closes the connections. Calls on their way are let finish, later ones refused. Idempotent. */
  close(): void {
    this.#channel.close();
  }

  /** As the Go SDK's `RetrieveFeatures`, but with rows in the order of the keys. */
  async retrieveFeatures(
    query: requests.RetrieveQuery,
    options: CallOptions = {},
  ): Promise<requests.RawResult<requests.RawRow>> {
    const keys = query.keys.map(({ cols }) => cols);
    const result = await this.#retrieveRaw(query, keys, false, this.#start(options));
    return { ...result, rows: result.rows as readonly requests.RawRow[] };
  }

  /** As the Go SDK's `RetrieveDecodedFeatures`, but with rows in the order of the keys. */
  async retrieveDecodedFeatures(
    query: requests.RetrieveQuery,
    options: CallOptions = {},
  ): Promise<requests.DecodedResult> {
    const keys = query.keys.map(({ cols }) => cols);
    const limits = this.#start(options);
    const outcome = await this.#retriever.retrieveDecoded(query, keys, false, limits);
    const rows = rowsOf(outcome, keys, (rowKeys, columns) => ({ keys: rowKeys, columns }));
    return {
      keysSchema: query.keysSchema,
      featureSchemas: schemasOf(query),
      rows: rows as requests.DecodedResult["rows"],
    };
  }

  /** As the Go SDK's `PersistFeatures`, but in as many requests as the size needs. */
  async persistFeatures(
    request: requests.PersistFeaturesRequest,
    options: CallOptions = {},
  ): Promise<{ readonly message: string }> {
    const { entityLabel, keysSchema, featureGroups } = request;
    const { persistBatchBytes, concurrency } = this.#options;
    const limits = this.#start(options);
    const data = request.data.map(({ keyValues, featureValues }) => ({
      keyValues,
      featureValues: featureValues.map((values) => ({ ...emptyValues(), ...values })),
    }));
    const plan = planRawPersist(entityLabel, keysSchema, featureGroups, data, persistBatchBytes);
    requireValue(await runPersist(plan, this.#sendPersist, concurrency, false, limits), false);
    return { message: PERSIST_OK_MESSAGE };
  }

  #start(options: CallOptions): CallLimits {
    return startCall(options, this.#options.deadlineMs);
  }

  async #retrieveRaw(
    shape: RetrieveShape,
    keys: readonly (readonly string[])[],
    partial: boolean,
    limits: CallLimits,
  ): Promise<requests.RawResult<requests.RawRow | requests.FailedRow>> {
    const outcome = await this.#retriever.retrieve(shape, keys, columnsOf, partial, limits);
    return {
      entityLabel: shape.entityLabel,
      keysSchema: shape.keysSchema,
      featureSchemas: schemasOf(shape),
      rows: rowsOf(outcome, keys, (rowKeys, columns) => ({ keys: rowKeys, columns })),
    };
  }

  /** Names and order of key parts where the request's keys tell them; else the schema's. */
  async #keysSchema(
    { entity, keys, keysSchema }: Pick<requests.RetrieveRequest, "entity" | "keys" | "keysSchema">,
    limits: CallLimits,
  ): Promise<readonly string[]> {
    if (keysSchema !== undefined) return keysSchema;
    const first = keys[0];
    if (first !== undefined && !Array.isArray(first)) return Object.keys(first);
    return (await this.#schemas.get(entity, limits)).keyLabels;
  }
}

/**
 * Makes a client. It connects with its first call.
 *
 * @throws {OfsClientError} INVALID_ARGUMENT naming the option
 */
export function createClient(options: ClientOptions): OfsClient {
  return new OfsClient(options);
}

function isPartial(options: EitherOptions): boolean {
  return options.partial === true;
}

function allKeyTexts(keysSchema: readonly string[], keys: readonly EntityKey[]): string[][] {
  return keys.map((key, i) => keyTexts(keysSchema, key, `key ${i}`));
}

/** @throws {OfsClientError} if the call failed, unless it may fail in part and got as far as that */
function requireValue<T>({ value, error }: Outcome<T>, partial: boolean): T {
  if (value !== undefined && (partial || error === undefined)) return value;
  throw error as OfsClientError;
}

/** @throws {OfsClientError} if the call failed as a whole */
function rowsOf<T, Row>(
  outcome: Outcome<RowOutcome<T>[]>,
  keys: readonly (readonly string[])[],
  toRow: (keys: readonly string[], value: T) => Row,
): (Row | requests.FailedRow)[] {
  return requireValue(outcome, true).map((row, i) => {
    const rowKeys = keys[i] as readonly string[];
    return "value" in row ? toRow(rowKeys, row.value) : { keys: rowKeys, error: row.error };
  });
}

function columnsOf({ bytes, rowKeys, rowColumns, ...columns }: RetrieveResultView): Uint8Array[][] {
  return rowKeys.map((_, row) => {
    const all: Uint8Array[] = [];
    for (let c = rowColumns[row] as number; c < (rowColumns[row + 1] as number); c++) {
      all.push(bytes.subarray(columns.columnStart[c], columns.columnEnd[c]));
    }
    return all;
  });
}

function textsByLabel(
  { featureGroups }: RetrieveShape,
  columns: readonly string[],
): Record<string, Record<string, string>> {
  const row = emptyRecord<Record<string, string>>();
  let column = 0;
  for (const { label, featureLabels } of featureGroups) {
    const texts = emptyRecord<string>();
    for (const feature of featureLabels) texts[feature] = columns[column++] as string;
    row[label] = texts;
  }
  return row;
}
