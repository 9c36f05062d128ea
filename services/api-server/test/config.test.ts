import { availableParallelism } from "node:os";
import { ConfigError } from "@ofs/platform";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../src/config.ts";

const MINIMAL = { ETCD_SERVER: "localhost:2379" };

/** The environment of the published compose file. */
const COMPOSE = {
  APP_ENV: "dev",
  APP_LOG_LEVEL: "DEBUG",
  APP_METRIC_SAMPLING_RATE: "1",
  APP_NAME: "onfs",
  APP_PORT: "8089",
  AUTH_TOKEN: "unused",
  POD_IP: "10.0.0.1",
  NODE_IP: "10.0.0.2",
  ENABLE_HTTP_API: "true",
  ETCD_SERVER: "http://etcd:2379",
  ETCD_WATCHER_ENABLED: "true",
  STORAGE_REDIS_STANDALONE_2_ADDR: "redis:6379",
  STORAGE_REDIS_STANDALONE_2_DB: "0",
  STORAGE_REDIS_STANDALONE_2_DISABLE_IDENTITY: "true",
  STORAGE_REDIS_STANDALONE_2_MAX_IDLE_CONN: "32",
  STORAGE_REDIS_STANDALONE_2_MIN_IDLE_CONN: "20",
  STORAGE_REDIS_STANDALONE_2_MAX_ACTIVE_CONN: "32",
  STORAGE_REDIS_STANDALONE_2_MAX_RETRY: "-1",
  STORAGE_REDIS_STANDALONE_2_POOL_FIFO: "false",
  STORAGE_REDIS_STANDALONE_2_POOL_SIZE: "32",
  STORAGE_REDIS_STANDALONE_2_READ_TIMEOUT_IN_MS: "3000",
  STORAGE_REDIS_STANDALONE_2_WRITE_TIMEOUT_IN_MS: "3000",
  STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: "2",
  DISTRIBUTED_CACHE_CONF_IDS: "2",
  IN_MEM_CACHE_3_ENABLED: "true",
  IN_MEM_CACHE_3_NAME: "onfs",
  IN_MEM_CACHE_3_SIZE_IN_BYTES: "100000",
  IN_MEM_CACHE_ACTIVE_CONFIG_IDS: "3",
  STORAGE_SCYLLA_1_CONTACT_POINTS: "scylla",
  STORAGE_SCYLLA_1_KEYSPACE: "onfs",
  STORAGE_SCYLLA_1_MAJOR_VERSION: "5",
  STORAGE_SCYLLA_1_NUM_CONNS: "1",
  STORAGE_SCYLLA_1_PASSWORD: "",
  STORAGE_SCYLLA_1_PORT: "9042",
  STORAGE_SCYLLA_1_TIMEOUT_IN_MS: "300000",
  STORAGE_SCYLLA_1_USERNAME: "",
  STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: "1",
  P2P_CACHE_5_CLUSTER_NAME: "onfs",
  P2P_CACHE_5_ENABLED: "true",
  P2P_CACHE_5_GLOBAL_CACHE_TTL_IN_SECONDS: "3600",
  P2P_CACHE_5_GLOBAL_SIZE_IN_BYTES: "1000",
  P2P_CACHE_5_NAME: "p2p-onfs",
  P2P_CACHE_5_NUM_CLIENTS: "2",
  P2P_CACHE_5_OWN_PARTITION_SIZE_IN_BYTES: "100",
  P2P_CACHE_5_SERVER_PORT: "8088",
  P2P_CACHE_ACTIVE_CONFIG_IDS: "5",
};

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test("etcd's address is all that has no default", () => {
  const { server, registry, rows, tracing, workerCount, invalidationRedisConfId, ...rest } =
    loadConfig(MINIMAL);
  expect(tracing).toBeUndefined();
  expect(workerCount).toBeGreaterThan(0);
  expect(invalidationRedisConfId).toBeUndefined();
  expect(server).toMatchObject({
    APP_NAME: "onfs",
    APP_PORT: 8089,
    APP_LOG_LEVEL: "WARN",
    ENABLE_HTTP_API: false,
    GRPC_REFLECTION: true,
    GRPC_TRANSPORT: "front",
    ON_STORE_FAILURE: "unavailable",
    MAX_REQUEST_BYTES: 4 * 1024 * 1024,
  });
  expect(registry).toEqual({
    etcd: {
      endpoints: "localhost:2379",
      username: undefined,
      password: undefined,
      tls: undefined,
      isWatchEnabled: false,
    },
    snapshotFile: undefined,
    dataFolder: undefined,
  });
  for (const list of Object.values(rest)) expect(list).toEqual([]);
});

