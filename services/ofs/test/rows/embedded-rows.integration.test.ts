import { join } from "node:path";
import { freePorts, startProcess, type TestProcess } from "@ofs/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { call, type DarwinAnswer, entityBody, groupBody, until } from "./darwin-client.ts";

/** The built fleet on a data folder, and the calls of Darwin's clients over real sockets. */
const MAIN = join(import.meta.dirname, "../../dist/main.js");
const TOPIC = "online-feature-store.rows";
const LIMIT = { timeout: 180_000 };
const V2 = { "sdk-version": "v2", "feature-group-name": "user_stats" };
const COLUMNS = ["wins", "badge", "score", "seen_at", "raw"];

let folder: ReturnType<typeof temporaryFolder>;
let fleet: TestProcess;
let admin: string;
let app: string;
let main: string;
let consumer: string;
let ports: readonly number[];

async function start(): Promise<void> {
  const [port = 0, rowPort = 0, consumerPort = 0, horizonPort = 0] = ports;
  const flags = {
    "--port": port,
    "--row-port": rowPort,
    "--consumer-port": consumerPort,
    "--horizon-port": horizonPort,
  };
  fleet = await startProcess({
    script: MAIN,
    args: [
      "--no-sample",
      "--data-folder",
      folder.path,
      ...Object.entries(flags).flatMap(([name, value]) => [name, String(value)]),
    ],
    env: {
      ADMIN_EMAIL: "a@example.com",
      ADMIN_PASSWORD: "a-long-Passw0rd",
      ROW_ENABLED: undefined,
    },
    ready: { line: /^Ctrl-C stops it; the data stays\.$/m },
    readyTimeoutMs: 120_000,
  });
  main = `http://127.0.0.1:${port}`;
  app = `http://127.0.0.1:${rowPort}`;
  consumer = `http://127.0.0.1:${consumerPort}`;
  admin = `http://127.0.0.1:${horizonPort}`;
}

beforeAll(async () => {
  folder = temporaryFolder();
  ports = await freePorts(4);
  await start();
}, 180_000);

afterAll(async () => {
  await fleet?.stop();
  folder?.remove();
}, 60_000);

function read(keys: string, origin = app): Promise<DarwinAnswer> {
  const body = `{"featureGroupName":"user_stats","featureGroupVersion":null,"featureColumns":${JSON.stringify(COLUMNS)},"primaryKeys":{"names":["user_id","season"],"values":${keys}}}`;
  return call(origin, "GET", "/feature-group/read-features", body);
}

it("registers, writes, reads, multi-reads and takes rows through the log", LIMIT, async () => {
  const entity = entityBody("users", { user_id: "BIGINT", season: "TEXT" });
  const created = await call(admin, "POST", "/entity", entity);
  expect(created).toMatchObject({
    status: 200,
    json: { data: { entity: { tableName: "users" } } },
  });
  const group = groupBody("user_stats", "users", {
    wins: "INT",
    badge: "TEXT",
    score: "DECIMAL",
    seen_at: "TIMESTAMP",
    raw: "BLOB",
  });
  expect(await call(admin, "POST", "/feature-group", group)).toMatchObject({
    status: 200,
    json: { data: { version: "v1" } },
  });
  for (const path of [
    "metadata?name=user_stats",
    "version?name=user_stats",
    "schema?name=user_stats",
  ]) {
    expect((await call(admin, "GET", `/feature-group/${path}`)).status).toBe(200);
  }
  const again = await call(admin, "POST", "/feature-group", group);
  expect([again.status, again.json.error.code]).toEqual([
    400,
    "FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION",
  ]);
  expect(await call(admin, "POST", "/feature-group", group, { upgrade: "true" })).toMatchObject({
    status: 200,
    json: { data: { version: "v2" } },
  });

  // Without a pause: what is acknowledged is served.
  const names = JSON.stringify(["user_id", "season", ...COLUMNS]);
  const row = '[9007199254740993,"s1",12,"gold",0.10,-5,"AAE="]';
  const written = await call(
    app,
    "POST",
    "/feature-group/write-features-v2",
    `{"featureGroupName":"user_stats","featureGroupVersion":null,"features":{"names":${names},"values":[${row},["x","s1",1,"a",1.0,1,"AA=="]]}}`,
  );
  expect(written.status).toBe(200);
  expect(written.text).toContain(`"successfulRows":[${row}],"failedRows":[["x","s1"`);
  const found =
    '"successfulKeys":[{"key":[9007199254740993,"s1"],"features":[12,"gold",0.10,-5,"AAE="]}],"failedKeys":[[1,"s1"]]';
  for (const origin of [app, main]) {
    const { status, text } = await read('[[9007199254740993,"s1"],[1,"s1"]]', origin);
    expect([status, text]).toEqual([200, expect.stringContaining(found)]);
  }
  const one = {
    featureGroupName: "user_stats",
    featureColumns: ["badge"],
    primaryKeys: { names: ["user_id", "season"], values: [["9007199254740993", "s1"]] },
  };
  const batches = [one, { ...one, featureGroupName: "nope" }];
  const multi = await call(app, "GET", "/feature-group/multi-read-features", { batches });
  expect(multi.json.data).toMatchObject([
    { featureGroupVersion: "v2", successfulKeys: [{ features: ["gold"] }] },
    { featureGroupName: "nope", error: "feature group not found" },
  ]);

  const topic = await until(
    () => call(admin, "GET", "/feature-group/topic?name=user_stats"),
    ({ status }) => status === 200,
  );
  expect(topic.json.data).toEqual({ featureGroupName: "user_stats", topic: TOPIC });
  const sent =
    '{"user_id":9007199254740995,"season":"s2","wins":-1,"badge":"ü","score":78943212345678.567076526178312345654654,"seen_at":-1,"raw":null}';
  await until(
    () => call(consumer, "POST", `/ingest/${TOPIC}`, sent, V2),
    ({ status }) => status === 200,
  );
  const older = {
    EntityName: "users",
    Entities: "user_id,season,",
    FeatureGroup: "USER_STATS",
    Features: '{"user_id":7,"season":"s3","WINS":3}',
  };
  await call(consumer, "POST", `/ingest/${TOPIC}`, older);
  await call(consumer, "POST", `/ingest/${TOPIC}`, '{"user_id":"poison"}', V2);
  const arrived = await until(
    () => read('[[9007199254740995,"s2"],[7,"s3"]]'),
    ({ json }) => json.data?.failedKeys.length === 0,
  );
  expect(arrived.text).toContain(
    '"features":[-1,"ü",78943212345678.567076526178312345654654,-1,null]},{"key":[7,"s3"],"features":[3,null,null,null,null]}',
  );
  const letters = await until(
    () => call(consumer, "GET", `/dlq/${TOPIC}`),
    ({ json }) => json.letters?.length === 1,
  );
  expect(letters.json.letters).toMatchObject([{ entity: "user_stats", field: "season" }]);
});

