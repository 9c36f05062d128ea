import { randomUUID } from "node:crypto";
import { createLogger } from "@ofs/platform";
import { EtcdRegistrySource, MemoryRegistrySource } from "@ofs/registry";
import { connectScylla, ensureKeyspace, ScyllaRowTables } from "@ofs/store";
import { serverAddress } from "@ofs/testkit";
import { Registry } from "prom-client";
import { startApiServer } from "../../../src/api-server.ts";
import { loadConfig } from "../../../src/config.ts";
import { entriesOf, tablesOf } from "../support/row-objects.ts";
import { ask } from "../support/row-server.ts";
import { ENTITIES, GROUPS, type RowWorld } from "./row-world.ts";
import { VALUE_ENTITY, VALUE_GROUP } from "./value-contract.ts";

/** On Cassandra and etcd, in a keyspace and a registry of its own. */
export async function openCassandraWorld(): Promise<RowWorld> {
  const name = `rows_${randomUUID().replaceAll("-", "").slice(0, 12)}`;
  const { host, port } = serverAddress("cassandra");
  const etcd = serverAddress("etcd").text;
  const options = { contactPoints: [host], port, keyspace: name, timeoutMs: 60_000 };
  const objects = [
    [...ENTITIES, VALUE_ENTITY],
    [...GROUPS, VALUE_GROUP],
  ] as const;
  await ensureKeyspace(options, { factor: 1 });
  const connection = await connectScylla(options);
  const tables = new ScyllaRowTables(connection);
  for (const { table, columns } of tablesOf(...objects)) await tables.ensure(table, columns, 0);
  const registry = new EtcdRegistrySource({ endpoints: etcd, root: `/row/${name}/registry` });
  await registry.write(entriesOf(...objects));
  const config = loadConfig({
    APP_NAME: name,
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    ROW_PORT: "0",
    ROW_ENABLED: "true",
    ROW_KEYSPACE: name,
    WORKERS: "1",
    STORE_TIMEOUT_MS: "60000",
    OVERLOAD_QUEUE_MS: "60000",
    ETCD_SERVER: etcd,
    ETCD_WATCHER_ENABLED: "true",
    STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: "1",
    STORAGE_SCYLLA_1_CONTACT_POINTS: host,
    STORAGE_SCYLLA_1_PORT: String(port),
    STORAGE_SCYLLA_1_KEYSPACE: name,
  });
  const server = await startApiServer(config, {
    log: createLogger({ service: "t", level: "DISABLED" }),
    metrics: new Registry(),
    registrySource: new MemoryRegistrySource({}),
  });
  let lastId = 0;
  return {
    ask: (method, path, body, headers) => ask(server.rowPort ?? 0, method, path, body, headers),
    mainPort: server.port,
    newId: () => ++lastId,
    async close() {
      await server.close();
      const changes = entriesOf(...objects).map(({ path }) => ({ path, value: undefined }));
      await registry.write(changes);
      await registry.close();
      await connection.client.execute(`DROP KEYSPACE ${name}`);
      await tables.close();
    },
  };
}