test("as many workers as there are processors, one on a data folder", () => {
  expect(loadConfig(MINIMAL).workerCount).toBe(availableParallelism());
  expect(loadConfig({ ...MINIMAL, WORKERS: "3" }).workerCount).toBe(3);
  expect(loadConfig({ OFS_DATA_FOLDER: "data" }).workerCount).toBe(1);
  expect(loadConfig({ OFS_DATA_FOLDER: "data", WORKERS: "1" }).workerCount).toBe(1);
  expect(faultsOf({ OFS_DATA_FOLDER: "data", WORKERS: "2" })).toEqual([
    'WORKERS: must be 1 with OFS_DATA_FOLDER: the embedded store has one writer (value "2")',
  ]);
});

test("the published compose environment is understood", () => {
  const config = loadConfig(COMPOSE);
  expect(config.scylla).toEqual([
    {
      confId: 1,
      options: {
        contactPoints: ["scylla"],
        port: 9042,
        keyspace: "onfs",
        localDatacenter: undefined,
        consistency: "LOCAL_QUORUM",
        username: undefined,
        password: undefined,
        timeoutMs: 300_000,
        connectTimeoutMs: 11_000,
        connectionsPerHost: 1,
        maxPreparedStatements: 1_000,
        pageSize: 5_000,
        maxSchemaAgreementSeconds: 60,
        reconnectIntervalSeconds: 60,
        speculativeDelayMs: undefined,
      },
    },
  ]);
  expect(config.redis).toEqual([
    {
      confId: 2,
      options: expect.objectContaining({
        kind: "standalone",
        address: "redis:6379",
        db: 0,
        maxRetry: -1,
        readTimeoutMs: 3_000,
        isIdentityDisabled: true,
      }),
    },
  ]);
  expect(config.distributedCacheConfIds).toEqual([2]);
  // Smaller than the least a cache gets.
  expect(config.processCaches).toEqual([
    { confId: 3, isEnabled: true, name: "onfs", maxSizeBytes: 524_288 },
  ]);
  expect(config.peerCaches).toEqual([
    {
      confId: 5,
      isEnabled: true,
      clusterName: "onfs",
      name: "p2p-onfs",
      ownSizeBytes: 100,
      globalSizeBytes: 1000,
      globalTtlSeconds: 3600,
      socketCount: 2,
      port: 8088,
      bindHost: undefined,
      secret: undefined,
    },
  ]);
});

describe("a peer cache", () => {
  const peers = Object.entries(COMPOSE).filter(([name]) => name.startsWith("P2P_CACHE_"));
  const needs = (id: number) => `is required with P2P_CACHE_${id}_ENABLED`;

  test("needs to know which pod this is, and etcd", () => {
    const env = { ...Object.fromEntries(peers), OFS_DATA_FOLDER: "/data" };
    expect(faultsOf(env)).toEqual([
      `POD_IP: ${needs(5)}`,
      `NODE_IP: ${needs(5)}`,
      `ETCD_SERVER: ${needs(5)}`,
    ]);
    expect(faultsOf({ ...env, P2P_CACHE_5_ENABLED: "false" })).toEqual([]);
  });

  test("refuses names that are no part of a key, port 0 and a short secret, which is not shown", () => {
    const env = {
      ...COMPOSE,
      P2P_CACHE_5_NAME: "a/b",
      P2P_CACHE_5_SERVER_PORT: "0",
      P2P_CACHE_5_SECRET: "short",
    };
    expect(faultsOf(env)).toEqual([
      'P2P_CACHE_5_NAME: must have no slash and no blank (value "a/b")',
      'P2P_CACHE_5_SERVER_PORT: must be a whole number from 1 to 65535 (value "0")',
      "P2P_CACHE_5_SECRET: must have at least 16 characters",
    ]);
  });
});

