import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SinkError } from "@ofs/ingest";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { headerText } from "./support/memory-sink.ts";
import { TestPopulator } from "./support/test-populator.ts";
import { type Columns, TestTable } from "./support/test-table.ts";

/** The populator in this process: its own database, tables on disk, a log in memory. */
const COLUMNS = { user_id: "string", a: "long", b: "long" };
const ROWS = 10_000;
const START_TIMEOUT_MS = 60_000;
/** The first table starts the threads that decode files. */
const LIMIT = { timeout: 120_000 };

let populator: TestPopulator;

let tableCount = 0;

beforeAll(async () => {
  populator = await TestPopulator.start();
}, START_TIMEOUT_MS);

afterAll(() => populator.close(), START_TIMEOUT_MS);

afterEach(async () => {
  await populator.call("DELETE", "/table?name=users");
  populator.sink.forget();
});

function newTable(columns: Columns = COLUMNS): TestTable {
  tableCount += 1;
  return new TestTable(join(populator.folder, `table-${tableCount}`), columns);
}

function rows(from: number, to: number): string {
  return `select 'u' || i as user_id, i as a, i * 2 as b from range(${from}, ${to}) t(i)`;
}

function request(table: TestTable, more: object = {}): object {
  const range = { startVersion: 0, endVersion: 0 };
  return { tableName: "users", path: table.path, entityLabel: "user", ...range, ...more };
}

function sentKeys(): string[] {
  return populator.sink.blockRows().map(({ keyValues }) => keyValues[0] as string);
}

async function metric(series: RegExp): Promise<number> {
  const { body } = await populator.call("GET", "/metrics");
  return Number(series.exec(body)?.[1]);
}

function workSeconds(phase: string): Promise<number> {
  return metric(
    new RegExp(`^ofs_populator_work_seconds_total\\{[^}]*phase="${phase}"[^}]*\\} (\\S+)$`, "m"),
  );
}

describe("a run", LIMIT, () => {
  it("sends every row of a version once, with the version's time, and counts them", async () => {
    const table = newTable();
    await table.commit(rows(0, ROWS), rows(ROWS, ROWS + 1));
    const startedMs = Date.now();
    const { status, body } = await populator.call("POST", "/table/read", request(table));
    expect([status, body.data]).toMatchObject([
      200,
      { tableName: "users", topicName: "online-feature-store.feature_ingestion", watch: false },
    ]);
    const done = await populator.whenState("users", "COMPLETED");
    expect(done).toMatchObject({ sentCount: ROWS + 1, rejectedCount: 0, openFileCount: 0 });
    const keys = sentKeys();
    expect(keys).toHaveLength(ROWS + 1);
    expect(new Set(keys).size).toBe(ROWS + 1);
    const row = populator.sink.blockRows().find(({ keyValues }) => keyValues[0] === "u7");
    expect(row?.featureValues[0]?.int64Values).toEqual([7n, 14n]);
    const [record] = populator.sink.records;
    const writeTimeMs = Number(record && headerText(record, "write-time"));
    expect(writeTimeMs).toBeGreaterThan(startedMs - 60_000);
    expect(writeTimeMs).toBeLessThanOrEqual(Date.now());
    expect(record && headerText(record, "run-id")).toMatch(/^run-\d{4}-\d{2}-\d{2}-/);
  });

  it("goes from version to version, each later than the one before", async () => {
    const table = newTable();
    for (const [from, to] of [
      [0, 10],
      [10, 30],
      [30, 60],
    ] as const) {
      await table.commit(rows(from, to));
    }
    const range = { startVersion: 1, endVersion: 2 };
    await populator.call("POST", "/table/read", request(table, range));
    const done = await populator.whenState("users", "COMPLETED");
    expect(done).toMatchObject({ sentCount: 50, currentVersion: 2 });
    const times = populator.sink.records.map((record) => Number(headerText(record, "write-time")));
    expect(times[0]).toBeLessThan(times.at(-1) as number);
  });

  it("of a snapshot sends what a table holds at a version", async () => {
    const table = newTable();
    await table.commit(rows(0, 10));
    await table.commit(rows(10, 15));
    const snapshot = { mode: "snapshot", startVersion: undefined, endVersion: undefined };
    await populator.call("POST", "/table/read", request(table, snapshot));
    await populator.whenState("users", "COMPLETED");
    expect(new Set(sentKeys()).size).toBe(15);
  });

  it("sends the rows that the filter selects, and leaves null features out", async () => {
    const table = newTable();
    await table.commit(
      "select * from (values ('x', 1, 2), ('y', 5, null), ('z', 9, 9)) t(user_id, a, b)",
    );
    const filter = [{ column: "a", operator: ">", value: "4" }];
    await populator.call("POST", "/table/read", request(table, { filter }));
    const done = await populator.whenState("users", "COMPLETED");
    expect(done).toMatchObject({ sentCount: 2, skippedCount: 1 });
    const sent = populator.sink
      .blockRows()
      .map(({ keyValues, featureValues }) => [keyValues[0], featureValues[0]?.int64Values]);
    expect(sent.sort()).toEqual([
      ["y", [5n]],
      ["z", [9n, 9n]],
    ]);
  });

  it("that watches sends new versions as they come", async () => {
    const table = newTable();
    await table.commit(rows(0, 5));
    await populator.call(
      "POST",
      "/table/read",
      request(table, { endVersion: undefined, watch: true }),
    );
    await populator.whenState("users", "PENDING");
    await table.commit(rows(5, 12));
    await waitForKeys(12);
    expect((await populator.status("users")).currentVersion).toBe(1);
  });
});

