import { ConfigError } from "@ofs/platform";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const SERVERS = {
  JWT_SECRET: SECRET,
  MYSQL_MASTER_HOST: "mysql",
  MYSQL_MASTER_PORT: "3306",
  MYSQL_MASTER_USERNAME: "root",
  MYSQL_MASTER_PASSWORD: "root",
  MYSQL_DB_NAME: "testdb",
  ETCD_SERVER: "etcd:2379",
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

describe("loadConfig", () => {
  it("reads the environment of existing deployments", () => {
    const config = loadConfig({
      ...SERVERS,
      APP_NAME: "horizon",
      APP_ENV: "PROD",
      APP_PORT: "8082",
      APP_LOG_LEVEL: "DEBUG",
      APP_METRIC_SAMPLING_RATE: "1",
      APP_GC_PERCENTAGE: "1",
      MYSQL_SLAVE_HOST: "mysql",
      ONLINE_FEATURE_STORE_APP_NAME: "onfs",
      SCYLLA_ACTIVE_CONFIG_IDS: "1",
      SCYLLA_1_CONTACT_POINTS: "scylla",
      SCYLLA_1_PORT: "9042",
      SCYLLA_1_KEYSPACE: "onfs",
      SKYE_SCYLLA_ACTIVE_CONFIG_IDS: "2",
      REDIS_FAILOVER_ACTIVE_CONFIG_IDS: "4",
      DISTRIBUTED_CACHE_ACTIVE_CONFIG_IDS: "2",
      IN_MEMORY_CACHE_ACTIVE_CONFIG_IDS: "3",
    });
    expect(config.database).toEqual({
      host: "mysql",
      port: 3306,
      username: "root",
      password: "root",
      database: "testdb",
      maxConnections: 10,
      tls: undefined,
    });
    expect(config.registry.etcd).toMatchObject({ endpoints: "etcd:2379", isWatchEnabled: true });
    expect(config.registryName).toBe("onfs");
    expect([...config.stores.kinds]).toEqual([
      [1, "scylla"],
      [4, "redis_failover"],
    ]);
    expect(config.stores.scylla).toMatchObject([
      { confId: 1, options: { contactPoints: ["scylla"], keyspace: "onfs" } },
    ]);
    expect(config.stores.distributedCacheConfIds).toEqual([2]);
    expect(config.stores.processCacheConfIds).toEqual([3]);
    expect(config.unusedVariables).toEqual([
      "APP_GC_PERCENTAGE",
      "APP_METRIC_SAMPLING_RATE",
      "MYSQL_SLAVE_HOST",
      "SKYE_SCYLLA_ACTIVE_CONFIG_IDS",
    ]);
    expect(config.unknownVariables).toEqual([]);
  });

  it("takes the data plane's names too", () => {
    const { stores } = loadConfig({
      ...SERVERS,
      STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: "1",
      STORAGE_SCYLLA_1_CONTACT_POINTS: "scylla",
      STORAGE_SCYLLA_1_KEYSPACE: "onfs",
      STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: "2",
      STORAGE_REDIS_CLUSTER_ACTIVE_CONFIG_IDS: "5",
      DISTRIBUTED_CACHE_CONF_IDS: "2",
      IN_MEM_CACHE_ACTIVE_CONFIG_IDS: "3",
    });
    expect([...stores.kinds.values()]).toEqual(["scylla", "redis_standalone", "redis_cluster"]);
    expect([stores.distributedCacheConfIds, stores.processCacheConfIds]).toEqual([[2], [3]]);
  });

  it("needs nothing but a data folder", () => {
    const config = loadConfig({ OFS_DATA_FOLDER: "/data" });
    expect(config.database).toBe("embedded");
    expect(config.auth.JWT_SECRET).toBeUndefined();
    expect(config.process.APP_PORT).toBe(8082);
    expect([...config.stores.kinds]).toEqual([[0, "embedded"]]);
  });

  it("wants a secret where several processes may share sessions", () => {
    const { JWT_SECRET: _, ...servers } = SERVERS;
    const faults = faultsOf({ ...servers, OFS_DATA_FOLDER: "/data" });
    expect(faults).toEqual([expect.stringMatching(/^JWT_SECRET: is required/)]);
  });

  it("names everything that is missing at once", () => {
    const faults = faultsOf({});
    for (const name of [
      "ETCD_SERVER",
      "JWT_SECRET",
      "MYSQL_DB_NAME",
      "MYSQL_MASTER_HOST",
      "MYSQL_MASTER_USERNAME",
    ]) {
      expect(faults).toContainEqual(expect.stringMatching(new RegExp(`^${name}: is required`)));
    }
  });

  it.each([
    ["JWT_SECRET", "short"],
    ["JWT_PREVIOUS_SECRETS", `${SECRET},short`],
    ["JWT_TTL_SECONDS", "1"],
    ["CORS_ORIGINS", "*"],
    ["CORS_ORIGINS", "https://a.example.org/path"],
    ["CORS_ORIGINS", "a.example.org"],
    ["TLS_CERT_FILE", "/cert.pem"],
    ["ADMIN_EMAIL", "admin@example.org"],
    ["MYSQL_TLS_CERT_FILE", "/cert.pem"],
    ["MYSQL_DB_NAME", "a`b"],
    ["APP_PORT", "70000"],
    ["HORIZON_FOUR_EYES", "maybe"],
    ["HORIZON_TRUSTED_PROXIES", "true"],
    ["HORIZON_TRUSTED_PROXIES", "10.0.0.0/33"],
  ])("refuses %s=%s", (name, value) => {
    const faults = faultsOf({ ...SERVERS, [name]: value });
    expect(faults).not.toEqual([]);
    expect(faults.join()).not.toContain(SECRET);
  });

  it("keeps the first administrator to the rules of passwords", () => {
    const env = { ...SERVERS, ADMIN_EMAIL: "admin@example.org", ADMIN_PASSWORD: "weak" };
    const faults = faultsOf(env);
    expect(faults).toEqual([expect.stringMatching(/^ADMIN_PASSWORD: must have at least 8/)]);
    expect(faults.join()).not.toContain("weak");
  });

  it("names a connection's fault as its variable is named", () => {
    const own = faultsOf({ ...SERVERS, SCYLLA_ACTIVE_CONFIG_IDS: "1", SCYLLA_1_KEYSPACE: "onfs" });
    expect(own).toEqual(["SCYLLA_1_CONTACT_POINTS: is required"]);
    const shared = faultsOf({ ...SERVERS, STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: "1" });
    expect(shared).toContain("STORAGE_SCYLLA_1_KEYSPACE: is required");
  });

  it("refuses an id of two kinds", () => {
    const env = {
      ...SERVERS,
      REDIS_FAILOVER_ACTIVE_CONFIG_IDS: "4",
      STORAGE_REDIS_CLUSTER_ACTIVE_CONFIG_IDS: "4",
    };
    expect(faultsOf(env)).toEqual([
      'STORAGE_REDIS_CLUSTER_ACTIVE_CONFIG_IDS: id 4 is of kind redis_failover already (value "4")',
    ]);
  });

  it("finds variables that nobody knows, and leaves those of others alone", () => {
    const { unknownVariables } = loadConfig({
      ...SERVERS,
      JWT_SECRETS: "x",
      HORIZON_FOUREYES: "true",
      PATH: "/bin",
      HOME: "/",
    });
    expect(unknownVariables).toEqual(["HORIZON_FOUREYES", "JWT_SECRETS"]);
  });
});
