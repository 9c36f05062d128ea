import { ConfigError } from "@ofs/platform";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../src/config.ts";

const PREFIX = "KAFKA_CONSUMERS_FEATURE_CONSUMER_";
const REQUIRED = {
  ETCD_SERVER: "etcd:2379",
  [`${PREFIX}TOPIC`]: "features",
  [`${PREFIX}BOOTSTRAP_SERVERS`]: "broker-1:9092,broker-2:9092",
  [`${PREFIX}GROUP_ID`]: "onfs",
};

function kafka(variables: Readonly<Record<string, string>>): Record<string, string> {
  const named = Object.entries(variables).map(([name, value]) => [PREFIX + name, value] as const);
  return { ...REQUIRED, ...Object.fromEntries(named) };
}

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe("loadConfig", () => {
  it("needs topic, servers and group, and has a default for everything else", () => {
    const { process, source, limits } = loadConfig(REQUIRED);
    expect(process).toMatchObject({ APP_PORT: 8090, CONSUMER_INVALIDATE_CACHES: true });
    expect(source.reading).toMatchObject({
      topics: ["features"],
      groupId: "onfs",
      start: "earliest",
      memberCount: 1,
      commitIntervalMs: undefined,
      laneCount: 16,
    });
    expect(source.kafka).toMatchObject({
      brokers: ["broker-1:9092", "broker-2:9092"],
      clientId: "onfs-consumer",
      tls: undefined,
      sasl: undefined,
    });
    expect(limits.CONSUMER_REGISTRY_WAIT_MS).toBe(30_000);
  });

  it("names all that is missing at once", () => {
    expect(faultsOf({})).toEqual([
      "ETCD_SERVER: is required, or OFS_DATA_FOLDER for an embedded registry",
      `${PREFIX}TOPIC: is required`,
      `${PREFIX}BOOTSTRAP_SERVERS: is required, or OFS_DATA_FOLDER for the embedded log`,
      `${PREFIX}GROUP_ID: is required`,
    ]);
  });

  it("takes the settings of existing deployments as they are", () => {
    const env = kafka({
      CLIENT_ID: "onfs-consumer",
      AUTO_OFFSET_RESET: "latest",
      ENABLE_AUTO_COMMIT: "true",
      AUTO_COMMIT_INTERVAL_MS: "5000",
      RE_BALANCE_ENABLE: "true",
      LISTENER_CONCURRENCY: "2",
      MAX_WORKERS: "50",
      BATCH_SIZE: "100",
      POLL_TIMEOUT: "1000",
      ENABLE_ENTITY_ID_BASED_PROCESSING: "false",
      BASIC_AUTH_CREDENTIAL_SOURCE: "USER_INFO",
      SECURITY_PROTOCOL: "SASL_SSL",
      SASL_MECHANISM: "PLAIN",
      SASL_USERNAME: "user",
      SASL_PASSWORD: "secret",
    });
    const { reading, kafka: brokers } = loadConfig(env).source;
    expect(reading).toMatchObject({
      start: "latest",
      memberCount: 2,
      commitIntervalMs: 5_000,
      laneCount: 50,
      maxBatchRows: 100,
      unusedVariables: [
        `${PREFIX}RE_BALANCE_ENABLE`,
        `${PREFIX}POLL_TIMEOUT`,
        `${PREFIX}ENABLE_ENTITY_ID_BASED_PROCESSING`,
        `${PREFIX}BASIC_AUTH_CREDENTIAL_SOURCE`,
      ],
    });
    expect(brokers).toMatchObject({
      tls: { caFile: undefined },
      sasl: { mechanism: "PLAIN", username: "user", password: "secret" },
    });
  });

  it("reads several topics", () => {
    expect(loadConfig(kafka({ TOPIC: "a, b.c" })).source.reading.topics).toEqual(["a", "b.c"]);
  });

  it("uses the embedded log where there are no servers but a data folder", () => {
    const { source } = loadConfig({ OFS_DATA_FOLDER: "/data" });
    expect(source.kafka).toBeUndefined();
    expect(source.reading.topics).toEqual(["online-feature-store.feature_ingestion"]);
  });

  it("uses Kafka with a data folder's stores where servers are named", () => {
    const { ETCD_SERVER: _, ...rest } = REQUIRED;
    expect(loadConfig({ ...rest, OFS_DATA_FOLDER: "/data" }).source.kafka).toBeDefined();
  });

  it("reads rows where they are switched on, from the same servers or others", () => {
    const on = { ...REQUIRED, ROW_ENABLED: "true" };
    expect(loadConfig(REQUIRED).rows).toBeUndefined();
    const { rows, source } = loadConfig(on);
    expect(rows).toMatchObject({ groupPrefix: "ofs-row", slotCount: 16 });
    expect(source.rowKafka).toBe(source.kafka);
    const other = loadConfig({ ...on, ROW_KAFKA_BOOTSTRAP_SERVERS: "rows:9092" }).source;
    expect(other.kafka?.brokers).toEqual(["broker-1:9092", "broker-2:9092"]);
    expect(other.rowKafka?.brokers).toEqual(["rows:9092"]);
  });

  it("may read rows only, but needs servers for them", () => {
    const on = { ETCD_SERVER: "etcd:2379", ROW_ENABLED: "true" };
    const { reading, kafka, rowKafka } = loadConfig({
      ...on,
      ROW_KAFKA_BOOTSTRAP_SERVERS: "rows:9092",
    }).source;
    expect([reading.topics, kafka?.brokers, rowKafka?.brokers]).toEqual([[], [], ["rows:9092"]]);
    expect(faultsOf(on)).toEqual([
      `${PREFIX}BOOTSTRAP_SERVERS: is required, or OFS_DATA_FOLDER for the embedded log`,
    ]);
    expect(
      faultsOf({ ...on, [`${PREFIX}TOPIC`]: "a", [`${PREFIX}BOOTSTRAP_SERVERS`]: "b:1" }),
    ).toEqual([`${PREFIX}GROUP_ID: is required`]);
    const embedded = loadConfig({ OFS_DATA_FOLDER: "/data", ROW_ENABLED: "true" }).source;
    expect(embedded.reading.topics).toEqual(["online-feature-store.feature_ingestion"]);
    expect([embedded.kafka, embedded.rowKafka]).toEqual([undefined, undefined]);
  });

  it.each([
    [{ ROW_CONSUMER_GROUP_PREFIX: "a b" }, /ROW_CONSUMER_GROUP_PREFIX: must be letters/],
    [{ ROW_CONSUMER_SLOTS: "0" }, /ROW_CONSUMER_SLOTS: must be a whole number from 1/],
    [{ ROW_DLQ_TOPIC: "a/b" }, /ROW_DLQ_TOPIC: must be a topic name/],
    [{ ROW_TENANT_CONFIG_IDS: "a:7" }, /ROW_TENANT_CONFIG_IDS: tenant a: id 7/],
  ])("refuses %j of the row dialect", (variables, message) => {
    const env = { ...REQUIRED, ROW_ENABLED: "true", ...variables };
    expect(faultsOf(env).join("\n")).toMatch(message);
  });

  it.each([
    [{ TOPIC: "a b" }, /TOPIC: must be topic names/],
    [{ TOPIC: "a,a" }, /TOPIC: must name no topic twice/],
    [{ BOOTSTRAP_SERVERS: "broker" }, /BOOTSTRAP_SERVERS: must be host:port/],
    [{ MAX_WORKERS: "0" }, /MAX_WORKERS: must be a whole number from 1 to 1024 \(value "0"\)/],
    [{ AUTO_OFFSET_RESET: "none" }, /AUTO_OFFSET_RESET: must be one of earliest, latest/],
    [{ SECURITY_PROTOCOL: "SASL_SSL" }, /SASL_USERNAME: is required with/],
    [{ SECURITY_PROTOCOL: "SSL", TLS_CERT_FILE: "c.pem" }, /TLS_KEY_FILE: is required with/],
    [{ TLS_CA_FILE: "ca.pem" }, /SECURITY_PROTOCOL: must be SSL or SASL_SSL/],
  ])("refuses %j", (variables, message) => {
    expect(faultsOf(kafka(variables)).join("\n")).toMatch(message);
  });

  it("never shows a secret", () => {
    const env = { ...REQUIRED, ADMIN_TOKEN: "short-secret" };
    expect(faultsOf(env)).toEqual(["ADMIN_TOKEN: must have at least 16 characters"]);
  });

  it.each([
    [{ TLS_CERT_FILE: "c" }, /TLS_KEY_FILE: is required with TLS_CERT_FILE/],
    [{ TLS_KEY_FILE: "k" }, /TLS_CERT_FILE: is required with TLS_KEY_FILE/],
  ])("needs both TLS files of the port: %j", (variables, message) => {
    expect(faultsOf({ ...REQUIRED, ...variables }).join("\n")).toMatch(message);
  });
});