async function waitForKeys(count: number): Promise<void> {
  await expect.poll(() => new Set(sentKeys()).size, { timeout: 60_000 }).toBe(count);
}

describe("rows that cannot be sent", LIMIT, () => {
  const query =
    "select case when i % 10 = 0 then null else 'u' || i end as user_id, i as a, i as b from range(100) t(i)";

  it("are counted by cause with examples, and written to a file", async () => {
    const table = newTable();
    await table.commit(query);
    await populator.call("POST", "/table/read", request(table));
    const done = await populator.whenState("users", "COMPLETED");
    expect(done).toMatchObject({ sentCount: 90, rejectedCount: 10 });
    expect(done.rejects).toMatchObject([{ cause: "null-key user_id", rowCount: 10 }]);
    expect(done.rejects[0].samples[1]).toMatchObject({ row: 10, reason: "key user_id is null" });
    const lines = readFileSync(join(done.rejectsFolder, "0.ndjson"), "utf8").trim().split("\n");
    expect(lines).toHaveLength(10);
    expect(JSON.parse(lines[1] as string)).toMatchObject({ row: 10, cause: "null-key user_id" });
  });

  it("fail the run when they are too many, which says why", async () => {
    const table = newTable();
    await table.commit(query);
    await populator.call("POST", "/table/read", request(table, { maxRejects: 9 }));
    const { error } = await populator.whenState("users", "FAILED");
    expect(error).toBe(
      "more than 9 rows cannot be sent (null-key user_id: 10 rows, for example key user_id is null)",
    );
  });
});

describe("what stands in the way", LIMIT, () => {
  it("of a log that is away is tried again; nothing is lost and nothing counted twice", async () => {
    const table = newTable();
    await table.commit(rows(0, ROWS));
    let failures = 2;
    populator.sink.beforeProduce = async () => {
      if (failures-- > 0) throw new SinkError("UNAVAILABLE", "no broker");
    };
    await populator.call("POST", "/table/read", request(table));
    const done = await populator.whenState("users", "COMPLETED");
    expect(done.sentCount).toBe(ROWS);
    expect(new Set(sentKeys()).size).toBe(ROWS);
  });

  it("of a restart is a batch at most; the rest goes on where it was", async () => {
    const table = newTable();
    await table.commit(rows(0, 3 * ROWS));
    let reached: () => void = () => undefined;
    const middle = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let isHeld = true;
    populator.sink.beforeProduce = async () => {
      if (populator.sink.blockRows().length < ROWS) return;
      reached();
      if (isHeld) throw new SinkError("UNAVAILABLE", "no broker");
    };
    await populator.call("POST", "/table/read", request(table));
    await middle;
    await populator.stop();
    isHeld = false;
    await populator.start();
    const done = await populator.whenState("users", "COMPLETED");
    expect(done.sentCount).toBe(3 * ROWS);
    expect(sentKeys()).toHaveLength(3 * ROWS);
    expect(new Set(sentKeys()).size).toBe(3 * ROWS);
  });
});

