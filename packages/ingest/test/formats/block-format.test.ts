import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createEngine, type Engine, type MessageWriter } from "@ofs/engine";
import { blockFormat, MessageFault, type RecordFormat, type SourceRecord } from "@ofs/ingest";
import { createLogger } from "@ofs/platform";
import { persist, retrieve } from "@ofs/proto";
import { parseSnapshot, type Snapshot } from "@ofs/registry";
import { EmbeddedBlockStore, type EmbeddedEnvironment, openEmbeddedEnvironment } from "@ofs/store";
import { entityTree, type GroupOptions } from "@ofs/testkit";
import { Registry as MetricsRegistry } from "prom-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const T0 = Date.now() * 1000;
const HOUR_MICROS = 3_600_000_000;

const STORES = {
  "storage/stores/1": JSON.stringify({
    "db-type": "embedded",
    "conf-id": 0,
    table: "t",
    "max-column-size-in-bytes": 1024,
  }),
  "storage/stores/9": JSON.stringify({
    "db-type": "scylla",
    "conf-id": 9,
    table: "t",
    "max-column-size-in-bytes": 1024,
  }),
};
const GROUPS = {
  fp32: { id: 0, type: "FP32", versions: [{ a: {}, b: {} }] },
  fp64: { id: 1, type: "FP64", versions: [{ a: {}, b: {} }] },
  fp16: { id: 2, type: "FP16", versions: [{ a: {}, b: {} }] },
  int8: { id: 3, type: "Int8", versions: [{ a: {}, b: {} }] },
  uint64: { id: 4, type: "Uint64", versions: [{ a: {}, b: {} }] },
  vectors: {
    id: 5,
    type: "FP32Vector",
    versions: [{ a: { vectorLength: 2 }, b: { vectorLength: 3 } }],
  },
  bools: {
    id: 6,
    type: "BoolVector",
    versions: [{ a: { vectorLength: 2 }, b: { vectorLength: 1 } }],
  },
  texts: {
    id: 7,
    type: "String",
    versions: [{ a: { stringLength: 4 }, b: { stringLength: 4 } }],
  },
  elsewhere: { id: 8, type: "Int32", versions: [{ a: {} }], storeId: "9" },
  short: { id: 9, type: "Int32", versions: [{ a: {} }], ttlSeconds: 60 },
} as const satisfies Record<string, GroupOptions>;

function snapshotOf(groups: Record<string, GroupOptions>, revision: number): Snapshot {
  const entries = Object.entries({ ...STORES, ...entityTree("user", ["id"], groups) });
  return parseSnapshot(new Map(entries.map(([name, text]) => [name, Buffer.from(text)])), revision);
}

let snapshot: Snapshot;
let folder: string;
let environment: EmbeddedEnvironment;
let store: EmbeddedBlockStore;
let engine: Engine & MessageWriter;
let format: ReturnType<typeof blockFormat>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "ofs-block-format-"));
  environment = openEmbeddedEnvironment(folder);
  store = new EmbeddedBlockStore(environment);
});

afterAll(async () => {
  await store.close();
  await environment.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  snapshot = snapshotOf(GROUPS, 1);
  engine = createEngine({
    registry: { snapshot: () => snapshot, refresh: async () => {} },
    storeFor: ({ dbType }) => (dbType === "embedded" ? store : undefined),
    processCaches: new Map(),
    distributedCacheFor: () => undefined,
    onStoreFailure: "unavailable",
    storeTimeoutMs: 60_000,
    distributedTimeoutMs: 100,
    now: Date.now,
    random: () => 0.5,
    metrics: new MetricsRegistry(),
    log: createLogger({ service: "test", level: "ERROR" }),
  });
  format = blockFormat(engine);
});

/** A 64-bit number in the form that the protobuf library takes. */
type Long = NonNullable<persist.IValues["int64Values"]>[number];
const long = (value: number): Long => ({ low: value, high: value >> 31, unsigned: false }) as Long;

let keyCount = 0;
const newKey = (): string => `key-${keyCount++}`;

function record(value: Uint8Array | undefined): SourceRecord {
  return {
    topic: "t",
    partition: 0,
    offset: 0,
    key: undefined,
    value,
    headers: [],
    timestampMs: 1,
  };
}

