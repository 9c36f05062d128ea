import { createLogger } from "@ofs/platform";
import { MemoryRegistrySource } from "@ofs/registry";
import { serverAddress, startTcpProxy, type TcpProxy, waitUntil } from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { entityOf, groupOf } from "../../../../packages/rows/test/support/row-objects.ts";
import { type ApiServer, startApiServer } from "../../src/api-server.ts";
import { loadConfig } from "../../src/config.ts";
import { PARTITION, partitionOf, READ, readOf, WRITE, writeOf } from "./contract/row-world.ts";
import {
  connectionEnv,
  type PreparedRows,
  prepareCassandraRows,
} from "./support/cassandra-rows.ts";
import { ask, type Reply } from "./support/row-server.ts";

/*
 * Two tenants on one Cassandra: `far` is reached through a proxy that misbehaves. No time-out of the server ends anything here.
 */

const HELD = 100;
const MAX_IN_FLIGHT = 150;

vi.setConfig({ testTimeout: 120_000 });

const USER = entityOf("user", { user_id: "INT", season: "INT" }, ["user_id", "season"]);
const COLUMNS = { wins: "BIGINT", badge: "TEXT" } as const;
const GROUPS = [
  groupOf("user_stats", "user", COLUMNS),
  groupOf("far_stats", "user", COLUMNS, { tenant: { read: "far", write: "far" } }),
  groupOf("both_stats", "user", COLUMNS, { tenant: { read: "far" } }),
];

let proxy: TcpProxy;
let rows: PreparedRows;
let server: ApiServer;

beforeAll(async () => {
  proxy = await startTcpProxy({ target: serverAddress("cassandra") });
  rows = await prepareCassandraRows([USER], GROUPS, {
    STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: "1,2",
    ...connectionEnv(2, proxy),
    STORAGE_SCYLLA_2_RECONNECT_INTERVAL: "1",
    STORAGE_SCYLLA_2_CONNECT_TIMEOUT_IN_MS: "60000",
    STORAGE_SCYLLA_2_TIMEOUT_IN_MS: "120000",
    STORE_TIMEOUT_MS: "120000",
    ROW_TENANT_CONFIG_IDS: "default-tenant:1,far:2",
    STORE_MAX_IN_FLIGHT: String(MAX_IN_FLIGHT),
  });
  server = await startApiServer(loadConfig(rows.env), {
    log: createLogger({ service: "t", level: "DISABLED" }),
    metrics: new Registry(),
    registrySource: new MemoryRegistrySource({}),
  });
  for (const featureGroupName of ["user_stats", "far_stats", "both_stats"]) {
    const { json } = await post(WRITE, writeOf([[1, 1, 1, "a"]], { featureGroupName }));
    expect(json.data.successfulRows).toHaveLength(1);
  }
}, 240_000);

afterEach(() => proxy.heal());

afterAll(async () => {
  await server?.close();
  await rows?.drop();
  await proxy?.close();
}, 240_000);

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  ask(server.rowPort ?? 0, "POST", path, body, headers);

const FAR = { featureGroupName: "far_stats" };
const KEY = [[1, 1]];

async function inFlight(tenant: string): Promise<number> {
  const { text } = await ask(server.rowPort ?? 0, "GET", "/metrics");
  const pattern = new RegExp(`^ofs_row_store_in_flight\\{tenant="${tenant}"\\} (\\d+)`, "m");
  return Number(pattern.exec(text)?.[1] ?? 0);
}

test("reads, writes and partition reads of one tenant go on while another's store hangs; beyond its bound calls fail at once", async () => {
  await proxy.inject({ kind: "stall" });
  let answered = 0;
  const held = Array.from({ length: HELD }, async () => {
    const reply = await post(READ, readOf(KEY, FAR));
    answered += 1;
    return reply.status;
  });
  await waitUntil(async () => (await inFlight("far")) === HELD, {
    what: `${HELD} calls that hang`,
    timeoutMs: 60_000,
  });
  for (let round = 0; round < 4; round++) {
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, at) => [
        post(READ, readOf(KEY)),
        post(WRITE, writeOf([[2 + at, round, 1, "b"]])),
        post(PARTITION, partitionOf([1])),
      ]).flat(),
    );
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
  }
  expect(answered).toBe(0);
  const refused: Reply[] = [];
  const more = Array.from({ length: MAX_IN_FLIGHT }, async () => {
    const reply = await post(READ, readOf(KEY, FAR));
    if (reply.status !== 200) refused.push(reply);
    return reply.status;
  });
  await waitUntil(() => refused.length === HELD, { what: "refusals", timeoutMs: 60_000 });
  for (const { status, json } of refused) {
    expect([status, json.error.code]).toEqual([503, "UNKNOWN_EXCEPTION"]);
    expect(json.error.message).toContain(`STORE_MAX_IN_FLIGHT is ${MAX_IN_FLIGHT}`);
  }
  await proxy.heal();
  expect(await Promise.all(held)).toEqual(held.map(() => 200));
  const admitted = (await Promise.all(more)).filter((status) => status === 200);
  expect(admitted).toHaveLength(MAX_IN_FLIGHT - HELD);
});

test("a replicated write counts where both stores took it; without the other one it fails, unless only one is asked", async () => {
  await proxy.inject({ kind: "refuse" });
  const both = writeOf([[1, 1, 7, "both"]], { featureGroupName: "both_stats" });
  const failed = await post(WRITE, both);
  expect([failed.status, failed.json.error.code]).toEqual([503, "UNKNOWN_EXCEPTION"]);
  const alone = await post(WRITE, both, { "replicate-write": "false" });
  expect([alone.status, alone.json.data.successfulRows.length]).toEqual([200, 1]);
  const read = await post(READ, readOf(KEY, { featureGroupName: "both_stats" }));
  expect([read.status, read.json.error.code]).toEqual([503, "UNKNOWN_EXCEPTION"]);
  expect((await post(READ, readOf(KEY))).status).toBe(200);
  await proxy.heal();
  await waitUntil(async () => (await post(WRITE, both)).status === 200, {
    what: "the other store",
    timeoutMs: 60_000,
  });
});