describe("a run's states", LIMIT, () => {
  it("can be paused and resumed, cancelled, reset, replaced and removed", async () => {
    const table = newTable();
    await table.commit(rows(0, 5));
    const watching = request(table, { endVersion: undefined, watch: true });
    await populator.call("POST", "/table/read", watching);
    await populator.whenState("users", "PENDING");
    const post = (path: string) => populator.call("POST", `/table/${path}?name=users`);
    expect((await post("pause")).status).toBe(200);
    await table.commit(rows(5, 9));
    expect((await populator.status("users")).state).toBe("PAUSED");
    expect((await post("pause")).status).toBe(412);
    expect((await post("resume")).status).toBe(200);
    await waitForKeys(9);
    expect((await post("reset")).body).toEqual({ data: { name: "users" } });
    await expect.poll(() => sentKeys().length, { timeout: 60_000 }).toBe(18);
    expect((await post("cancel")).status).toBe(200);
    expect((await post("resume")).status).toBe(412);
    await populator.call("POST", "/table/read", request(table));
    expect((await populator.whenState("users", "COMPLETED")).sentCount).toBe(5);
    expect((await populator.call("DELETE", "/table?name=users")).status).toBe(200);
    expect((await populator.call("GET", "/table/status?name=users")).status).toBe(404);
  });
});

describe("a request", LIMIT, () => {
  it("is refused before anything is kept, naming field and value", async () => {
    const table = newTable({
      user_id: "string",
      a: "double",
      c: "long",
    });
    await table.commit("select 'x' as user_id, 1.5::double as a, 1 as c");
    const refused = async (more: object) => {
      const { status, body } = await populator.call("POST", "/table/read", request(table, more));
      return [status, body.error.message];
    };
    const { status, body } = await populator.call("POST", "/table/read", request(table));
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: "InvalidArgument" });
    expect(body.error.columns).toEqual([
      { column: "a", reason: "double cannot be sent as DataTypeInt64, feature numbers:a" },
      { column: "c", reason: "entity user has no key or feature c" },
    ]);
    expect(await refused({ endVersion: 1 })).toEqual([
      400,
      "endVersion 1 is beyond the latest version, 0",
    ]);
    expect(await refused({ entityLabel: "nobody" })).toEqual([
      404,
      "entity nobody: it is not registered",
    ]);
    expect(await refused({ schedule: "every day", endVersion: undefined })).toEqual([
      400,
      expect.stringMatching(/^schedule every day: /),
    ]);
    expect(await refused({ colour: 1 })).toEqual([400, expect.stringMatching(/colour/)]);
    expect((await populator.call("GET", "/table/list")).body).toEqual({ data: [] });
  });

  it("tells of tables", async () => {
    const table = newTable();
    await table.commit(rows(0, 1));
    const path = encodeURIComponent(table.path);
    expect((await populator.call("GET", `/table/latest-version?path=${path}`)).body).toEqual({
      data: { path: table.path, latestVersion: 0 },
    });
    const { body } = await populator.call("GET", `/table/schema?path=${path}`);
    expect(body.data.schema).toEqual({ user_id: "string", a: "long", b: "long" });
    const health = await populator.call("GET", "/healthcheck");
    expect([health.status, new Set(Object.values(health.body.data))]).toEqual([
      200,
      new Set(["HEALTHY"]),
    ]);
    const metrics = await populator.call("GET", "/metrics");
    expect(metrics.body).toMatch(/ofs_ready.* 1/);
  });

  it("tells what workers wait for while they wait, and where their time went", async () => {
    const table = newTable();
    await table.commit(rows(0, ROWS));
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const sending = new Promise<void>((resolve) => {
      populator.sink.beforeProduce = () => {
        resolve();
        return held;
      };
    });
    await populator.call("POST", "/table/read", request(table));
    await sending;
    const first = await workSeconds("log");
    const second = await workSeconds("log");
    expect(second).toBeGreaterThan(first);
    const [storage, encode] = [await workSeconds("storage"), await workSeconds("encode")];
    // Nothing else goes on meanwhile.
    expect([await workSeconds("storage"), await workSeconds("encode")]).toEqual([storage, encode]);
    answer();
    await populator.whenState("users", "COMPLETED");
    const ended = await workSeconds("log");
    expect(await workSeconds("log")).toBe(ended);
    for (const phase of ["storage", "decode", "encode", "database"]) {
      expect(await workSeconds(phase), phase).toBeGreaterThan(0);
    }
    expect(await metric(/^ofs_populator_decode_seconds_total(?:\{.*\})? (\S+)$/m)).toBeGreaterThan(
      0,
    );
    // A table in a folder asks nothing of object storage.
    expect(await metric(/^ofs_populator_storage_received_bytes_total(?:\{.*\})? (\S+)$/m)).toBe(0);
  });
});
