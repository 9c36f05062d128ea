import { setTimeout as delay } from "node:timers/promises";
import { headerOf } from "@ofs/ingest";
import { COLUMN_TYPES, isJsonArray, type JsonValue, member, parseJson, writeJson } from "@ofs/rows";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { VALUES } from "../../../../packages/rows/test/support/arbitraries.ts";
import { printed } from "../../../../packages/rows/test/support/values.ts";
import { call, entityBody, groupBody, until } from "./darwin-client.ts";
import { type ConsumerProcess, FAR_TENANT, ServerRowFleet } from "./server-row-fleet.ts";

/** Rows from Kafka to the answers of the api-server, through built processes over real servers. */
const TIMEOUT_MS = 240_000;
const LIMIT = { timeout: TIMEOUT_MS };
const ROWS = 30;
const RUNS_MAX = 200;
const { OFS_PROPERTY_RUNS = "4" } = process.env;
const DEFAULT = "default-tenant";

let fleet: ServerRowFleet;
let consumer: ConsumerProcess;

const v2 = (name: string, others: Readonly<Record<string, string>> = {}) => ({
  "sdk-version": "v2",
  "feature-group-name": name,
  ...others,
});

async function admin(method: "POST" | "PUT", path: string, body: object): Promise<unknown> {
  const answer = await call(fleet.admin, method, path, body);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.json.data;
}

/** Each test has an entity and a group of its own. */
async function register(name: string, columns: Readonly<Record<string, string>>): Promise<void> {
  await admin("POST", "/entity", entityBody(`${name}_of`, { id: "BIGINT" }));
  await admin("POST", "/feature-group", groupBody(name, `${name}_of`, columns));
}

/** Waits until all keys have rows. @returns the values of each, as JSON */
async function rowsOf(
  group: string,
  columns: readonly string[],
  ids: readonly (number | bigint)[],
): Promise<string[][]> {
  const keys = `[${ids.map((id) => `[${id}]`)}]`;
  const answer = await until(
    () => fleet.read(group, columns, "id", keys),
    ({ json }) => json.data?.failedKeys.length === 0,
    TIMEOUT_MS / 2,
  );
  const data = member(parseJson(answer.text) as never, "data") as never;
  const found = member(data, "successfulKeys") as readonly JsonValue[];
  return found.map((one) => {
    const features = member(one as never, "features");
    if (features === undefined || !isJsonArray(features)) throw new Error(answer.text);
    return features.map(writeJson);
  });
}

/** The first of those that have the same name. */
function distinct<T>(all: readonly T[], nameOf: (one: T) => string): T[] {
  const found = new Map<string, T>();
  for (const one of all) if (!found.has(nameOf(one))) found.set(nameOf(one), one);
  return [...found.values()];
}

/** By topic: how many members there are, of each process. */
async function assignments(): Promise<Record<string, number>[]> {
  const { json } = await call(consumer.origin, "GET", "/assignments");
  return Object.values(json.data ?? {});
}

/** @param processCount consumers that live */
async function whenAssigned(topic: string, memberCount: number, processCount = 1): Promise<void> {
  await until(
    () => call(consumer.origin, "GET", "/assignments"),
    ({ json }) => {
      const all = Object.values<Record<string, number>>(json.data ?? {});
      const members = all.reduce((sum, one) => sum + (one[topic] ?? 0), 0);
      return members === memberCount && all.length === processCount;
    },
    TIMEOUT_MS / 2,
  );
}

beforeAll(async () => {
  fleet = await ServerRowFleet.start();
  consumer = await fleet.startConsumer();
  await until(
    () => call(consumer.origin, "GET", "/topics"),
    ({ json }) => json.topics?.some(({ name }: { name: string }) => name === fleet.name),
    TIMEOUT_MS,
  );
}, 2 * TIMEOUT_MS);

afterAll(() => fleet?.close(), TIMEOUT_MS);

