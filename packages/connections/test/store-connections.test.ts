import { createLogger, EnvReader } from "@ofs/platform";
import type { StoreDefinition } from "@ofs/registry";
import { afterEach, expect, test } from "vitest";
import { type BackendSettings, readBackendSettings } from "../src/config/backend-settings.ts";
import { StoreConnections } from "../src/store-connections.ts";

const log = createLogger({ service: "test", level: "DISABLED" });
let connections: StoreConnections | undefined;

afterEach(async () => {
  await connections?.close();
});

function redisStore(confId: number, dbType: StoreDefinition["dbType"]): StoreDefinition {
  return {
    id: "1",
    dbType,
    confId,
    table: "",
    maxColumnSizeBytes: 1024,
    maxRowSizeBytes: 102_400,
    primaryKeys: [],
    tableTtlSeconds: 0,
  };
}

test("a Redis connection is a cache or a store, never both: they would overwrite each other", () => {
  const reader = new EnvReader({
    OFS_DATA_FOLDER: "unused",
    STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: "2,4",
    STORAGE_REDIS_STANDALONE_2_ADDR: "127.0.0.1:1",
    STORAGE_REDIS_STANDALONE_2_DB: "0",
    STORAGE_REDIS_STANDALONE_4_ADDR: "127.0.0.1:1",
    STORAGE_REDIS_STANDALONE_4_DB: "1",
    DISTRIBUTED_CACHE_CONF_IDS: "2",
  });
  const settings = reader.finish<BackendSettings>(readBackendSettings(reader).settings);
  connections = new StoreConnections(settings, undefined, log);
  expect(connections.storeFor(redisStore(2, "redis_standalone"))).toBeUndefined();
  expect(connections.storeFor(redisStore(4, "redis_standalone"))?.kind).toBe("redis");
  expect(connections.storeFor(redisStore(4, "redis_cluster"))).toBeUndefined();
  expect([...connections.redisConnections([2]).keys()]).toEqual([2]);
  expect(connections.backends.map(({ isRequired }) => isRequired)).toEqual([false, true]);
});
