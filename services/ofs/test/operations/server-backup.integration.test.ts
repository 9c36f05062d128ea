import { type OfsClient, OfsClientError } from "@ofs/client";
import { persistQueryFromJson } from "@ofs/http";
import { connectScylla } from "@ofs/store";
import { installOperatorPrograms, waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  ENTITY,
  GROUP,
  KEY,
  messageOf,
  type Place,
  type Row,
  readRow,
  STEADY,
  writeRow,
} from "../live/feature-rows.ts";
import { feature, groundwork, registerGroup } from "../live/registrations.ts";
import { SERVER_STORES } from "../live/server-fleet.ts";
import { call, entityBody, groupBody } from "../rows/darwin-client.ts";
import {
  APP_NAME,
  type BackedUpServers,
  KEYSPACES,
  type RunningServices,
  startServers,
  startServices,
} from "./backed-up-fleet.ts";
import { positions, readEverything, writeRows } from "./everything.ts";
import { GuideCommands } from "./guide-commands.ts";
import { type CassandraCells, cassandraCells, etcdEntries, mysqlRows } from "./server-state.ts";

/** All of it takes about a minute on a machine that has nothing else to do. */
const TIMEOUT_MS = 600_000;
const CONSUMED_MS = 60_000;
const LABELS = ["a", "b"] as const;
/** Over before all is restored. */
const FLEETING_SECONDS = 15;
const VISITS_TTL_SECONDS = 3600;
/** Between two looks at one expiry: Cassandra says it in whole seconds. */
const EXPIRY_SLACK_SECONDS = 2;
/** What a message of before the test is older by. */
const OLDER_MS = 60_000;
const FLEETING: Place = { entity: ENTITY, group: "fleeting" };
/** Approved when etcd had been copied and MySQL had not; so is {@link LATE_ROWS}. */
const LATE: Place = { entity: ENTITY, group: "late" };
const LATE_ROWS = "late_rows";
const DEFAULTS: Row = { a: 0.5, b: 0.25 };
const FEATURES = [feature("a", 0.5), feature("b", 0.25)];

let servers: BackedUpServers;
let guide: GuideCommands;
/** Why a program of operators cannot be had here. */
let missing: string | undefined;
const startedAtMs = Date.now();
const endings: (() => Promise<void>)[] = [];

// Of each attempt: one that failed leaves everything half wiped.
beforeEach(async () => {
  try {
    await installOperatorPrograms();
  } catch (error) {
    missing = error instanceof Error ? error.message : String(error);
    return;
  }
  servers = await startServers();
  guide = new GuideCommands(servers.settings, servers.programFolders);
}, TIMEOUT_MS);

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
  await servers?.close();
}, TIMEOUT_MS);

function rowOf(n: number): Row {
  return { a: n, b: -n };
}

async function produce(key: string, row: Row, timestampMs = Date.now()): Promise<void> {
  const message = persistQueryFromJson(JSON.stringify(messageOf(STEADY, key, row)));
  await servers.topic.produce([message], { timestampMs });
}

async function produceDelete(key: string): Promise<void> {
  const body = { entity_label: ENTITY, keys_schema: [KEY], data: [{ key_values: [key] }] };
  const headers = [["operation", Buffer.from("delete")]] as const;
  await servers.topic.produce([persistQueryFromJson(JSON.stringify(body))], { headers });
}

async function whenConsumed({ origins }: RunningServices): Promise<void> {
  await waitUntil(
    async () => {
      const all = Object.values(await positions(origins.consumer)) as Record<string, unknown>[];
      return all.length > 0 && all.every(({ committed, endOffset }) => committed === endOffset);
    },
    { what: "all messages", timeoutMs: CONSUMED_MS },
  );
}

async function registerInRows(
  { origins }: RunningServices,
  path: "/entity" | "/feature-group",
  body: object,
): Promise<void> {
  const { status, text } = await call(origins.horizon, "POST", path, body);
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
}

async function writeToRows({ origins }: RunningServices, group: string, wins: number) {
  const { status, text } = await call(origins.api, "POST", "/feature-group/write-features-v2", {
    featureGroupName: group,
    features: { names: ["id", "wins"], values: [[1, wins]] },
  });
  if (status !== 200) throw new Error(`${group}: ${status} ${text}`);
}

