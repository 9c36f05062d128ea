import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createEngine } from "@ofs/engine";
import {
  blockFormat,
  FormatTable,
  type PendingWrite,
  RECORD_OPERATION,
  type RecordFormat,
  rowFormatRules,
  type SourceRecord,
} from "@ofs/ingest";
import { createLogger } from "@ofs/platform";
import { persist } from "@ofs/proto";
import { parseSnapshot } from "@ofs/registry";
import type { CellBytes } from "@ofs/rows";
import {
  EmbeddedBlockStore,
  type EmbeddedEnvironment,
  EmbeddedRowStore,
  EmbeddedRowTables,
  openEmbeddedEnvironment,
} from "@ofs/store";
import { entityTree } from "@ofs/testkit";
import { Registry as MetricsRegistry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalogOf, entityOf, groupOf } from "../../../rows/test/support/row-objects.ts";
import { header, IngestRig, TOPIC } from "../support/ingest-rig.ts";
import { headerText } from "../support/memory-sink.ts";

const NOW = Date.now() * 1000;
const FOREVER = Number.POSITIVE_INFINITY;
const LIMITS = { deadlineMs: FOREVER, signal: new AbortController().signal };
const DELETE = header(RECORD_OPERATION.header, RECORD_OPERATION.delete);

const USER = entityOf("user", { user_id: "BIGINT", rank: "INT", country: "TEXT" }, [
  "user_id",
  "rank",
]);
const TENANTS = { read: "deletes", write: "deletes", consume: "deletes" };
const CATALOG = catalogOf(
  [USER],
  [groupOf("stats", "user", { wins: "INT", badge: "TEXT" }, { tenant: TENANTS })],
);
const V2 = [header("sdk-version", "v2"), header("feature-group-name", "stats")] as const;

let folder: string;
let environment: EmbeddedEnvironment;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "ofs-deletes-"));
  environment = openEmbeddedEnvironment(folder);
});

afterAll(async () => {
  await environment.close();
  await rm(folder, { recursive: true });
});

function recordOf(value: Uint8Array | string, ...headers: SourceRecord["headers"]): SourceRecord {
  const about = { topic: TOPIC, partition: 0, offset: 0, key: undefined, timestampMs: 1 };
  return { ...about, value: Buffer.from(value), headers };
}

/** Prepares and writes a record. */
async function ingest(
  format: RecordFormat<PendingWrite>,
  record: SourceRecord,
  writeTimeMicros: number,
): Promise<readonly PendingWrite[]> {
  const { faults, writes } = format.prepare(record, writeTimeMicros);
  expect(faults).toEqual([]);
  for (const each of writes) expect(await format.write([each], LIMITS)).toEqual([undefined]);
  return writes;
}

