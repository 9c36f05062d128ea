import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EtcdRegistrySource, type RegistryChange } from "@ofs/registry";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import {
  DISTRIBUTED_CONF_ID,
  freePort,
  PROCESS_CONF_ID,
  type RegistryEntries,
  SENTINEL_MASTER_NAME,
  serverAddress,
  serverAddresses,
  startProcess,
  type TestProcess,
} from "@ofs/testkit";
import { prepareTables, SCYLLA_CONF_ID, scyllaEnvironment } from "./cassandra.ts";
import { ScenarioClient } from "./scenario-client.ts";
import { type CacheUse, MAX_COLUMN_BYTES, scenarioTree } from "./scenario-tree.ts";

export const STORE_KINDS = [
  "embedded",
  "scylla",
  "redis_standalone",
  "redis_failover",
  "redis_cluster",
] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

const REDIS_STORE_CONF_ID = 4;
const READY_TIMEOUT_MS = 60_000;

export interface ServerUnderTest {
  readonly address: string;
  readonly pid: number;
  readonly process: TestProcess;
  /** Name of the application, and of the store's table. */
  readonly name: string;
  readonly client: ScenarioClient;
  /** Changes the running server's registry; `undefined` deletes. */
  writeRegistry(entries: Readonly<Record<string, string | Buffer | undefined>>): Promise<void>;
  close(): Promise<void>;
}

/** Where the registry tree is put, and how the server is told of it. */
export interface RegistryHome {
  readonly env: Record<string, string>;
  /** @returns the revision they became visible at */
  write(changes: readonly RegistryChange[]): Promise<number>;
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Registry of the server; that of the scenarios by default. */
  readonly treeFor?: (
    store: Readonly<Record<string, unknown>>,
    caches: CacheUse,
  ) => RegistryEntries;
  /** Run the built server, as production does, in place of the source. */
  readonly isBuilt?: boolean;
  /** Settings beside those of registry, store and caches. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node for the process. */
  readonly nodeOptions?: readonly string[];
}

export const FROM_SOURCE = {
  script: join(import.meta.dirname, "../../src/main.ts"),
  nodeOptions: ["--conditions=@ofs/source", "--import", "tsx"],
};
export const BUILT = { script: join(import.meta.dirname, "../../dist/main.js"), nodeOptions: [] };

/**
 * Starts a real api-server process on the given kind of store and caches, configured by nothing but its
 * environment, with a registry of its own.
 */