function message(
  group: keyof typeof GROUPS,
  ...rows: (readonly [key: string, values: persist.IValues])[]
): Uint8Array {
  return persist.Query.encode({
    entityLabel: "user",
    keysSchema: ["id"],
    featureGroupSchema: [{ label: group, featureLabels: Object.keys(GROUPS[group].versions[0]) }],
    data: rows.map(([key, values]) => ({ keyValues: [key], featureValues: [{ values }] })),
  }).finish();
}

function fault(bytes: Uint8Array | undefined): MessageFault {
  try {
    format.prepare(record(bytes), T0);
  } catch (error) {
    if (error instanceof MessageFault) return error;
    throw error;
  }
  throw new Error("the record was prepared");
}

async function write(bytes: Uint8Array, writeTimeMicros = T0): Promise<void> {
  const { faults, writes } = format.prepare(record(bytes), writeTimeMicros);
  expect(faults).toEqual([]);
  const limits = {
    deadlineMs: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
  };
  expect(await format.write(writes, limits)).toEqual(writes.map(() => undefined));
}

/** The decoded columns of one key. */
async function read(group: keyof typeof GROUPS, key: string): Promise<readonly string[]> {
  const featureLabels = Object.keys(GROUPS[group].versions[0]);
  const request = retrieve.Query.encode({
    entityLabel: "user",
    keysSchema: ["id"],
    featureGroups: [{ label: group, featureLabels }],
    keys: [{ cols: [key] }],
  }).finish();
  const context = {
    callerId: "test",
    deadlineMs: Number.POSITIVE_INFINITY,
    signal: undefined,
    entities: undefined,
  };
  const { response } = await engine.retrieveDecoded(request, context);
  return retrieve.DecodedResult.decode(response).rows[0]?.columns ?? [];
}

test("it is a format of records, as the loop takes it", () => {
  const asFormat: RecordFormat = format as RecordFormat;
  expect(asFormat.name).toBe("block");
});

describe("containers of clients that know few of them", () => {
  const lenient: [string, keyof typeof GROUPS, persist.IValues, string[]][] = [
    ["the Java converter's fp64_values for FP32", "fp32", { fp64Values: [0.1, -2] }, ["0.1", "-2"]],
    ["fp64_values for FP16", "fp16", { fp64Values: [0.5, 65_504] }, ["0.5", "65504"]],
    ["the Python SDK's fp32_values for FP64", "fp64", { fp32Values: [0.1, 3] }, ["0.1", "3"]],
    ["int64_values for Int8", "int8", { int64Values: [long(-128), long(127)] }, ["-128", "127"]],
    ["int32_values for Uint64", "uint64", { int32Values: [0, 7] }, ["0", "7"]],
    [
      "vectors flattened, in label order",
      "vectors",
      { fp64Values: [1, 2, 3, 4, 5] },
      ["1:2", "3:4:5"],
    ],
    [
      "the proper container of vectors",
      "vectors",
      { vector: [{ values: { fp32Values: [1, 2] } }, { values: { fp64Values: [3, 4, 5] } }] },
      ["1:2", "3:4:5"],
    ],
    ["flat bools", "bools", { boolValues: [true, false, true] }, ["1:0", "1"]],
  ];

  test.each(lenient)("%s", async (_, group, values, expected) => {
    const key = newKey();
    await write(message(group, [key, values]));
    const persisted = newKey();
    const context = { callerId: "t", deadlineMs: Infinity, signal: undefined, entities: undefined };
    await engine.persist(message(group, [persisted, values]), context);
    const found = await read(group, key);
    expect(found).toEqual(await read(group, persisted));
    expect(found).toEqual(expected);
  });

  test("a container that loses something stays a fault of its row", () => {
    const bytes = message(
      "int8",
      ["1", { int64Values: [long(128), long(0)] }],
      ["2", { int64Values: [long(127), long(0)] }],
      ["3", { fp64Values: [1, 2] }],
    );
    const { faults, writes } = format.prepare(record(bytes), T0);
    expect(faults.map(({ row }) => row)).toEqual([0, 2]);
    expect(faults[0]?.error.message).toMatch(/data\[0\].*feature a: value 128/);
    expect(writes.map(({ row }) => row)).toEqual([1]);
  });
});

