import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla, ensureKeyspace } from "@ofs/store";
import { freePorts, serverAddress, startProcess, type TestProcess } from "@ofs/testkit";
import { createConnection } from "mysql2/promise";
import { openBrowser } from "./browser.ts";
import { type Deployment, firstAdminIn, SOURCE_OPTIONS, serviceFolder } from "./fleet.ts";
import { Operator } from "./operator.ts";
import { buildPages } from "./pages.ts";

const READY_MS = 120_000;
const CLEAN_MS = 30_000;

/** The control plane's own caller at the api-server. */
const CALLER = { id: "horizon", token: randomBytes(24).toString("base64url") };

/** Horizon over MariaDB, etcd and Cassandra, and an api-server beside it, each a process. */
export async function startOnRealServers(): Promise<Deployment> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    return { ...(await startAll(closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param closers gets what has to be closed, in the order of its opening */
async function startAll(closers: (() => Promise<unknown>)[]): Promise<Omit<Deployment, "close">> {
  const name = `ofs_ui_${randomBytes(6).toString("hex")}`;
  const folder = mkdtempSync(join(tmpdir(), "ofs-real-ui-"));
  closers.push(async () => rmSync(folder, { recursive: true }));
  const pages = join(folder, "pages");
  await buildPages(pages);
  await prepareServers(name);
  closers.push(() => cleanServers(name));
  const [uiPort, apiPort] = (await freePorts(2)) as [number, number];
  const origin = `http://127.0.0.1:${uiPort}`;
  const address = `127.0.0.1:${apiPort}`;
  const horizon = await startService("horizon", uiPort, {
    ...sharedSettings(name),
    ...horizonSettings(name),
    HORIZON_UI_FOLDER: pages,
    HORIZON_API_SERVER_ADDRESS: address,
  });
  closers.push(() => horizon.stop());
  const admin = firstAdminIn(horizon.output);
  const operator = await Operator.signIn(origin, admin.email, admin.password);
  const caller = { "job-type": "reader", "job-id": CALLER.id, token: CALLER.token };
  await operator.make("job", caller);
  const server = await startService("api-server", apiPort, {
    ...sharedSettings(name),
    APP_NAME: name,
    ENABLE_HTTP_API: "true",
  });
  closers.push(() => server.stop());
  const browser = await openBrowser(origin);
  closers.push(() => browser.close());
  return { ...browser, origin, admin, address };
}

function startService(
  name: string,
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<TestProcess> {
  return startProcess({
    script: "src/main.ts",
    nodeOptions: SOURCE_OPTIONS,
    args: [],
    env: { ...env, APP_PORT: String(port) },
    cwd: serviceFolder(name),
    ready: { http: `http://127.0.0.1:${port}/ready` },
    readyTimeoutMs: READY_MS,
  });
}

function sharedSettings(name: string): Record<string, string> {
  const cassandra = serverAddress("cassandra");
  return {
    APP_HOST: "127.0.0.1",
    ETCD_SERVER: serverAddress("etcd").text,
    ETCD_WATCHER_ENABLED: "true",
    STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: "1",
    STORAGE_SCYLLA_1_CONTACT_POINTS: cassandra.host,
    STORAGE_SCYLLA_1_PORT: String(cassandra.port),
    STORAGE_SCYLLA_1_KEYSPACE: name,
  };
}

function horizonSettings(name: string): Record<string, string> {
  const mysql = serverAddress("mysql");
  return {
    JWT_SECRET: randomBytes(32).toString("hex"),
    MYSQL_MASTER_HOST: mysql.host,
    MYSQL_MASTER_PORT: String(mysql.port),
    MYSQL_MASTER_USERNAME: "root",
    MYSQL_DB_NAME: name,
    ONLINE_FEATURE_STORE_APP_NAME: name,
    HORIZON_API_SERVER_CALLER_ID: CALLER.id,
    HORIZON_API_SERVER_CALLER_TOKEN: CALLER.token,
    LOGIN_ATTEMPTS_PER_MINUTE: "1000",
  };
}

function keyspaceOptions(name: string) {
  const { host, port } = serverAddress("cassandra");
  return { contactPoints: [host], port, keyspace: name, connectionsPerHost: 1 };
}

async function runSql(statement: string): Promise<void> {
  const { host, port } = serverAddress("mysql");
  const connection = await createConnection({ host, port, user: "root" });
  await connection.query(statement);
  await connection.end();
}

async function prepareServers(name: string): Promise<void> {
  await runSql(`create database ${name}`);
  await ensureKeyspace(keyspaceOptions(name), { factor: 1 });
}

async function cleanServers(name: string): Promise<void> {
  const etcd = new EtcdRegistrySource({
    endpoints: serverAddress("etcd").text,
    root: `/config/${name}`,
    isWatchEnabled: false,
  });
  const { entries } = await etcd.load(AbortSignal.timeout(CLEAN_MS));
  await etcd.write([...entries.keys()].map((path) => ({ path, value: undefined })));
  await etcd.close();
  const cassandra = await connectScylla(keyspaceOptions(name));
  await cassandra.client.execute(`DROP KEYSPACE ${name}`);
  await cassandra.close();
  await runSql(`drop database ${name}`);
}
