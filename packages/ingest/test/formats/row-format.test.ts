import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  FormatTable,
  MessageFault,
  type MessageWrites,
  type PendingRow,
  type RecordFormat,
  rowFormatRules,
  type SourceRecord,
} from "@ofs/ingest";
import { type CellBytes, decodeValue, type GroupMetadata, RowCatalog } from "@ofs/rows";
import {
  type EmbeddedEnvironment,
  EmbeddedRowStore,
  EmbeddedRowTables,
  openEmbeddedEnvironment,
  type RowStore,
  type RowUpsert,
} from "@ofs/store";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  catalogOf,
  entityOf,
  type GroupExtras,
  groupOf,
} from "../../../rows/test/support/row-objects.ts";
import { header, IngestRig, partitionOf, TOPIC } from "../support/ingest-rig.ts";
import { headerText } from "../support/memory-sink.ts";

const USER = entityOf("user", { user_id: "BIGINT", rank: "DECIMAL", country: "TEXT" }, [
  "user_id",
  "rank",
]);
const MAIN = { read: "main", write: "main", consume: "main" };

function group(name: string, { tenant, ...more }: GroupExtras = {}): GroupMetadata {
  const extras = { ...more, tenant: { ...MAIN, ...tenant } };
  return groupOf(name, "user", { Wins: "INT", badge: "TEXT" }, extras);
}

const CATALOG = catalogOf(
  [USER],
  [
    group("stats"),
    group("stats", { version: "v2" }),
    group("Old", { versionEnabled: false }),
    group("copied", { tenant: { read: "other" } }),
    group("lost", { tenant: { write: "nowhere" } }),
    group("archived", { state: "ARCHIVED" }),
  ],
);

let folder: string;
let environment: EmbeddedEnvironment;
let stores: Map<string, RowStore>;
let catalog: RowCatalog | undefined;
let formats: FormatTable;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "ofs-row-format-"));
  environment = openEmbeddedEnvironment(folder);
  stores = new Map();
  for (const tenant of ["main", "other"]) {
    stores.set(tenant, new EmbeddedRowStore({ environment, tenant }));
    const tables = new EmbeddedRowTables({ environment, tenant });
    for (const { columns, table } of CATALOG.groups()) {
      const others = [...columns.values()].filter(({ isKey }) => !isKey);
      await tables.ensure(
        table,
        others.map(({ stored }) => stored),
        0,
      );
    }
  }
});

afterAll(async () => {
  await Promise.all([...stores.values()].map((store) => store.close()));
  await environment.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  catalog = CATALOG;
  const destinations = {
    catalog: () => catalog,
    storeOf: (tenant: string) => stores.get(tenant),
  };
  formats = new FormatTable(rowFormatRules(destinations, [TOPIC]));
});

function recordOf(value: string | undefined, headers: Record<string, string> = {}): SourceRecord {
  return {
    topic: TOPIC,
    partition: 0,
    offset: 0,
    key: undefined,
    value: value === undefined ? undefined : Buffer.from(value),
    headers: Object.entries(headers).map(([name, text]) => header(name, text)),
    timestampMs: 1,
  };
}

function formatOf(record: SourceRecord): RecordFormat<PendingRow> {
  const format = formats.formatOf(record);
  if (format === undefined) throw new Error("no format");
  return format as unknown as RecordFormat<PendingRow>;
}

const V2 = { "sdk-version": "v2", "feature-group-name": "stats" };

function newer(row: string, headers: Record<string, string> = {}): SourceRecord {
  return recordOf(row, { ...V2, ...headers });
}

function older(group: string, features: object | string): SourceRecord {
  const text = typeof features === "string" ? features : JSON.stringify(features);
  return recordOf(
    JSON.stringify({
      EntityName: "user",
      Entities: "user_id,rank,",
      FeatureGroup: group,
      Features: text,
    }),
  );
}