it("makes tables for old clients, and follows topics as they are changed", LIMIT, async () => {
  const table = {
    Name: "items",
    Columns: { id: "long", live__clicks: "long" },
    PrimaryKeys: ["id"],
  };
  const answer = await call(app, "POST", "/ofs/create-table", {
    ...table,
    Columns: { id: "long" },
  });
  expect(answer).toMatchObject({ status: 200, json: { code: 200 } });
  await call(app, "POST", "/ofs/alter-table", { Name: "items", Columns: { live__clicks: "long" } });
  const tenants = { read: "default-tenant", write: "default-tenant", consume: "busy" };
  const moved = { featureGroupName: "live", tenantConfig: tenants };
  expect((await call(admin, "POST", "/feature-group/tenant", moved)).status).toBe(200);
  const onboarded = { tenantName: "busy", topicName: "busy-rows", numPartitions: 2 };
  expect((await call(admin, "POST", "/consumer/onboard", onboarded)).status).toBe(200);
  const count = { tenantName: "busy", numConsumers: 2 };
  expect((await call(admin, "PUT", "/consumer/count", count)).status).toBe(200);
  const assigned = await until(
    () => call(consumer, "GET", "/assignments"),
    ({ json }) =>
      (Object.values(json.data ?? {})[0] as Record<string, number>)?.["busy-rows"] === 2,
  );
  expect(Object.values(assigned.json.data)).toEqual([{ [TOPIC]: 1, "busy-rows": 2 }]);
  const headers = { "sdk-version": "v2", "feature-group-name": "live" };
  expect(
    (await call(consumer, "POST", "/ingest/busy-rows", { id: 1, clicks: 5 }, headers)).status,
  ).toBe(200);
  const query = {
    TableName: "items",
    Values: { id: 1 },
    Columns: [{ Name: "live__clicks", ResponseColumnName: "n" }],
  };
  const { json } = await until(
    () => call(app, "GET", "/ofs/get-data", query),
    ({ status }) => status === 200,
  );
  expect(json).toEqual({ code: 200, message: { n: 5 } });

  const grown = { tenantName: "busy", numPartitions: 4 };
  const growth = await call(admin, "PUT", "/consumer/partitions", grown);
  expect([growth.status, growth.json.error]).toMatchObject([
    400,
    {
      code: "OFS-V2-KAFKA-ADMIN-EXCEPTION",
      message: expect.stringMatching(/busy-rows has 2 partitions/),
    },
  ]);
});

it("keeps all of it across a restart", LIMIT, async () => {
  expect((await fleet.stop()).code).toBe(0);
  await start();
  const { text } = await read('[[9007199254740993,"s1"],[7,"s3"]]');
  expect(text).toContain('"features":[12,"gold",0.10,-5,"AAE="]');
  expect(text).toContain('"failedKeys":[]');
  const lag = await until(
    () => call(consumer, "GET", "/lag"),
    ({ json }) => json.topics?.length === 3,
  );
  expect(lag.json.topics.map(({ group }: { group: string }) => group)).toEqual([
    "onfs-consumer",
    "ofs-row-busy-rows",
    `ofs-row-${TOPIC}`,
  ]);
});