it("stores messages of both forms, and makes letters of poison", LIMIT, async () => {
  await register("stats", { wins: "INT", badge: "TEXT" });
  await fleet.produce({ id: 1, wins: 12, badge: "gold" }, v2("stats"));
  await fleet.produce({
    EntityName: "stats_of",
    Entities: "id,",
    FeatureGroup: "STATS",
    Features: JSON.stringify({ ID: 2, Badge: "tin" }),
  });
  const headers = v2("stats", { "run-id": "r1", "replicated-writes": "false", other: "ü" });
  await fleet.produce("{", headers);
  await fleet.produce({ id: 3, wins: "many" }, headers);
  await fleet.produce({ id: 4 }, { "sdk-version": "v9" });
  await fleet.produce({ id: 5, wins: 5 }, v2("stats"));
  expect(await rowsOf("stats", ["wins", "badge"], [1, 2, 5])).toEqual([
    ["12", '"gold"'],
    ["null", '"tin"'],
    ["5", "null"],
  ]);
  // A letter may be there twice: one whose acknowledgement was lost is sent again.
  await until(
    () => call(consumer.origin, "GET", `/dlq/${fleet.name}`),
    ({ json }) =>
      distinct<{ origin: object }>(json.letters ?? [], ({ origin }) => JSON.stringify(origin))
        .length === 3,
  );
  const letters = distinct(await fleet.letters(), ({ value }) => String(value));
  const texts = (name: string) =>
    letters.map((one) => Buffer.from(headerOf(one, name) ?? []).toString()).sort();
  expect(texts("run-id")).toEqual(["", "r1", "r1"]);
  expect(texts("other")).toEqual(["", "ü", "ü"]);
  expect(texts("dlq-field")).toEqual(["", "value", "wins"]);
  expect(letters.map(({ value }) => Buffer.from(value ?? []).toString()).sort()).toEqual([
    "{",
    '{"id":3,"wins":"many"}',
    '{"id":4}',
  ]);
});

it("deletes a feature group of a key, as of the message's time", LIMIT, async () => {
  await register("leaving", { n: "INT" });
  const remove = { operation: "delete" };
  await fleet.produce({ id: 1, n: 1 }, v2("leaving"));
  await fleet.produce({ id: 2, n: 2 }, v2("leaving"));
  expect(await rowsOf("leaving", ["n"], [1, 2])).toEqual([["1"], ["2"]]);
  await fleet.produce({ id: 1 }, v2("leaving", remove));
  await fleet.produce({ id: 2 }, v2("leaving", { ...remove, "write-time": "1000" }));
  await until(
    () => fleet.read("leaving", ["n"], "id", "[[1]]"),
    ({ json }) => json.data?.failedKeys.length === 1,
    TIMEOUT_MS / 2,
  );
  await fleet.produce({ id: 1, n: 3 }, v2("leaving", { "write-time": "2000" }));
  await fleet.produce({ id: 3, n: 3 }, v2("leaving"));
  expect(await rowsOf("leaving", ["n"], [2, 3])).toEqual([["2"], ["3"]]);
  const { json } = await fleet.read("leaving", ["n"], "id", "[[1]]");
  expect(json.data.failedKeys).toEqual([[1]]);
  await fleet.produce({ id: 1, n: 4 }, v2("leaving"));
  expect(await rowsOf("leaving", ["n"], [1])).toEqual([["4"]]);
});

it("waits for a feature group that is registered two seconds later", LIMIT, async () => {
  await fleet.produce({ id: 1, n: 7 }, v2("late"));
  await until(
    () => call(consumer.origin, "GET", "/lag"),
    ({ text }) => text.includes('"waitingRecords":1'),
  );
  await delay(2_000);
  await register("late", { n: "INT" });
  expect(await rowsOf("late", ["n"], [1])).toEqual([["7"]]);
});

it("loses nothing of any value on the way", LIMIT, async () => {
  const columns = Object.fromEntries(COLUMN_TYPES.map((type) => [`c_${type.toLowerCase()}`, type]));
  const names = Object.keys(columns);
  await register("all_types", columns);
  const examples = {
    c_bigint: "-9223372036854775808",
    c_varint: "12345678901234567890123456789012345678",
    c_decimal: "78943212345678.567076526178312345654654",
    c_timestamp: "-86400001",
    c_double: "-0.0",
    c_float: "NaN",
    c_text: JSON.stringify("añ漢😀\u2028"),
    c_varchar: '""',
  };
  const body = Object.entries(examples).map(([name, json]) => `"${name}":${json}`);
  await fleet.produce(`{"id":-1,${body}}`, v2("all_types"));
  expect(await rowsOf("all_types", Object.keys(examples), [-1])).toEqual([
    Object.values(examples).map((json) => (json === "NaN" ? '"NaN"' : json)),
  ]);

  const row = fc.tuple(...COLUMN_TYPES.map((type) => fc.option(VALUES[type], { freq: 6 })));
  let nextId = 1;
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: ROWS, maxLength: ROWS }), async (rows) => {
      const ids = rows.map(() => nextId++);
      const values = rows.map((cells, index) => {
        const members = cells.map((json, place) => `"${names[place]}":${json ?? "null"}`);
        return `{"id":${ids[index]},${members}}`;
      });
      await fleet.produceAll(values, v2("all_types"));
      const wanted = rows.map((cells) =>
        cells.map((json, place) => {
          const type = COLUMN_TYPES[place];
          if (json === null || type === undefined) return "null";
          return writeJson(parseJson(printed(type, json)));
        }),
      );
      expect(await rowsOf("all_types", names, ids)).toEqual(wanted);
    }),
    { numRuns: Math.min(Number(OFS_PROPERTY_RUNS), RUNS_MAX), endOnFailure: true },
  );
});

