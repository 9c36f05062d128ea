import { randomBytes } from "node:crypto";
import type { ValueRow } from "@ofs/client";
import { type ColumnType, isJsonArray, isJsonObject, type JsonValue, parseJson } from "@ofs/rows";
import type { GroupOptions } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { entityOf, groupOf } from "../../../../packages/rows/test/support/row-objects.ts";
import { CALLER, CALLER_TOKEN } from "../../../consumer/test/pipeline/registry.ts";
import { call } from "../../../ofs/test/rows/darwin-client.ts";
import {
  BLOCK_COLUMNS,
  blockValues,
  COLUMN_NAMES,
  FEATURES,
  KEYS,
  keyOf,
  type Plain,
  plainOfRow,
  ROW_TYPES,
  rowValues,
} from "./columns.ts";
import { EndToEndFleet, type RunRequest } from "./fleet.ts";
import { type ExactRow, S3Table, type TableState } from "./s3-table.ts";

/** From tables in object storage to readers of both dialects; what is read is what the `deltalake` package says. */
const SET_UP_TIMEOUT_MS = 900_000;
const TEST_TIMEOUT_MS = 300_000;
/** The first phase takes it away before anything is read. */
const NEVER_SENT = ["key-2", "0"] as const;

const unique = randomBytes(6).toString("hex");
const ENTITY = `all_types_${unique}`;
const GROUP = `everything_${unique}`;
const GROUP_TYPES: Readonly<Record<string, string>> = {
  int8: "Int8",
  int16: "Int16",
  int32: "Int32",
  int64: "Int64",
  fp32: "FP32",
  fp64: "FP64",
  bool: "Bool",
  text: "String",
  vectors: "FP32Vector",
  texts: "StringVector",
};

let table: S3Table;
let fleet: EndToEndFleet;

beforeAll(async () => {
  table = await S3Table.open();
  const keys = { id: "TEXT", seq: "BIGINT" } as const;
  const types = ROW_TYPES as Record<string, ColumnType>;
  const row = { entity: entityOf(ENTITY, keys, KEYS), group: groupOf(GROUP, ENTITY, types) };
  const block = { entity: ENTITY, keys: KEYS, groups: blockGroups() };
  fleet = await EndToEndFleet.start({ block, row }, table.environment());
}, SET_UP_TIMEOUT_MS);

afterAll(async () => {
  await fleet?.close();
  await table?.close();
}, SET_UP_TIMEOUT_MS);

function blockGroups(): Record<string, GroupOptions> {
  const groups = Object.entries(FEATURES).map(([label, features], id): [string, GroupOptions] => {
    const type = GROUP_TYPES[label] ?? "";
    const feature = {
      vectorLength: type.endsWith("Vector") ? 3 : 0,
      stringLength: type.startsWith("String") ? 64 : 0,
    };
    return [label, { id, type, versions: [Object.fromEntries(features.map((f) => [f, feature]))] }];
  });
  return Object.fromEntries(groups);
}

test(
  "a snapshot, and then the versions after it, are read as the table has them",
  async () => {
    const before = await table.write("first");
    const snapshot = { path: table.path, mode: "snapshot", version: before.version };
    const statuses = await fleet.run(blockRun("snapshot", snapshot), rowRun("snapshot", snapshot));
    for (const status of statuses) {
      expect(status).toMatchObject({ sentCount: before.rows.length, rejectedCount: 0 });
    }
    await expectStored(before.rows);

    const after = await table.write("second");
    const versions = { startVersion: before.version + 1, endVersion: after.version };
    const changes = { path: table.path, ...versions };
    for (const status of await fleet.run(blockRun("new", changes), rowRun("new", changes))) {
      expect(status).toMatchObject({ currentVersion: after.version, rejectedCount: 0 });
    }
    const deleted = withoutRows(before, after);
    expect(deleted).not.toEqual([]);
    // Deletes are not sent: what they took away stays as it was.
    await expectStored([...after.rows, ...deleted]);
    await expectMeasured();
  },
  TEST_TIMEOUT_MS,
);

function blockRun(name: string, source: object): RunRequest {
  return { tableName: `block-${name}`, entityLabel: ENTITY, columns: BLOCK_COLUMNS, ...source };
}

function rowRun(name: string, source: object): RunRequest {
  // Bytes as they are: without it, readers find the base64 that Darwin's clients look for.
  const target = { featureGroupName: GROUP, singleBase64: true };
  return { tableName: `row-${name}`, ...target, ...source };
}

function withoutRows(before: TableState, after: TableState): ExactRow[] {
  const kept = new Set(after.rows.map((row) => keyOf(row).join()));
  return before.rows.filter((row) => !kept.has(keyOf(row).join()));
}