/** Resolves when the api-server, which follows the registry, knows the group. */
async function registerBlockGroup(services: RunningServices, group: string, ttl: number) {
  const { client, operator } = services;
  const request = registerGroup(SERVER_STORES, ENTITY, group, 1, FEATURES);
  const body = { ...request.body, "ttl-in-seconds": ttl };
  await operator.approve(request, await operator.submit({ ...request, body }));
  await waitUntil(async () => (await presenceOf(client, group)) !== undefined, {
    what: `the api-server to know ${group}`,
  });
}

/** What is stored of a key in a group; undefined for a group that is not known. */
async function presenceOf(client: OfsClient, group: string): Promise<string | undefined> {
  const request = { entity: ENTITY, keys: [["old1"]], groups: [group] };
  const states = await client.inspect(request).catch((error: unknown) => {
    if (error instanceof OfsClientError && error.code === "NOT_FOUND") return undefined;
    throw error;
  });
  return states?.[0]?.[0]?.presence;
}

/** Both dialects, rows that expire, a row that was deleted, and a table without rows. */
async function fill(services: RunningServices): Promise<void> {
  const { operator, client } = services;
  for (const request of groundwork(SERVER_STORES)) {
    await operator.approve(request, await operator.submit(request));
  }
  await registerBlockGroup(services, FLEETING.group, FLEETING_SECONDS);
  await writeRows(services);
  const visits = entityBody("visits", { id: "BIGINT" }, VISITS_TTL_SECONDS);
  await registerInRows(services, "/entity", visits);
  await registerInRows(
    services,
    "/feature-group",
    groupBody("visit_counts", "visits", { wins: "INT" }),
  );
  await writeToRows(services, "visit_counts", 7);
  await registerInRows(services, "/entity", entityBody("nobody", { id: "BIGINT" }));
  for (let n = 1; n <= 5; n += 1) await writeRow(client, STEADY, `old${n}`, rowOf(n));
  await writeRow(client, FLEETING, "old1", rowOf(1));
  await produce("producer-0", rowOf(10));
  await produce("writer0-0", rowOf(11));
  await produceDelete("writer0-0");
  await whenConsumed(services);
}

/** What happens while a backup is made, between the copies of etcd and MySQL. */
async function changeBetween(services: RunningServices): Promise<void> {
  await registerBlockGroup(services, LATE.group, VISITS_TTL_SECONDS);
  await writeRow(services.client, LATE, "old1", rowOf(20));
  await registerInRows(
    services,
    "/feature-group",
    groupBody(LATE_ROWS, "players", { wins: "INT" }),
  );
  await writeToRows(services, LATE_ROWS, 8);
}

/** What no backup has: by way of Kafka, and through an api-server. */
async function changeAfter(services: RunningServices): Promise<void> {
  await produce("producer-0", rowOf(30));
  await produce("producer-1", rowOf(31));
  await produceDelete("old2");
  await writeRow(services.client, STEADY, "old3", rowOf(33));
  await whenConsumed(services);
}

/** Nothing is left of anything. */
async function wipe(): Promise<void> {
  const { cassandra, databases, etcd, probe } = servers;
  await probe.run(...databases.map((name) => `drop database ${name}`));
  // From the first key, past the last one.
  const all = JSON.stringify({ key: "AA==", range_end: "AA==" });
  const url = `http://${etcd.address.text}/v3/kv/deleterange`;
  const { status } = await fetch(url, { method: "POST", body: all });
  expect(status).toBe(200);
  const { host, port } = cassandra.address;
  const connection = await connectScylla({ contactPoints: [host], port, keyspace: "system" });
  for (const keyspace of KEYSPACES) await connection.client.execute(`DROP KEYSPACE ${keyspace}`);
  await connection.close();
}

async function expectCells({ values, expiries }: CassandraCells): Promise<void> {
  const found = await cassandraCells(servers.cassandra.address, KEYSPACES);
  const places = Object.keys(found.expiries);
  // Those that have expired since are not there, and nothing else is.
  const left = Object.entries(values).filter(
    ([place]) => !(place in expiries) || places.includes(place),
  );
  expect(found.values).toEqual(Object.fromEntries(left));
  expect(places.length).toBeGreaterThan(0);
  for (const place of places) {
    const difference = Math.abs((found.expiries[place] ?? 0) - (expiries[place] ?? 0));
    expect(difference, place).toBeLessThan(EXPIRY_SLACK_SECONDS);
  }
}

/** What there was when it was backed up. */
interface Kept {
  readonly entries: Readonly<Record<string, string>>;
  readonly rows: Readonly<Record<string, unknown>>;
  readonly cells: CassandraCells;
  readonly everything: Readonly<Record<string, unknown>>;
  readonly states: unknown;
}