test("every kind of Redis is understood", () => {
  const { redis } = loadConfig({
    ...MINIMAL,
    STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: "1",
    STORAGE_REDIS_STANDALONE_1_ADDR: "/run/redis.sock",
    STORAGE_REDIS_STANDALONE_1_NETWORK: "unix",
    STORAGE_REDIS_CLUSTER_ACTIVE_CONFIG_IDS: "2",
    STORAGE_REDIS_CLUSTER_2_ADDRESSES: "a:1, [::1]:2",
    STORAGE_REDIS_FAILOVER_ACTIVE_CONFIG_IDS: "3",
    STORAGE_REDIS_FAILOVER_3_SENTINEL_ADDRESSES: "s1:26379,s2:26379",
    STORAGE_REDIS_FAILOVER_3_MASTER_NAME: "mymaster",
    STORAGE_REDIS_FAILOVER_3_ROUTE_RANDOM: "true",
  });
  expect(redis.map(({ options }) => options)).toMatchObject([
    { kind: "standalone", address: "/run/redis.sock", network: "unix" },
    { kind: "cluster", addresses: ["a:1", "[::1]:2"] },
    {
      kind: "failover",
      sentinelAddresses: ["s1:26379", "s2:26379"],
      masterName: "mymaster",
      routeRandom: true,
    },
  ]);
});

