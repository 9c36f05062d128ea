import { randomUUID } from "node:crypto";
import { EtcdRegistrySource } from "@ofs/registry";
import type { EntityMetadata, GroupMetadata } from "@ofs/rows";
import { connectScylla, ensureKeyspace, ScyllaRowTables } from "@ofs/store";
import { serverAddress } from "@ofs/testkit";
import { entriesOf, tablesOf } from "./row-objects.ts";

/** Objects in stores and a registry of their own. */
export interface PreparedRows {
  /** Settings of a server that serves them: one process, ports that are free, patient. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes all of it away again. */
  drop(): Promise<void>;
}

/** In Cassandra and etcd. @param env beside the usual settings, or in their place */
export async function prepareCassandraRows(
  entities: readonly EntityMetadata[],
  groups: readonly GroupMetadata[],
  env: Readonly<Record<string, string>> = {},
): Promise<PreparedRows> {
  const name = `rows_${randomUUID().replaceAll("-", "").slice(0, 12)}`;
  const { host, port } = serverAddress("cassandra");
  const etcd = serverAddress("etcd").text;
  const options = { contactPoints: [host], port, keyspace: name, timeoutMs: 60_000 };
  await ensureKeyspace(options, { factor: 1 });
  const connection = await connectScylla(options);
  const tables = new ScyllaRowTables(connection);
  for (const { table, columns } of tablesOf(entities, groups)) {
    await tables.ensure(table, columns, 0);
  }
  const registry = new EtcdRegistrySource({ endpoints: etcd, root: `/row/${name}/registry` });
  const entries = entriesOf(entities, groups);
  await registry.write(entries);
  return {
    env: {
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
      ...connectionEnv(1, { host, port }),
      ...env,
    },
    async drop() {
      await registry.write(entries.map(({ path }) => ({ path, value: undefined })));
      await registry.close();
      await connection.client.execute(`DROP KEYSPACE ${name}`);
      await tables.close();
    },
  };
}

/** Settings of one connection. */
export function connectionEnv(
  confId: number,
  { host, port }: { readonly host: string; readonly port: number },
): Record<string, string> {
  const prefix = `STORAGE_SCYLLA_${confId}`;
  return {
    [`${prefix}_CONTACT_POINTS`]: host,
    [`${prefix}_PORT`]: String(port),
    [`${prefix}_KEYSPACE`]: "system",
  };
}