describe("of the block dialect", () => {
  const snapshot = parseSnapshot(
    new Map(
      Object.entries({
        "storage/stores/1": JSON.stringify({ "db-type": "embedded", "conf-id": 0, table: "t" }),
        ...entityTree("user", ["id"], {
          scores: { id: 0, type: "FP32", versions: [{ a: {} }] },
          tags: { id: 1, type: "FP32", versions: [{ a: {} }] },
        }),
      }).map(([name, text]) => [name, Buffer.from(text)]),
    ),
    1,
  );

  function open() {
    const store = new EmbeddedBlockStore(environment);
    const format = blockFormat(
      createEngine({
        registry: { snapshot: () => snapshot, refresh: async () => {} },
        storeFor: () => store,
        processCaches: new Map(),
        distributedCacheFor: () => undefined,
        onStoreFailure: "unavailable",
        storeTimeoutMs: 60_000,
        distributedTimeoutMs: 100,
        now: Date.now,
        random: () => 0.5,
        metrics: new MetricsRegistry(),
        log: createLogger({ service: "test", level: "ERROR" }),
      }),
    );
    return { store, format: format as unknown as RecordFormat<PendingWrite> };
  }

  function message(groups: readonly string[], key: string, value?: number): Uint8Array {
    const values =
      value === undefined ? [] : groups.map(() => ({ values: { fp32Values: [value] } }));
    return persist.Query.encode({
      entityLabel: "user",
      keysSchema: ["id"],
      featureGroupSchema: groups.map((label) => ({
        label,
        featureLabels: value === undefined ? [] : ["a"],
      })),
      data: [{ keyValues: [key], featureValues: values }],
    }).finish();
  }

  async function isStored(store: EmbeddedBlockStore, key: string): Promise<boolean[]> {
    const entity = snapshot.entities.get("user");
    const definition = snapshot.stores.get("1");
    if (entity === undefined || definition === undefined) throw new Error("the tree is faulty");
    const groups = [...entity.groups.values()].sort((one, other) => one.id - other.id);
    const cells = store.read({
      entity,
      store: definition,
      groups,
      keys: [[key]],
      deadlineMs: FOREVER,
    });
    return cells.map((cell) => cell !== undefined);
  }

  test("a record takes the groups that it names, at its time", async () => {
    const { format, store } = open();
    await ingest(format, recordOf(message(["scores", "tags"], "1", 5)), NOW);
    await ingest(format, recordOf(message(["scores"], "1"), DELETE), NOW - 1);
    expect(await isStored(store, "1")).toEqual([true, true]);
    const [write] = await ingest(format, recordOf(message(["scores"], "1"), DELETE), NOW);
    expect(write).toMatchObject({ key: "user:1", isDelete: true, writeTimeMicros: NOW });
    expect(await isStored(store, "1")).toEqual([false, true]);
    await ingest(format, recordOf(message(["scores"], "1", 5)), NOW - 1);
    expect(await isStored(store, "1")).toEqual([false, true]);
    await ingest(format, recordOf(message([], "1"), DELETE), NOW + 1);
    expect(await isStored(store, "1")).toEqual([false, false]);
  });

  test("bad keys become dead letters, which are deletes again when they are replayed", () => {
    const { format } = open();
    const query = persist.Query.encode({
      entityLabel: "user",
      keysSchema: ["id"],
      featureGroupSchema: [{ label: "scores" }],
      data: [{ keyValues: ["1"] }, { keyValues: [""] }],
    }).finish();
    const { encodeRows, faults, writes } = format.prepare(recordOf(query, DELETE), NOW);
    expect(writes.map(({ row }) => row)).toEqual([0]);
    expect(faults.map(({ row }) => row)).toEqual([1]);
    const left = persist.Query.decode(encodeRows([1]));
    expect(left.data.map(({ keyValues }) => keyValues)).toEqual([[""]]);
    expect(left.featureGroupSchema.map(({ label }) => label)).toEqual(["scores"]);
  });

  test("an unknown operation is poison", () => {
    const { format } = open();
    const odd = recordOf(message(["scores"], "1", 5), header(RECORD_OPERATION.header, "upsert"));
    expect(() => format.prepare(odd, NOW)).toThrow(
      expect.objectContaining({
        kind: "poison",
        field: "operation",
        message: 'header operation: "upsert" is not known: only "delete" is',
      }),
    );
  });
});

describe("of the row dialect", () => {
  async function open() {
    const tenant = "deletes";
    const store = new EmbeddedRowStore({ environment, tenant });
    const tables = new EmbeddedRowTables({ environment, tenant });
    for (const { columns, table } of CATALOG.groups()) {
      const others = [...columns.values()].filter(({ isKey }) => !isKey);
      await tables.ensure(
        table,
        others.map(({ stored }) => stored),
        0,
      );
    }
    const formats = new FormatTable(
      rowFormatRules({ catalog: () => CATALOG, storeOf: () => store }, [TOPIC]),
    );
    return { store, formats };
  }

  async function ingestRow(formats: FormatTable, record: SourceRecord, micros: number) {
    const format = formats.formatOf(record);
    if (format === undefined) throw new Error("no format");
    return ingest(format, record, micros);
  }

  const row = (values: object, ...headers: SourceRecord["headers"]): SourceRecord =>
    recordOf(JSON.stringify(values), ...V2, ...headers);

  async function cellsOf(store: EmbeddedRowStore, id: number): Promise<unknown> {
    const group = CATALOG.group("stats");
    if (group === undefined) throw new Error("no group stats");
    const key = [Buffer.alloc(8), Buffer.alloc(4)];
    key[0]?.writeBigInt64BE(BigInt(id));
    const country = group.columns.get("country")?.stored;
    if (country === undefined) throw new Error("no column country");
    const columns = [...group.ownColumns, country];
    const [cells] = await store.read({
      table: group.table,
      columns,
      keys: [key],
      deadlineMs: FOREVER,
    });
    if (!Array.isArray(cells)) return cells;
    return (cells as (CellBytes | null)[]).map((cell) => cell && Buffer.from(cell).toString("hex"));
  }

  test("a record takes the columns of its feature group, at its time", async () => {
    const { formats, store } = await open();
    const key = { user_id: 1, rank: 0 };
    await ingestRow(formats, row({ ...key, wins: 5, badge: "b" }), NOW);
    await ingestRow(formats, row(key, DELETE), NOW - 1);
    expect(await cellsOf(store, 1)).toEqual(["00000005", "62", null]);
    const [write] = await ingestRow(formats, row(key, DELETE), NOW);
    expect(write).toMatchObject({ connection: "deletes", isDelete: true });
    expect(await cellsOf(store, 1)).toBeUndefined();
    await ingestRow(formats, row({ ...key, wins: 5 }), NOW);
    expect(await cellsOf(store, 1)).toBeUndefined();
    await ingestRow(formats, row({ ...key, wins: 6, country: "c" }), NOW + 1);
    await ingestRow(formats, row(key, DELETE), NOW + 2);
    expect(await cellsOf(store, 1)).toEqual([null, null, "63"]);
  });

  test.each([
    ["a key that is missing", { user_id: 1 }, "rank", "a primary key is missing or null"],
    ["a column beside the keys", { user_id: 1, rank: 0, wins: 5 }, "wins", "primary keys alone"],
    ["a value that does not fit", { user_id: "x", rank: 0 }, "user_id", "x"],
  ])("%s is poison", async (_, values, field, text) => {
    const { formats } = await open();
    const record = row(values, DELETE);
    expect(() => formats.formatOf(record)?.prepare(record, NOW)).toThrow(
      expect.objectContaining({ kind: "poison", field, message: expect.stringContaining(text) }),
    );
  });

  test("the older form has no deletes", async () => {
    const { formats } = await open();
    const record = recordOf(JSON.stringify({ FeatureGroup: "stats", Features: {} }), DELETE);
    expect(() => formats.formatOf(record)?.prepare(record, NOW)).toThrow(
      expect.objectContaining({
        kind: "poison",
        field: "operation",
        message: 'header operation: "delete" needs header sdk-version "v2"',
      }),
    );
  });
});