describe("faults", () => {
  test("all are named at once, over all kinds", () => {
    const faults = faultsOf({
      APP_PORT: "http",
      STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: "1,2",
      STORAGE_SCYLLA_1_CONTACT_POINTS: "a",
      STORAGE_SCYLLA_1_KEYSPACE: "my-keyspace",
      STORAGE_SCYLLA_1_CONSISTENCY: "SOME",
      STORAGE_SCYLLA_2_USERNAME: "u",
      STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: "3",
      STORAGE_REDIS_STANDALONE_3_ADDR: "redis",
      IN_MEM_CACHE_ACTIVE_CONFIG_IDS: "4",
      P2P_CACHE_ACTIVE_CONFIG_IDS: "x",
      TLS_CERT_FILE: "cert.pem",
    });
    expect(faults).toEqual([
      'APP_PORT: must be a whole number from 0 to 65535 (value "http")',
      'P2P_CACHE_ACTIVE_CONFIG_IDS: must be whole numbers, comma-separated (value "x")',
      "ETCD_SERVER: is required, or OFS_DATA_FOLDER for an embedded registry",
      'STORAGE_SCYLLA_1_KEYSPACE: must be a keyspace name (value "my-keyspace")',
      expect.stringMatching(
        /^STORAGE_SCYLLA_1_CONSISTENCY: must be one of ONE.* \(value "SOME"\)$/,
      ),
      "STORAGE_SCYLLA_2_CONTACT_POINTS: is required",
      "STORAGE_SCYLLA_2_KEYSPACE: is required",
      'STORAGE_REDIS_STANDALONE_3_ADDR: must be host:port (value "redis")',
      "IN_MEM_CACHE_4_SIZE_IN_BYTES: is required",
    ]);
  });

  test("an id belongs to one kind, whatever else is wrong with it", () => {
    expect(
      faultsOf({
        ...MINIMAL,
        STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: "1",
        STORAGE_SCYLLA_1_CONTACT_POINTS: "a",
        STORAGE_SCYLLA_1_KEYSPACE: "k",
        IN_MEM_CACHE_ACTIVE_CONFIG_IDS: "1",
      }),
    ).toEqual([
      'IN_MEM_CACHE_ACTIVE_CONFIG_IDS: id 1 is in STORAGE_SCYLLA_ACTIVE_CONFIG_IDS already (value "1")',
      "IN_MEM_CACHE_1_SIZE_IN_BYTES: is required",
    ]);
  });

  test("a cache must not be the database of a store: its tombstones would destroy what is stored", () => {
    const env = {
      ...MINIMAL,
      STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: "2,9",
      STORAGE_REDIS_STANDALONE_2_ADDR: "redis:6379",
      STORAGE_REDIS_STANDALONE_9_ADDR: "redis:6379",
      DISTRIBUTED_CACHE_CONF_IDS: "9",
    };
    const fault = (cache: number, store: number, list = "9") =>
      `DISTRIBUTED_CACHE_CONF_IDS: id ${cache} is the same database as the store ${store}, ` +
      `which it would overwrite (value "${list}")`;
    expect(faultsOf(env)).toEqual([fault(9, 2)]);
    expect(faultsOf({ ...env, STORAGE_REDIS_STANDALONE_2_DB: "0" })).toEqual([fault(9, 2)]);
    expect(loadConfig({ ...env, STORAGE_REDIS_STANDALONE_2_DB: "1" }).redis).toHaveLength(2);
    expect(loadConfig({ ...env, DISTRIBUTED_CACHE_CONF_IDS: "2,9" }).redis).toHaveLength(2);
    const failover = (id: number, master: string) => ({
      [`STORAGE_REDIS_FAILOVER_${id}_SENTINEL_ADDRESSES`]: `s${id}:26379,s1:26379`,
      [`STORAGE_REDIS_FAILOVER_${id}_MASTER_NAME`]: master,
    });
    const ids = {
      ...MINIMAL,
      STORAGE_REDIS_FAILOVER_ACTIVE_CONFIG_IDS: "3,4",
      DISTRIBUTED_CACHE_CONF_IDS: "4",
      ...failover(4, "main"),
    };
    expect(faultsOf({ ...ids, ...failover(3, "main") })).toEqual([fault(4, 3, "4")]);
    expect(loadConfig({ ...ids, ...failover(3, "other") }).redis).toHaveLength(2);
    const clusters = {
      ...MINIMAL,
      STORAGE_REDIS_CLUSTER_ACTIVE_CONFIG_IDS: "5,6",
      STORAGE_REDIS_CLUSTER_5_ADDRESSES: "a:1,b:1",
      STORAGE_REDIS_CLUSTER_6_ADDRESSES: "b:1",
      DISTRIBUTED_CACHE_CONF_IDS: "6",
    };
    expect(faultsOf(clusters)).toEqual([fault(6, 5, "6")]);
  });

  test("a distributed cache must be a Redis connection", () => {
    expect(faultsOf({ ...MINIMAL, DISTRIBUTED_CACHE_CONF_IDS: "7" })).toEqual([
      'DISTRIBUTED_CACHE_CONF_IDS: id 7 is no Redis connection (value "7")',
    ]);
  });

  test("invalidations go over the first cache, or the Redis connection that is named", () => {
    const env = {
      ...MINIMAL,
      STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: "2,9",
      STORAGE_REDIS_STANDALONE_2_ADDR: "redis:6379",
      STORAGE_REDIS_STANDALONE_9_ADDR: "redis:6380",
    };
    const cached = { ...env, DISTRIBUTED_CACHE_CONF_IDS: "9,2" };
    expect(loadConfig(env).invalidationRedisConfId).toBeUndefined();
    expect(loadConfig(cached).invalidationRedisConfId).toBe(9);
    expect(loadConfig({ ...cached, INVALIDATION_REDIS_CONF_ID: "2" }).invalidationRedisConfId).toBe(
      2,
    );
    expect(faultsOf({ ...env, INVALIDATION_REDIS_CONF_ID: "3" })).toEqual([
      'INVALIDATION_REDIS_CONF_ID: id 3 is no Redis connection (value "3")',
    ]);
  });

  test.each([
    [{ TLS_CERT_FILE: "c" }, "TLS_KEY_FILE: is required with TLS_CERT_FILE"],
    [{ TLS_KEY_FILE: "k" }, "TLS_CERT_FILE: is required with TLS_KEY_FILE"],
    [
      { TLS_CLIENT_CA_FILE: "a" },
      'TLS_CLIENT_CA_FILE: needs TLS_CERT_FILE and TLS_KEY_FILE (value "a")',
    ],
    [{ ETCD_USERNAME: "u" }, "ETCD_PASSWORD: is required with ETCD_USERNAME"],
    [{ ETCD_PASSWORD: "hunter2" }, "ETCD_USERNAME: is required with ETCD_PASSWORD"],
    [{ APP_NAME: "a/b" }, 'APP_NAME: must have no slash and no blank (value "a/b")'],
    [{ GRPC_TRANSPORT: "h3" }, 'GRPC_TRANSPORT: must be one of front, grpc-js (value "h3")'],
    [
      { APP_METRIC_SAMPLING_RATE: "2" },
      'APP_METRIC_SAMPLING_RATE: must be a number from 0 to 1 (value "2")',
    ],
    [
      { ON_STORE_FAILURE: "ignore" },
      'ON_STORE_FAILURE: must be one of unavailable, defaults (value "ignore")',
    ],
  ])("%j", (env, expected) => {
    expect(faultsOf({ ...MINIMAL, ...env })).toEqual([expected]);
  });

  test("secrets are never shown", () => {
    const faults = faultsOf({ ETCD_PASSWORD: "hunter2", STORAGE_SCYLLA_1_PASSWORD: "hunter3" });
    expect(faults.join()).not.toMatch(/hunter/);
    expect(faults).toContain("ETCD_USERNAME: is required with ETCD_PASSWORD");
  });
});