function prepare(record: SourceRecord, writeTimeMicros = 1_000): MessageWrites<PendingRow> {
  return formatOf(record).prepare(record, writeTimeMicros);
}

function faultOf(record: SourceRecord): MessageFault {
  try {
    prepare(record);
  } catch (error) {
    if (error instanceof MessageFault) return error;
    throw error;
  }
  throw new Error("it was taken");
}

async function write(record: SourceRecord, writeTimeMicros = 1_000): Promise<void> {
  const { writes } = prepare(record, writeTimeMicros);
  const limits = { deadlineMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
  for (const each of writes) {
    expect(await formatOf(record).write([each], limits)).toEqual([undefined]);
  }
}

/** JSON of what a tenant's store has of a row. */
async function stored(name: string, key: readonly CellBytes[], tenant = "main") {
  const resolved = CATALOG.group(name);
  if (resolved === undefined) throw new Error(`no group ${name}`);
  const columns = [...resolved.columns.values()].filter(({ isKey }) => !isKey);
  const [row] = (await stores.get(tenant)?.read({
    table: resolved.table,
    columns: columns.map((each) => each.stored),
    keys: [key],
    deadlineMs: Number.POSITIVE_INFINITY,
  })) ?? [undefined];
  if (!Array.isArray(row)) return row;
  return columns.map(({ type }, index) => {
    const bytes = row[index] as CellBytes | null;
    return bytes === null ? null : decodeValue(type, bytes);
  });
}

function keyOf(record: SourceRecord): readonly CellBytes[] {
  return prepare(record).writes[0]?.upsert.key ?? [];
}

describe("records of the newer SDK", () => {
  test("become rows of the latest version, or of the one in their header", async () => {
    const record = newer('{"user_id":9007199254740993,"rank":1.50,"Wins":7,"badge":"gold"}');
    await write(record);
    expect(await stored("stats", keyOf(record))).toEqual([null, "7", '"gold"']);
    const { writes, faults, subject } = prepare(
      newer('{"user_id":1,"rank":1,"Wins":1}', { "feature-group-version": "v1" }),
    );
    expect(writes[0]?.target.shape.columns).toEqual([{ name: "stats__v1__wins", type: "INT" }]);
    expect([faults, subject, writes.length]).toEqual([[], "stats", 1]);
    expect(writes[0]).toMatchObject({ connection: "main", row: 0, writeTimeMicros: 1_000 });
  });

  test("keep what they do not mention, and what is null", async () => {
    const first = newer('{"user_id":2,"rank":1,"Wins":1,"badge":"tin","country":"NL"}');
    await write(first);
    await write(newer('{"user_id":2,"rank":1,"Wins":null,"badge":"gold"}'), 2_000);
    expect(await stored("stats", keyOf(first))).toEqual(['"NL"', "1", '"gold"']);
    const bare = newer('{"user_id":3,"rank":1,"Wins":null}');
    expect(await stored("stats", keyOf(bare))).toBeUndefined();
    await write(bare);
    expect(await stored("stats", keyOf(bare))).toEqual([null, null, null]);
  });

  test("go to the read tenant, too, unless they say that they are not replicated", async () => {
    const tenants = (text?: string): (string | undefined)[] => {
      const more = text === undefined ? {} : { "replicated-writes": text };
      const record = newer('{"user_id":4,"rank":1}', { "feature-group-name": "copied", ...more });
      return prepare(record).writes.map(({ connection }) => connection);
    };
    expect(tenants()).toEqual(["main", "other"]);
    expect(tenants("True")).toEqual(["main", "other"]);
    expect(["false", "yes", "1"].map(tenants)).toEqual([["main"], ["main"], ["main"]]);
    const record = newer('{"user_id":4,"rank":1,"Wins":3}', { "feature-group-name": "copied" });
    await write(record);
    expect(await stored("copied", keyOf(record), "main")).toEqual([null, "3", null]);
    expect(await stored("copied", keyOf(record), "other")).toEqual([null, "3", null]);
  });

  test("share a target if they have the same columns, and a key if it is one row", () => {
    const of = (row: string) => prepare(newer(row)).writes[0];
    const first = of('{"user_id":1,"rank":1.0,"Wins":1}');
    const second = of('{"user_id":1,"rank":1.00,"Wins":2}');
    expect(second?.target).toBe(first?.target);
    expect(second?.key).toBe(first?.key);
    expect(of('{"user_id":1,"rank":1e0,"Wins":2}')?.key).toBe(first?.key);
    expect(of('{"user_id":1,"rank":10,"Wins":2}')?.key).not.toBe(first?.key);
    expect(of('{"user_id":1,"rank":-1.0,"Wins":2}')?.key).not.toBe(first?.key);
    expect(of('{"user_id":11,"rank":1,"Wins":2}')?.key).not.toBe(first?.key);
    expect(of('{"user_id":1,"rank":1.0,"badge":"x"}')?.target).not.toBe(first?.target);
    expect(of('{"user_id":1,"rank":0.0}')?.key).toBe(of('{"user_id":1,"rank":0e5}')?.key);
  });

  test.each([
    ["{", "value", "value: is not JSON: text ends at position 1"],
    ["[]", "value", "value: is not a JSON object"],
    ['{"user_id":1}', "rank", "rank: a primary key is missing or null"],
    ['{"user_id":null,"rank":1}', "user_id", "user_id: a primary key is missing or null"],
    ['{"user_id":1,"rank":1,"wins":1}', "wins", "wins: feature group stats v2 has no such column"],
    ['{"user_id":1,"rank":1,"Wins":"x"}', "Wins", 'Wins: "x" is no INT'],
    ['{"user_id":1,"rank":1,"Wins":1.0}', "Wins", "Wins: 1.0 is no INT"],
  ])("are poison where they do not fit: %s", (row, field, message) => {
    expect(faultOf(newer(row))).toMatchObject({ kind: "poison", field, message });
  });

  test("are poison without a value or a feature group", () => {
    expect(faultOf(recordOf(undefined, V2))).toMatchObject({ kind: "poison", field: "value" });
    expect(faultOf(recordOf("{}", { "sdk-version": "v2" }))).toMatchObject({
      kind: "poison",
      field: "feature-group-name",
    });
  });

  test("wait for a feature group or version that is not registered yet", () => {
    const fault = faultOf(newer("{}", { "feature-group-version": "v9" }));
    expect(fault).toMatchObject({ kind: "registry", missing: "feature group stats v9" });
    expect(faultOf(newer("{}", { "feature-group-name": "old" })).kind).toBe("registry");
    catalog = undefined;
    expect(faultOf(newer("{}"))).toMatchObject({ kind: "registry" });
  });

  test("wait for a store, and are poison for an archived feature group", () => {
    const row = '{"user_id":1,"rank":1}';
    expect(faultOf(newer(row, { "feature-group-name": "lost" })).kind).toBe("store");
    expect(faultOf(newer(row, { "feature-group-name": "archived" }))).toMatchObject({
      kind: "poison",
      cause: { code: "FAILED_PRECONDITION" },
    });
  });
});

describe("records of the older SDK", () => {
  test("match names without regard to case", async () => {
    const record = older("oLD", '{"USER_ID":502,"rank":1,"wins":5161}');
    await write(record);
    expect(await stored("Old", keyOf(record))).toEqual([null, "5161", null]);
    expect(prepare(record).writes[0]?.target.shape.columns).toEqual([
      { name: "old__wins", type: "INT" },
    ]);
  });

  test("may say v1 or nothing, but nothing else", () => {
    const { value } = older("old", { user_id: 1, rank: 1 });
    const said = (text: string) => ({ ...recordOf("", { "sdk-version": text }), value });
    expect(prepare(said("v1")).subject).toBe("Old");
    expect(formats.formatOf(said("v3"))).toBeUndefined();
    expect(formats.formatOf({ ...said("v1"), topic: "another" })).toBeUndefined();
  });

  test("are poison where they do not fit", () => {
    expect(faultOf(recordOf("{}"))).toMatchObject({ kind: "poison", field: "FeatureGroup" });
    expect(faultOf(older("old", "nonsense"))).toMatchObject({ kind: "poison", field: "Features" });
    expect(faultOf(older("old", "[]"))).toMatchObject({ kind: "poison", field: "Features" });
    const twice = older("old", '{"user_id":1,"rank":1,"wins":1,"WINS":2}');
    expect(faultOf(twice)).toMatchObject({
      field: "WINS",
      message: "WINS: the column stands twice",
    });
  });
});

/** A store that takes everything. */
function collect(rows: RowUpsert[]): RowStore {
  const store: Pick<RowStore, "refuseKey" | "write"> = {
    refuseKey: () => undefined,
    write: async (request) => {
      rows.push(...request.rows);
      return request.rows.map(() => undefined);
    },
  };
  return store as RowStore;
}

describe("rows in the loop", () => {
  test("wait for a feature group to be registered", async () => {
    catalog = RowCatalog.EMPTY;
    const rows: RowUpsert[] = [];
    const store = collect(rows);
    const destinations = { catalog: () => catalog, storeOf: () => store };
    const rig = new IngestRig({ formats: new FormatTable(rowFormatRules(destinations)) });
    await rig.start();
    rig.group.add(partitionOf(0), {
      value: '{"user_id":1,"rank":1,"Wins":1}',
      timestampMs: 1_234,
      headers: Object.entries(V2).map(([name, text]) => header(name, text)),
    });
    await rig.clock.advance(1_000);
    expect([rows.length, rig.sink.records.length]).toEqual([0, 0]);
    catalog = CATALOG;
    rig.ingestor.registryChanged();
    await rig.finish();
    expect(rows.map(({ writeTimeMicros }) => writeTimeMicros)).toEqual([1_234_000]);
    expect(rig.sink.records).toEqual([]);
    await rig.close();
  });

  test("that cannot be stored become dead letters as they came, the others are stored", async () => {
    const rows: RowUpsert[] = [];
    const store = collect(rows);
    const destinations = { catalog: () => CATALOG, storeOf: () => store };
    const rig = new IngestRig({ formats: new FormatTable(rowFormatRules(destinations)) });
    await rig.start();
    const headers = [header("sdk-version", "v2"), header("feature-group-name", "stats")];
    const add = (value: string): void => {
      rig.group.add(partitionOf(0), {
        value,
        timestampMs: rig.clock.now(),
        headers: [...headers, header("run-id", "r1")],
      });
    };
    add('{"user_id":1,"rank":1,"Wins":1}');
    add('{"user_id":1,"rank":1,"Wins":"bad"}');
    add('{"user_id":1,"rank":1.0,"Wins":3}');
    await rig.finish();
    await rig.clock.advance(6_000);
    const [letter] = rig.sink.records;
    expect(rig.sink.records).toHaveLength(1);
    expect(Buffer.from(letter?.value ?? []).toString()).toBe('{"user_id":1,"rank":1,"Wins":"bad"}');
    if (letter === undefined) throw new Error("no letter");
    expect(headerText(letter, "run-id")).toBe("r1");
    expect(headerText(letter, "feature-group-name")).toBe("stats");
    expect(headerText(letter, "dlq-field")).toBe("Wins");
    expect(headerText(letter, "dlq-code")).toBe("INVALID_ARGUMENT");
    // The later one of the two that are one row.
    expect(rows.map(({ values }) => decodeValue("INT", values[0] as CellBytes))).toEqual(["3"]);
    expect(rig.committed()).toBe(3);
    await rig.close();
  });
});