it("follows a tenant to another topic, and a group to another tenant", LIMIT, async () => {
  await register("moving", { n: "INT" });
  const topics = [`${fleet.name}-one`, `${fleet.name}-two`] as const;
  const consume = (tenant: string) => ({
    featureGroupName: "moving",
    tenantConfig: { read: DEFAULT, write: DEFAULT, consume: tenant },
  });
  const tenantName = "moves";
  await admin("POST", "/feature-group/tenant", consume(tenantName));
  await admin("POST", "/consumer/onboard", { tenantName, topicName: topics[0], numPartitions: 2 });
  await whenAssigned(topics[0], 1);
  await fleet.produce({ id: 1, n: 1 }, v2("moving"), topics[0]);
  expect(await rowsOf("moving", ["n"], [1])).toEqual([["1"]]);

  await admin("POST", "/kafka/topic", { topicName: topics[1], numPartitions: 1 });
  await fleet.produce({ id: 2, n: 2 }, v2("moving"), topics[1]);
  await admin("PUT", "/consumer/topic", { tenantName, topicName: topics[1] });
  await whenAssigned(topics[0], 0);
  expect(await rowsOf("moving", ["n"], [2])).toEqual([["2"]]);

  // What is in the former tenant's topic still arrives.
  await admin("POST", "/feature-group/tenant", consume(DEFAULT));
  await fleet.produce({ id: 3, n: 3 }, v2("moving"), topics[1]);
  await fleet.produce({ id: 4, n: 4 }, v2("moving"));
  expect(await rowsOf("moving", ["n"], [3, 4])).toEqual([["3"], ["4"]]);
  expect((await assignments())[0]).toMatchObject({ [fleet.name]: 1, [topics[1]]: 1 });
});

it("holds up no other tenant where a store stands still", LIMIT, async () => {
  await register("near", { n: "INT" });
  await register("distant", { n: "INT" });
  const topicName = `${fleet.name}-far`;
  const tenantConfig = { read: FAR_TENANT, write: FAR_TENANT, consume: FAR_TENANT };
  await admin("POST", "/feature-group/tenant", { featureGroupName: "distant", tenantConfig });
  const onboarded = { tenantName: FAR_TENANT, topicName, numPartitions: 1 };
  await admin("POST", "/consumer/onboard", onboarded);
  await fleet.produce({ id: 1, n: 1 }, v2("distant"), topicName);
  expect(await rowsOf("distant", ["n"], [1])).toEqual([["1"]]);

  await fleet.proxy.inject({ kind: "stall" });
  await fleet.produce({ id: 2, n: 2 }, v2("distant"), topicName);
  await fleet.produce({ id: 3, n: 3 }, v2("distant"));
  await fleet.produce({ id: 1, n: 4 }, v2("near"));
  expect(await rowsOf("near", ["n"], [1])).toEqual([["4"]]);
  const { json } = await fleet.read("distant", ["n"], "id", "[[2],[3]]");
  expect(json.data.successfulKeys).toEqual([]);
  await fleet.proxy.heal();
  fleet.proxy.resetConnections();
  expect(await rowsOf("distant", ["n"], [2, 3])).toEqual([["2"], ["3"]]);
});

it("shares a topic as it is told, and survives the death of one process", LIMIT, async () => {
  await register("shared", { n: "INT" });
  const tenantName = "shares";
  const topicName = `${fleet.name}-shared`;
  const tenantConfig = { read: DEFAULT, write: DEFAULT, consume: tenantName };
  await admin("POST", "/feature-group/tenant", { featureGroupName: "shared", tenantConfig });
  await admin("POST", "/consumer/onboard", { tenantName, topicName, numPartitions: 4 });
  await whenAssigned(topicName, 1);
  const second = await fleet.startConsumer();
  await whenAssigned(topicName, 1, 2);
  await admin("PUT", "/consumer/count", { tenantName, numConsumers: 2 });
  await whenAssigned(topicName, 2, 2);

  const ids = Array.from({ length: 200 }, (_, index) => index);
  const send = (from: number, to: number) =>
    fleet.produceAll(
      ids.slice(from, to).map((id) => ({ id, n: id })),
      v2("shared"),
      topicName,
    );
  await send(0, 100);
  await second.process.kill();
  await send(100, 200);
  await whenAssigned(topicName, 2);
  const wanted = ids.map((id) => [String(id)]);
  expect(await rowsOf("shared", ["n"], ids)).toEqual(wanted);
  await admin("PUT", "/consumer/count", { tenantName, numConsumers: 1 });
  await whenAssigned(topicName, 1);
  expect((await consumer.process.stop()).code).toBe(0);
});