const INSPECTED = { entity: ENTITY, keys: [["old4"], ["writer0-0"]], groups: [GROUP] };

async function backUp(services: RunningServices): Promise<Kept> {
  await guide.run("back up etcd");
  const entries = await etcdEntries(servers.etcd.address, APP_NAME);
  await changeBetween(services);
  const everything = await readEverything(services);
  const states = await services.client.inspect(INSPECTED);
  await guide.run("back up MySQL");
  const rows = await mysqlRows(servers.probe, servers.databases);
  await guide.run("back up a node of Cassandra");
  const cells = await cassandraCells(servers.cassandra.address, KEYSPACES);
  return { entries, rows, cells, everything, states };
}

async function restore({ cells, rows, entries }: Kept): Promise<void> {
  await guide.run("restore the schema of Cassandra");
  await guide.run("restore the rows of Cassandra");
  await expectCells(cells);
  await guide.run("restore the schema of Cassandra");
  await guide.run("or restore the rows of a node of the same ring");
  await expectCells(cells);
  await guide.run("restore MySQL");
  expect(await mysqlRows(servers.probe, servers.databases)).toEqual(rows);
  expect(await etcdEntries(servers.etcd.address, APP_NAME)).toEqual(entries);
  await guide.run("empty the caches");
  expect(guide.notRun).toEqual([]);
}

async function expectServed(services: RunningServices, kept: Kept): Promise<void> {
  const { requests, users, groups, rows } = kept.everything;
  expect(await readEverything(services)).toMatchObject({ requests, users, groups, rows });
  expect(await services.client.inspect(INSPECTED)).toEqual(kept.states);
  const expected = {
    old1: rowOf(1),
    // Read again from Kafka.
    "producer-0": rowOf(30),
    "producer-1": rowOf(31),
    old2: DEFAULTS,
    // Written through an api-server after the snapshot, and so as before.
    old3: rowOf(3),
  };
  for (const [key, row] of Object.entries(expected)) {
    expect(await readRow(services.client, STEADY, key, LABELS), key).toEqual(row);
  }
}

/** Neither what was there nor what was deleted. */
async function expectOlderToBeRefused(services: RunningServices): Promise<void> {
  const expected = { old4: rowOf(4), "writer0-0": DEFAULTS };
  for (const key of Object.keys(expected)) await produce(key, rowOf(40), startedAtMs - OLDER_MS);
  await whenConsumed(services);
  for (const [key, row] of Object.entries(expected)) {
    expect(await readRow(services.client, STEADY, key, LABELS), key).toEqual(row);
  }
}

/** What was approved in between: the row dialect has it, of the block dialect it is named, and its rows wait for it. */
async function expectRepairable(services: RunningServices): Promise<void> {
  const { client, operator, origins } = services;
  const late = await call(origins.api, "GET", "/feature-group/read-features", {
    featureGroupName: LATE_ROWS,
    featureColumns: ["wins"],
    primaryKeys: { names: ["id"], values: [[1]] },
  });
  expect(late.json.data.successfulKeys).toEqual([{ key: [1], features: [8] }]);
  const { body } = await operator.call("GET", "drift");
  const subject = `feature-group ${ENTITY}/${LATE.group}`;
  expect(
    body.differences.filter(({ severity }: { severity: string }) => severity === "error"),
  ).toEqual([expect.objectContaining({ kind: "group-missing", subject })]);
  await registerBlockGroup(services, LATE.group, VISITS_TTL_SECONDS);
  await waitUntil(async () => (await presenceOf(client, LATE.group)) === "stored", {
    what: "a group that was registered again",
  });
  expect(await readRow(client, LATE, "old1", LABELS)).toEqual(rowOf(20));
}

it("brings all back by the commands of the guide", { timeout: TIMEOUT_MS }, async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  const before = await startServices(servers);
  endings.push(() => before.stop());
  await fill(before);
  const fleetingUntilMs = Date.now() + FLEETING_SECONDS * 1000;
  const kept = await backUp(before);
  await changeAfter(before);
  await before.stop();
  await wipe();
  await restore(kept);

  const after = await startServices(servers);
  endings.push(() => after.stop());
  await whenConsumed(after);
  await expectServed(after, kept);
  await waitUntil(async () => Date.now() > fleetingUntilMs, { what: "the end of a row" });
  expect(await readRow(after.client, FLEETING, "old1", LABELS)).toEqual(DEFAULTS);
  await expectOlderToBeRefused(after);
  await expectRepairable(after);
});