describe("write times", () => {
  test("an older message does not replace a newer one, though it comes later", async () => {
    const key = newKey();
    await write(message("fp32", [key, { fp32Values: [2, 2] }]), T0 + 1);
    await write(message("fp32", [key, { fp32Values: [1, 1] }]), T0);
    expect(await read("fp32", key)).toEqual(["2", "2"]);
  });

  test("a value that has expired by now replaces an older one that would last", async () => {
    const [replaced, kept] = [newKey(), newKey()];
    snapshot = snapshotOf({ ...GROUPS, short: { ...GROUPS.short, ttlSeconds: 0 } }, 2);
    for (const key of [replaced, kept]) {
      await write(message("short", [key, { int32Values: [5] }]), T0 - 2 * HOUR_MICROS);
    }
    snapshot = snapshotOf(GROUPS, 3);
    await write(message("short", [replaced, { int32Values: [6] }]), T0 - HOUR_MICROS);
    expect(await read("short", replaced)).toEqual(["0"]);
    expect(await read("short", kept)).toEqual(["5"]);
  });
});

describe("faults of the whole message", () => {
  test("a record without value is poison", () => {
    expect(fault(undefined)).toMatchObject({
      kind: "poison",
      field: "value",
      message: "the record has no value",
    });
  });

  test.each([
    ["an empty value", new Uint8Array(0)],
    ["bytes of another format", Buffer.from('{"user":1}')],
    ["a compressed message", Buffer.from("1f8b0800000000000003", "hex")],
  ])("%s is poison", (_, bytes) => {
    expect(fault(bytes)).toMatchObject({ kind: "poison", missing: undefined });
  });

  test("what the registry lacks is named, with the field", () => {
    const bytes = persist.Query.encode({ entityLabel: "later", keysSchema: ["id"] }).finish();
    expect(fault(bytes)).toMatchObject({
      kind: "registry",
      missing: "entity later",
      field: "entity_label",
      message: "invalid entity later: entity later not found",
      cause: { code: "NOT_FOUND" },
    });
  });

  test("a store without connection", () => {
    expect(fault(message("elsewhere", ["1", { int32Values: [1] }]))).toMatchObject({
      kind: "store",
      cause: { code: "FAILED_PRECONDITION" },
    });
  });
});

describe("encoding some rows again", () => {
  const rows: [string, persist.IValues][] = [
    ["0", { fp32Values: [1.5, Number.NaN] }],
    ["1", { fp64Values: [2, 3] }],
    ["2", { stringValues: ["x"] }],
    ["3", {}],
  ];
  const bytes = message("fp32", ...rows);

  test("gives a message of these rows, good or bad, as they were", () => {
    const { encodeRows, faults, subject } = format.prepare(record(bytes), T0);
    expect(subject).toBe("user");
    expect(faults.map(({ row }) => row)).toEqual([2, 3]);
    const again = Buffer.from(encodeRows([1, 3]));
    const expected = Buffer.from(message("fp32", ...[1, 3].map((row) => rows[row] as never)));
    expect(persist.Query.decode(again)).toEqual(persist.Query.decode(expected));
  });

  test("of all rows prepares as the whole did", () => {
    const prepared = format.prepare(record(bytes), T0);
    const again = format.prepare(record(prepared.encodeRows([0, 1, 2, 3])), T0);
    expect(again.writes.map(({ stored }) => stored)).toEqual(
      prepared.writes.map(({ stored }) => stored),
    );
    expect(again.faults.map(({ error }) => error.message)).toEqual(
      prepared.faults.map(({ error }) => error.message),
    );
  });

  test("64-bit integers, strings, bools and vectors survive", () => {
    const cases: [keyof typeof GROUPS, persist.IValues][] = [
      ["uint64", { uint64Values: [long(0), long(-1)] }],
      ["texts", { stringValues: ["", "žž"] }],
      ["bools", { vector: [{ values: { boolValues: [true, false] } }, {}] }],
    ];
    for (const [group, values] of cases) {
      const whole = message(group, ["1", values]);
      const { encodeRows } = format.prepare(record(whole), T0);
      expect(persist.Query.decode(encodeRows([0]))).toEqual(persist.Query.decode(whole));
    }
  });

  test("a row that the message does not have is our own fault", () => {
    const { encodeRows } = format.prepare(record(bytes), T0);
    expect(() => encodeRows([4])).toThrow("row 4 of a message with 4 rows");
  });
});