describe("in the loop", () => {
  test("of a write and a delete of one key in one batch the newer counts, of one time the delete", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 1 } });
    rig.format.latencyMs = ([first]) => (first?.value === "slow" ? 100 : 1);
    await rig.start();
    rig.addRow(0, "slow", "slow");
    await rig.clock.advance(5);
    const at = (ms: number) => [header("write-time", String(ms))];
    const add = (key: string, ms: number, isDelete: boolean) =>
      rig.add(0, { rows: [{ key, value: `at ${ms}`, isDelete }] }, { headers: at(ms) });
    add("newer-write", 10, true);
    add("newer-write", 11, false);
    add("newer-delete", 11, true);
    add("newer-delete", 10, false);
    add("tie-first", 10, true);
    add("tie-first", 10, false);
    add("tie-last", 10, false);
    add("tie-last", 10, true);
    await rig.clock.advance(200);
    expect(rig.stored()).toEqual({
      "table/slow": "slow",
      "table/newer-write": "at 11",
      "table/newer-delete": "(deleted)",
      "table/tie-first": "(deleted)",
      "table/tie-last": "(deleted)",
    });
    const batch = rig.format.store.batches[1] ?? [];
    expect(batch).toHaveLength(4);
    const rowsOf = (outcome: string) => rig.metric("ofs_ingest_rows_total", { outcome });
    expect(await Promise.all(["stored", "deleted", "superseded"].map(rowsOf))).toEqual([2, 3, 4]);
    await rig.close();
  });

  test("an unknown operation is a dead letter that names header and value", async () => {
    const store: Pick<EmbeddedRowStore, "refuseKey"> = { refuseKey: () => undefined };
    const destinations = {
      catalog: () => CATALOG,
      storeOf: () => store as EmbeddedRowStore,
    };
    const rig = new IngestRig({ formats: new FormatTable(rowFormatRules(destinations)) });
    await rig.start();
    const headers = [...V2, header("operation", "upsert")];
    const value = '{"user_id":1,"rank":0}';
    rig.group.add({ topic: TOPIC, partition: 0 }, { value, headers, timestampMs: 1 });
    await rig.finish();
    const [letter] = rig.sink.records;
    if (letter === undefined) throw new Error("no letter");
    expect(headerText(letter, "dlq-field")).toBe("operation");
    expect(headerText(letter, "dlq-error")).toBe(
      'header operation: "upsert" is not known: only "delete" is',
    );
    expect(headerText(letter, "operation")).toBe("upsert");
    expect(Buffer.from(letter.value ?? []).toString()).toBe(value);
    await rig.close();
  });
});
