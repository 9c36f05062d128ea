import type { ConfigError } from "@ofs/platform";
import { expect, it } from "vitest";
import { loadConfig } from "../src/config.ts";

const SERVERS = {
  ETCD_SERVER: "localhost:2379",
  MYSQL_MASTER_HOST: "db",
  MYSQL_MASTER_USERNAME: "u",
  MYSQL_DB_NAME: "metastore",
  KAFKA_CONSUMERS_FEATURE_CONSUMER_BOOTSTRAP_SERVERS: "a:9092,[::1]:9093",
};

it("needs nothing but a data folder", () => {
  const config = loadConfig({ OFS_DATA_FOLDER: "/data" });
  expect(config).toMatchObject({ database: "embedded", blockKafka: undefined });
  expect(config.process).toMatchObject({ APP_PORT: 8091, POPULATOR_WORKERS: 2 });
});

it("takes servers, those of the row dialect by themselves", () => {
  const config = loadConfig({ ...SERVERS, ROW_KAFKA_BOOTSTRAP_SERVERS: "rows:9092" });
  expect(config.blockKafka?.brokers).toEqual(["a:9092", "[::1]:9093"]);
  expect(config.rowKafka?.brokers).toEqual(["rows:9092"]);
  expect(loadConfig(SERVERS).rowKafka?.brokers).toEqual(["a:9092", "[::1]:9093"]);
});

it("names every fault at once", () => {
  let faults: readonly string[] = [];
  try {
    loadConfig({ ADMIN_TOKEN: "short", POPULATOR_WORKERS: "0", TLS_CERT_FILE: "/c" });
  } catch (error) {
    faults = (error as ConfigError).faults;
  }
  const names = [
    "ADMIN_TOKEN",
    "POPULATOR_WORKERS",
    "ETCD_SERVER",
    "MYSQL_MASTER_HOST",
    "KAFKA_CONSUMERS_FEATURE_CONSUMER_BOOTSTRAP_SERVERS",
  ];
  for (const name of names) expect(faults.join("\n")).toContain(name);
});
