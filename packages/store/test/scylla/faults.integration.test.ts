import { connectScylla, ScyllaBlockStore, type ScyllaOptions } from "@ofs/store";
import { type PrivateServer, startCassandra, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { entity, featureGroup, storeDefinition, textBlock } from "../fixtures.ts";
import { openTestKeyspace, type TestKeyspace } from "./scylla-fixtures.ts";

const T0 = 1_750_000_000_000_000;

const scores = featureGroup({ label: "scores", id: 0 });
const table = {
  entity: entity("user", ["user_id"], [scores]),
  store: storeDefinition({ dbType: "scylla", table: "users" }),
};
const keys = Array.from({ length: 30 }, (_, index) => [`u${index}`]);

/** Small enough that a batch of the rows below is refused. */
const SMALL_BATCHES = ["batch_size_warn_threshold: 1KiB", "batch_size_fail_threshold: 2KiB"];

let server: PrivateServer;
let keyspace: TestKeyspace;
let store: ScyllaBlockStore;

beforeAll(async () => {
  server = await startCassandra({ settings: SMALL_BATCHES });
  keyspace = await openTestKeyspace(server.address);
  store = new ScyllaBlockStore({ connection: keyspace.connection });
  await store.prepare(table, [scores]);
  expect(await write(store)).toEqual(keys.map(() => undefined));
}, 180_000);

afterAll(async () => {
  server.resume();
  await keyspace.connection.close();
  await server.close();
}, 60_000);

function read(from: ScyllaBlockStore, deadlineMs = Number.POSITIVE_INFINITY) {
  return from.read({ ...table, groups: [scores], keys, deadlineMs });
}

function write(to: ScyllaBlockStore, deadlineMs = Number.POSITIVE_INFINITY, sizeBytes = 20) {
  const rows = keys.map((key) => ({ key, blocks: [textBlock("x".repeat(sizeBytes))] }));
  return to.write({ ...table, groups: [scores], rows, writeTimeMicros: T0, deadlineMs });
}

async function openStore(options: Partial<ScyllaOptions>): Promise<ScyllaBlockStore> {
  const connection = await connectScylla({ ...keyspace.options, ...options });
  return new ScyllaBlockStore({ connection });
}

function codesOf(outcomes: readonly unknown[]): Set<unknown> {
  return new Set(outcomes.map((outcome) => (outcome as { code?: string } | undefined)?.code));
}

test("rows of a batch that the server finds too large are written one by one", async () => {
  expect(await write(store, Number.POSITIVE_INFINITY, 900)).toEqual(keys.map(() => undefined));
  const cells = await read(store);
  expect(cells.map((cell) => (cell as Uint8Array).length)).toEqual(keys.map(() => 909));
});

test("a stalled server is never taken for an empty one: reads and writes end at the deadline", async () => {
  server.pause();
  try {
    const startMs = Date.now();
    const [cells, outcomes] = await Promise.all([
      read(store, startMs + 300),
      write(store, startMs + 300),
    ]);
    expect(codesOf(cells)).toEqual(new Set(["DEADLINE_EXCEEDED"]));
    expect(codesOf(outcomes)).toEqual(new Set(["DEADLINE_EXCEEDED"]));
    expect(Date.now() - startMs).toBeLessThan(5000);
  } finally {
    server.resume();
  }
});

test("without a deadline the connection's own timeout ends them", async () => {
  const impatient = await openStore({ timeoutMs: 200 });
  server.pause();
  try {
    const [cells, outcomes] = await Promise.all([read(impatient), write(impatient)]);
    expect(codesOf(cells)).toEqual(new Set(["UNAVAILABLE"]));
    expect(codesOf(outcomes)).toEqual(new Set(["UNAVAILABLE"]));
    await expect(impatient.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  } finally {
    server.resume();
  }
  await impatient.close();
});

test("a cancelled request ends while the server is silent", async () => {
  server.pause();
  try {
    const controller = new AbortController();
    const request = { ...table, groups: [scores], keys, deadlineMs: Number.POSITIVE_INFINITY };
    const reading = store.read({ ...request, signal: controller.signal });
    controller.abort();
    expect(codesOf(await reading)).toEqual(new Set(["CANCELLED"]));
  } finally {
    server.resume();
  }
});

test("a server that is gone is unavailable, and is found again when it is back", async () => {
  const patient = await openStore({ reconnectIntervalSeconds: 1 });
  await server.kill();
  const outcomes = await Promise.all([read(patient), write(patient)]);
  expect(outcomes.map(codesOf)).toEqual([new Set(["UNAVAILABLE"]), new Set(["UNAVAILABLE"])]);
  await expect(patient.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });

  await server.restart();
  // The driver fills its pool again bit by bit: a call may still find it empty, and says so as an outage.
  const seen = new Set<unknown>();
  const works = async (call: () => Promise<readonly unknown[]>): Promise<boolean> => {
    const codes = codesOf(await call());
    for (const code of codes) seen.add(code);
    return codes.size === 1 && codes.has(undefined);
  };
  const timeoutMs = 60_000;
  await waitUntil(() => works(() => write(patient)), {
    what: "cassandra to take writes",
    timeoutMs,
  });
  await waitUntil(() => works(() => read(patient)), { what: "cassandra to be read", timeoutMs });
  seen.delete("UNAVAILABLE");
  expect(seen).toEqual(new Set([undefined]));
  const cells = await read(patient);
  expect(cells.every((cell) => cell instanceof Uint8Array)).toBe(true); // what was written before, too
  await patient.close();
}, 180_000);