async function expectStored(rows: readonly ExactRow[]): Promise<void> {
  const keys = [...rows.map(keyOf), [...NEVER_SENT]];
  const blocks = [...rows.map(blockValues), blockValues(undefined)];
  expect(await readByGrpc(keys)).toEqual(byKey(keys, blocks));
  expect(await readDecodedByRest(keys)).toEqual(await readDecodedByGrpc(keys));
  const { found, missing } = await readRows(keys);
  expect(found).toEqual(byKey(keys, rows.map(rowValues)));
  expect(missing).toEqual([NEVER_SENT.join()]);
}

/** All of it came from object storage, was decoded, and waited for Kafka. */
async function expectMeasured(): Promise<void> {
  const text = await fleet.populatorMetrics();
  const value = (series: RegExp): number => Number(series.exec(text)?.[1]);
  for (const phase of ["storage", "decode", "encode", "log", "database"]) {
    const spent = new RegExp(
      `^ofs_populator_work_seconds_total\\{[^}]*phase="${phase}".*\\} (.+)$`,
      "m",
    );
    expect(value(spent), phase).toBeGreaterThan(0);
  }
  expect(value(/^ofs_populator_decode_seconds_total.* (\S+)$/m)).toBeGreaterThan(0);
  expect(value(/^ofs_populator_storage_received_bytes_total.* (\S+)$/m)).toBeGreaterThan(0);
  for (const operation of ["list", "get"]) {
    const asked = `^ofs_populator_storage_request_seconds_count\\{[^}]*operation="${operation}".*\\} (.+)$`;
    expect(value(new RegExp(asked, "m")), operation).toBeGreaterThan(0);
  }
}

/** Of as many keys as there are values. */
function byKey(keys: readonly string[][], values: readonly object[]): Record<string, object> {
  return Object.fromEntries(values.map((value, index) => [keys[index]?.join(), value]));
}

async function readByGrpc(keys: readonly string[][]): Promise<Record<string, object>> {
  const { rows } = await fleet.api.client.retrieve({ entity: ENTITY, keys, features: FEATURES });
  return byKey(keys, rows.map(plainOfBlock));
}

function plainOfBlock({ values }: ValueRow): Record<string, Plain> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([group, features]) =>
      Object.entries(features).map(([feature, value]) => [
        `${group}:${feature}`,
        ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value,
      ]),
    ),
  );
}

async function readDecodedByGrpc(keys: readonly string[][]): Promise<string[][]> {
  const request = { entity: ENTITY, keys, features: FEATURES };
  const { rows } = await fleet.api.client.retrieveDecoded(request);
  return rows.map(({ values }) => Object.values(values).flatMap((group) => Object.values(group)));
}

async function readDecodedByRest(keys: readonly string[][]): Promise<string[][]> {
  const { origin } = fleet.api;
  const headers = {
    "online-feature-store-caller-id": CALLER,
    "online-feature-store-auth-token": CALLER_TOKEN,
  };
  const groups = Object.entries(FEATURES).map(([label, labels]) => {
    return { label, feature_labels: labels };
  });
  const body = {
    entity_label: ENTITY,
    feature_groups: groups,
    keys_schema: KEYS,
    keys: keys.map((cols) => ({ cols })),
  };
  const path = "/api/v1/features/retrieve/decoded";
  const { status, text, json } = await call(origin, "POST", path, body, headers);
  expect(status, text).toBe(200);
  // biome-ignore lint/suspicious/noExplicitAny: an answer
  return json.rows.map(({ columns }: any) => columns);
}

/** Values by key of the rows that are there, and the keys of others. */
async function readRows(keys: readonly string[][]) {
  const texts = keys.map(([id, seq]) => `[${JSON.stringify(id)},${seq}]`);
  const body = `{"featureGroupName":"${GROUP}","featureColumns":${JSON.stringify(COLUMN_NAMES)},"primaryKeys":{"names":${JSON.stringify(KEYS)},"values":[${texts.join()}]}}`;
  const answer = await call(fleet.api.origin, "GET", "/feature-group/read-features", body);
  expect(answer.status, answer.text).toBe(200);
  const { data } = objectOf(parseJson(answer.text));
  const { successfulKeys, failedKeys } = objectOf(data);
  const found = arrayOf(successfulKeys).map((one) => {
    const { key, features } = objectOf(one);
    const values = arrayOf(features).map((value, index) => {
      const name = COLUMN_NAMES[index] ?? "";
      return [name, plainOfRow(name, value)];
    });
    return [keyText(key), Object.fromEntries(values)];
  });
  return { found: Object.fromEntries(found), missing: arrayOf(failedKeys).map(keyText) };
}

function keyText(key: JsonValue | undefined): string {
  return arrayOf(key)
    .map((each) => (typeof each === "string" ? each : String(plainOfRow("wide", each))))
    .join();
}

function objectOf(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> {
  if (!isJsonObject(value)) throw new Error(`no object: ${JSON.stringify(value)}`);
  return value;
}

function arrayOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (!isJsonArray(value)) throw new Error(`no array: ${JSON.stringify(value)}`);
  return value;
}
