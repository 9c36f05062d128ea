import { randomBytes } from "node:crypto";
import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla, ensureKeyspace, type ScyllaConnection } from "@ofs/store";
import { serverAddress } from "@ofs/testkit";
import { createTestDatabase, type TestDatabase } from "../../database/mysql-fixtures.ts";
import type { WorldSettings } from "./process-world.ts";

/** Long enough for the changes of schema of a busy server; short, as tests of crashes wait for it. */
const LEASE_MS = 3_000;

/** Places for control planes on the MariaDB, etcd and Cassandra of the test run. */
export class ServerWorlds {
  readonly #databases = new Map<WorldSettings, TestDatabase>();

  /** New, empty places. */
  async createSettings(): Promise<WorldSettings> {
    const name = `ofs_apply_${randomBytes(6).toString("hex")}`;
    const { host, port } = serverAddress("cassandra");
    const options = { contactPoints: [host], port, keyspace: name, connectionsPerHost: 1 };
    await ensureKeyspace(options, { factor: 1 });
    const database = await createTestDatabase(serverAddress("mysql"));
    const settings: WorldSettings = {
      database: database.settings,
      registry: { endpoints: serverAddress("etcd").text, root: `/config/${name}` },
      scylla: [{ confId: 1, options }],
      stores: { confId: 1, dbType: "scylla" },
      leaseMs: LEASE_MS,
    };
    this.#databases.set(settings, database);
    return settings;
  }

  async remove(settings: WorldSettings): Promise<void> {
    if ("root" in settings.registry) await clearTree(settings.registry);
    for (const { options } of settings.scylla) {
      const connection: ScyllaConnection = await connectScylla(options);
      await connection.client.execute(`DROP KEYSPACE ${connection.keyspace}`);
      await connection.close();
    }
    await this.#databases.get(settings)?.drop();
  }
}

async function clearTree(options: { readonly endpoints: string; readonly root: string }) {
  const source = new EtcdRegistrySource(options);
  const { entries } = await source.load(new AbortController().signal);
  const changes = [...entries.keys()].map((path) => ({ path, value: undefined }));
  await source.write(changes, { isChunked: true });
  await source.close();
}