export async function startServerUnderTest(
  store: StoreKind,
  caches: CacheUse,
  { treeFor = scenarioTree, isBuilt = false, env = {}, nodeOptions = [] }: ServerOptions = {},
): Promise<ServerUnderTest> {
  const name = `scenario_${randomUUID().replaceAll("-", "")}`;
  const dataFolder = await mkdtemp(join(tmpdir(), "ofs-scenario-"));
  const home = store === "embedded" ? await embeddedHome(dataFolder) : etcdHome(name);
  const tree = treeFor(storeDefinition(store, name), caches);
  await home.write(toChanges(tree));
  if (store === "scylla") await prepareTables(tree);
  const port = await freePort();
  const program = isBuilt ? BUILT : FROM_SOURCE;
  const server = await startProcess({
    script: program.script,
    nodeOptions: [...program.nodeOptions, ...nodeOptions],
    env: {
      APP_NAME: name,
      APP_PORT: String(port),
      APP_LOG_LEVEL: "WARN",
      WORKERS: "1",
      ...home.env,
      ...cacheEnvironment(),
      ...storeEnvironment(store),
      ...env,
    },
    ready: { http: `http://127.0.0.1:${port}/ready` },
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  const client = new ScenarioClient(`127.0.0.1:${port}`);
  return {
    address: `127.0.0.1:${port}`,
    pid: server.pid,
    process: server,
    name,
    client,
    async writeRegistry(entries) {
      await home.write(toChanges(entries));
    },
    async close() {
      client.close();
      await server.stop();
      await home.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

export function toChanges(
  entries: Readonly<Record<string, string | Buffer | undefined>>,
): RegistryChange[] {
  return Object.entries(entries).map(([path, value]) => ({
    path,
    value: typeof value === "string" ? Buffer.from(value) : value,
  }));
}

export async function embeddedHome(dataFolder: string): Promise<RegistryHome> {
  const write = async (changes: readonly RegistryChange[]): Promise<number> => {
    const environment = openEmbeddedEnvironment(dataFolder);
    const source = new EmbeddedRegistrySource(environment);
    const revision = await source.write(changes);
    await source.close();
    await environment.close();
    return revision;
  };
  return { env: { OFS_DATA_FOLDER: dataFolder }, write, close: async () => {} };
}

export function etcdHome(name: string): RegistryHome {
  const { text } = serverAddress("etcd");
  const source = new EtcdRegistrySource({ endpoints: text, root: `/config/${name}` });
  return {
    env: { ETCD_SERVER: text, ETCD_WATCHER_ENABLED: "true" },
    write: (changes) => source.write(changes, { isChunked: true }),
    close: () => source.close(),
  };
}

export function storeDefinition(store: StoreKind, name: string): Record<string, unknown> {
  return {
    "db-type": store,
    "conf-id": store === "scylla" ? SCYLLA_CONF_ID : REDIS_STORE_CONF_ID,
    table: name,
    "max-column-size-in-bytes": MAX_COLUMN_BYTES,
  };
}

export function storeEnvironment(store: StoreKind): Record<string, string> {
  const addresses = (server: "redis-cluster" | "redis-sentinels") =>
    serverAddresses(server)
      .map(({ text }) => text)
      .join(",");
  switch (store) {
    case "embedded":
      return {};
    case "scylla":
      return scyllaEnvironment();
    case "redis_standalone":
      return redisEnvironment("STANDALONE", { ADDR: serverAddress("redis").text, DB: "0" });
    case "redis_cluster":
      return redisEnvironment("CLUSTER", { ADDRESSES: addresses("redis-cluster") });
    case "redis_failover":
      return redisEnvironment("FAILOVER", {
        SENTINEL_ADDRESSES: addresses("redis-sentinels"),
        MASTER_NAME: SENTINEL_MASTER_NAME,
      });
  }
}

/** The store's connection, beside the standalone one that serves as the cache. */
function redisEnvironment(
  kind: "STANDALONE" | "CLUSTER" | "FAILOVER",
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  const prefix = `STORAGE_REDIS_${kind}`;
  const ids =
    kind === "STANDALONE"
      ? `${DISTRIBUTED_CONF_ID},${REDIS_STORE_CONF_ID}`
      : `${REDIS_STORE_CONF_ID}`;
  return {
    [`${prefix}_ACTIVE_CONFIG_IDS`]: ids,
    ...Object.fromEntries(
      Object.entries(settings).map(([suffix, value]) => [
        `${prefix}_${REDIS_STORE_CONF_ID}_${suffix}`,
        value,
      ]),
    ),
  };
}

export function cacheEnvironment(): Record<string, string> {
  const cache = `STORAGE_REDIS_STANDALONE_${DISTRIBUTED_CONF_ID}`;
  return {
    STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: String(DISTRIBUTED_CONF_ID),
    [`${cache}_ADDR`]: serverAddress("redis").text,
    [`${cache}_DB`]: "1",
    DISTRIBUTED_CACHE_CONF_IDS: String(DISTRIBUTED_CONF_ID),
    IN_MEM_CACHE_ACTIVE_CONFIG_IDS: String(PROCESS_CONF_ID),
    [`IN_MEM_CACHE_${PROCESS_CONF_ID}_ENABLED`]: "true",
    [`IN_MEM_CACHE_${PROCESS_CONF_ID}_NAME`]: "process",
    [`IN_MEM_CACHE_${PROCESS_CONF_ID}_SIZE_IN_BYTES`]: "10000000",
  };
}
