import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createLogger } from "@ofs/platform";
import { connectScylla } from "@ofs/store";
import {
  freePort,
  type PrivateServer,
  S3_CREDENTIALS,
  serverAddress,
  startEtcd,
  startProcess,
  startS3,
  type TestProcess,
  waitUntil,
} from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Horizon, loadConfig, startHorizon } from "../../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../../database/mysql-fixtures.ts";
import { entityBody, groupBody } from "../support/bodies.ts";
import { rowHorizonEnv } from "../support/row-horizon-env.ts";

/*
 * A control plane and an api-server without files of its own, over MariaDB, Cassandra, an etcd of their own that goes away,
 * and the S3 API.
 */

const TIMEOUT_MS = 300_000;
const HOST = "127.0.0.1";
const API_SERVER = join(import.meta.dirname, "../../../../api-server/dist/main.js");

const name = `rows_${randomBytes(6).toString("hex")}`;
const cassandra = serverAddress("cassandra");
let etcd: PrivateServer;
let s3: PrivateServer;
let database: TestDatabase;
let horizon: Horizon | undefined;
let api: TestProcess | undefined;
let apiPort = 0;
let rowPort = 0;

const backupEnv = () => ({
  ROW_S3_BUCKET: "backups",
  ROW_S3_PREFIX: "/metastore-test/",
  ROW_S3_ENDPOINT: `http://${s3.address.text}`,
  AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
});

async function startControlPlane(): Promise<Horizon> {
  const config = loadConfig({
    ...rowHorizonEnv({ name, database, etcd: etcd.address.text }),
    ...backupEnv(),
  });
  return startHorizon(config, {
    log: createLogger({ service: "horizon", level: "DISABLED" }),
    metrics: new Registry(),
    onFirstAdmin: () => undefined,
  });
}

async function startApi(): Promise<TestProcess> {
  apiPort = await freePort();
  rowPort = await freePort();
  return startProcess({
    script: API_SERVER,
    env: {
      APP_NAME: name,
      APP_HOST: HOST,
      APP_PORT: String(apiPort),
      ROW_ENABLED: "true",
      ROW_PORT: String(rowPort),
      ROW_KEYSPACE: name,
      WORKERS: "1",
      STORE_TIMEOUT_MS: "60000",
      OVERLOAD_QUEUE_MS: "60000",
      ETCD_SERVER: etcd.address.text,
      ETCD_WATCHER_ENABLED: "true",
      STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: "1",
      STORAGE_SCYLLA_1_CONTACT_POINTS: cassandra.host,
      STORAGE_SCYLLA_1_PORT: String(cassandra.port),
      STORAGE_SCYLLA_1_KEYSPACE: name,
      ...backupEnv(),
    },
    // It is not ready without the block dialect's registry, but serves rows.
    ready: { http: `http://${HOST}:${apiPort}/health/self` },
    readyTimeoutMs: 120_000,
  });
}

/** What these tests look at in an answer of either service. */
interface Answer {
  readonly data?: {
    readonly successfulKeys?: readonly { readonly features: readonly unknown[] }[];
    readonly failedRows?: readonly unknown[];
  };
  readonly error?: { readonly code: string };
}

async function ask(port: number, method: string, path: string, body?: object) {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const reply = await fetch(`http://${HOST}:${port}${path}`, init);
  return { status: reply.status, json: (await reply.json()) as Answer };
}

const control = (method: string, path: string, body?: object) =>
  ask(horizon?.port ?? 0, method, path, body);

const NAMES = ["user_id", "season", "wins", "badge"];
async function read(featureGroupName: string): Promise<unknown> {
  const { json } = await ask(rowPort, "POST", "/feature-group/read-features", {
    featureGroupName,
    featureColumns: ["badge"],
    primaryKeys: { names: ["user_id", "season"], values: [[1, 2]] },
  });
  return json.data?.successfulKeys?.[0]?.features[0] ?? json.error?.code;
}

async function write(featureGroupName: string, badge: string): Promise<void> {
  const features = { names: NAMES, values: [[1, 2, 3, badge]] };
  const path = "/feature-group/write-features-v2";
  const { json } = await ask(rowPort, "POST", path, { featureGroupName, features });
  expect(json.data?.failedRows).toEqual([]);
}

async function rowRegistry(): Promise<{ loadedFrom?: string; isLive?: boolean }> {
  const reply = await fetch(`http://${HOST}:${apiPort}/ready`);
  const { checks } = (await reply.json()) as { checks: Record<string, { detail?: object }> };
  return checks["row registry"]?.detail ?? {};
}

beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", S3_CREDENTIALS.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", S3_CREDENTIALS.secretAccessKey);
  [etcd, s3] = await Promise.all([startEtcd(), startS3({ buckets: ["backups"] })]);
  database = await createTestDatabase(serverAddress("mysql"));
  horizon = await startControlPlane();
}, TIMEOUT_MS);

afterAll(async () => {
  vi.unstubAllEnvs();
  await api?.stop();
  await horizon?.close();
  await database?.run(`drop database if exists ${name}`);
  await database?.drop();
  await Promise.all([etcd?.close(), s3?.close()]);
  const options = { contactPoints: [cassandra.host], port: cassandra.port, keyspace: "system" };
  const connection = await connectScylla(options);
  await connection.client.execute(`DROP KEYSPACE IF EXISTS ${name}`);
  await connection.close();
}, TIMEOUT_MS);

test(
  "reads and writes go on after a restart of the api-server while etcd and the control plane are away",
  async () => {
    expect(await control("POST", "/entity", entityBody("users"))).toMatchObject({ status: 200 });
    const group = groupBody("stats", "users");
    expect(await control("POST", "/feature-group", group)).toMatchObject({ status: 200 });
    const job = await control("POST", "/jobs/BackupMetastoreJob/start", {});
    expect(job).toEqual({ status: 200, json: { data: "Successful" } });
    // What is made after it is in the next update, whose lists are whole.
    const more = groupBody("more", "users");
    expect(await control("POST", "/feature-group", more)).toMatchObject({ status: 200 });
    const update = await control("POST", "/jobs/UpdateMetastoreBackupJob/start", {});
    expect(update).toEqual({ status: 200, json: { data: "Successful" } });
    await horizon?.close();
    horizon = undefined;

    api = await startApi();
    await waitUntil(async () => (await rowRegistry()).loadedFrom === "source", {
      what: "the registry from etcd",
      timeoutMs: 60_000,
    });
    await write("stats", "gold");
    await etcd.stop();
    expect(await read("stats")).toBe("gold");
    await api.stop();

    api = await startApi();
    await waitUntil(async () => (await rowRegistry()).loadedFrom === "backup", {
      what: "the registry from the bucket",
      timeoutMs: 120_000,
    });
    expect((await rowRegistry()).isLive).toBe(false);
    expect(await read("stats")).toBe("gold");
    await write("more", "tin");
    expect(await read("more")).toBe("tin");
    expect(await read("none")).toBe("OFS-V2-ADMIN-SERVICE-EXCEPTION");

    await etcd.restart();
    await waitUntil(async () => (await rowRegistry()).loadedFrom === "source", {
      what: "the registry from etcd again",
      timeoutMs: 120_000,
    });
    expect([await read("stats"), await read("more")]).toEqual(["gold", "tin"]);
  },
  TIMEOUT_MS,
);