describe("the row dialect", () => {
  const ON = { ...MINIMAL, ROW_ENABLED: "true" };
  const SCYLLA = {
    STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: "4",
    STORAGE_SCYLLA_4_CONTACT_POINTS: "db",
    STORAGE_SCYLLA_4_KEYSPACE: "onfs",
  };

  test("is off by default, and then none of its settings is looked at", () => {
    expect(loadConfig({ ...MINIMAL, ROW_KEYSPACE: "no keyspace" }).rows).toBeUndefined();
  });

  test("has no limits, no credentials and the first connection by default", () => {
    const { rows } = loadConfig({ ...ON, ...SCYLLA });
    expect(rows).toMatchObject({
      ROW_PORT: 8080,
      ROW_AUTH_ENABLED: false,
      ROW_MAX_BODY_BYTES: 0,
      ROW_MAX_ROWS: 0,
      ROW_MULTI_READ_MAX_ROWS: 0,
      ROW_MAX_PARTITION_ROWS: 0,
    });
    expect(rows?.ROW_ADMIN_URL).toBeUndefined();
    expect([...(rows?.stores.confIds ?? [])]).toEqual([["default-tenant", 4]]);
  });

  test("names each setting that makes no sense", () => {
    const faults = faultsOf({ ...ON, ROW_PORT: "x", ROW_ADMIN_URL: "horizon:8082" });
    expect(faults.map((fault) => fault.slice(0, fault.indexOf(":")))).toEqual([
      "ROW_PORT",
      "ROW_ADMIN_URL",
    ]);
    expect(faultsOf({ ...ON, ROW_TENANT_CONFIG_IDS: "default-tenant:1" })).toHaveLength(1);
  });
});
