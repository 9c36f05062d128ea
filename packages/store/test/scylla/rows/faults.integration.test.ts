import { connectScylla, type ScyllaConnection, ScyllaRowStore, ScyllaRowTables } from "@ofs/store";
import { serverAddress, startTcpProxy, type TcpProxy, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { uniqueName } from "../../fixtures.ts";
import { acknowledged, codesOf, T0, TestTable, upsert } from "../../rows/contract-tables.ts";
import { int, text } from "../../rows/sample-values.ts";
import { openTestKeyspace, type TestKeyspace } from "../scylla-fixtures.ts";

const ROW_COUNT = 40;
const DEADLINE_MS = 500;

let keyspace: TestKeyspace;
let proxy: TcpProxy;
let connection: ScyllaConnection;
let store: ScyllaRowStore;

const table = new TestTable(
  uniqueName("rows"),
  [
    { name: "k", type: "TEXT" },
    { name: "c", type: "INT" },
  ],
  [{ name: "v", type: "TEXT" }],
);
const K = text("k");
const rows = Array.from({ length: ROW_COUNT }, (_, index) =>
  upsert([K, int(index)], [text(`value ${index}`)]),
);
const keys = rows.map(({ key }) => key);

beforeAll(async () => {
  keyspace = await openTestKeyspace();
  await new ScyllaRowTables(keyspace.connection).ensure(table, table.columns, 0);
  proxy = await startTcpProxy({ target: serverAddress("cassandra") });
  const { host, port } = proxy;
  const contact = { contactPoints: [host], port, reconnectIntervalSeconds: 1 };
  connection = await connectScylla({ ...keyspace.options, ...contact });
  store = new ScyllaRowStore({ connection });
});

beforeEach(async () => {
  await proxy.heal();
  const isBack = async (): Promise<boolean> =>
    (await table.write(store, ["v"], rows)).every((outcome) => outcome === undefined);
  await waitUntil(isBack, { what: "the server to be reached again", timeoutMs: 30_000 });
});

afterAll(async () => {
  await connection.close();
  await proxy.close();
  await keyspace.drop();
});

test("a silent server is never taken for an empty one, and the deadline ends the wait", async () => {
  await proxy.inject({ kind: "stall" });
  const limits = { deadlineMs: Date.now() + DEADLINE_MS };
  const [found, first, outcomes] = await Promise.all([
    table.read(store, ["v"], keys, limits),
    table.read(store, ["v"], [[K], [text("other")]], limits),
    table.write(store, ["v"], rows, limits),
  ]);
  for (const codes of [found, first, outcomes].map(codesOf)) {
    expect(new Set(codes)).toEqual(new Set(["DEADLINE_EXCEEDED"]));
  }
});

test("an abort ends a read, a write and a scan while the server is silent", async () => {
  await proxy.inject({ kind: "stall" });
  const abort = new AbortController();
  const limits = { signal: abort.signal };
  const request = { table, columns: table.columns, keyPrefix: [K], pageSize: 5 };
  const scan = store.scan({ ...request, deadlineMs: Infinity, ...limits })[Symbol.asyncIterator]();
  const page = expect(scan.next()).rejects.toMatchObject({ code: "CANCELLED" });
  const pending = [table.read(store, ["v"], keys, limits), table.write(store, ["v"], rows, limits)];
  abort.abort();
  await page;
  for (const outcomes of await Promise.all(pending)) {
    expect(codesOf(outcomes)).toEqual(rows.map(() => "CANCELLED"));
  }
});

test("what is acknowledged is there, whenever the connection breaks", async () => {
  let time = T0 + 1;
  let acknowledgedTime = T0;
  for (let round = 0; round < 5; round++) {
    const write = table.write(
      store,
      ["v"],
      rows.map(({ key }) => upsert(key, [text(`time ${time}`)], time)),
      { deadlineMs: Date.now() + 5000 },
    );
    proxy.resetConnections();
    const outcomes = await write;
    for (const code of codesOf(outcomes)) {
      expect([undefined, "UNAVAILABLE", "DEADLINE_EXCEEDED"]).toContain(code);
    }
    if (outcomes.every((outcome) => outcome === undefined)) acknowledgedTime = time;
    time++;
  }
  const direct = new ScyllaRowStore({ connection: keyspace.connection });
  for (const [cell] of await table.scan(direct, ["v"], [K])) {
    const [, written] = /^(?:time|value) (\d+)$/.exec(String(cell)) ?? [];
    const stored = String(cell).startsWith("time") ? Number(written) : T0;
    expect(stored).toBeGreaterThanOrEqual(acknowledgedTime);
  }
});

test("a scan that loses the server says so, and ends", async () => {
  expect(await table.write(store, ["v"], rows)).toEqual(acknowledged(ROW_COUNT));
  const request = { table, columns: table.columns, keyPrefix: [K], pageSize: 5 };
  const scan = store.scan({ ...request, deadlineMs: Date.now() + 20_000 })[Symbol.asyncIterator]();
  expect((await scan.next()).value).toHaveLength(5);
  await proxy.inject({ kind: "refuse" });
  proxy.resetConnections();
  await expect(scan.next()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect((await scan.next()).done).toBe(true);
});
