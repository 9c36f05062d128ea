import { randomBytes } from "node:crypto";
import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla, ensureKeyspace, type ScyllaConnection } from "@ofs/store";
import { serverAddress } from "@ofs/testkit";
import { afterAll, beforeAll, describe } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database/mysql-fixtures.ts";
import { describeCrashes } from "./support/crash-suite.ts";
import type { WorldSettings } from "./support/process-world.ts";

/** Long enough for the changes of schema of a busy server; short, as every test waits for it once. */
const LEASE_MS = 3_000;

describe("over MariaDB, etcd and Cassandra", () => {
  const databases = new Map<string, TestDatabase>();
  /** For making and dropping keyspaces. */
  let cassandra: ScyllaConnection;

  function scyllaOptions(keyspace: string) {
    const { host, port } = serverAddress("cassandra");
    return { contactPoints: [host], port, keyspace, connectionsPerHost: 1 };
  }

  beforeAll(async () => {
    const options = scyllaOptions(uniqueName());
    await ensureKeyspace(options, { factor: 1 });
    cassandra = await connectScylla(options);
  });

  afterAll(async () => {
    await cassandra.client.execute(`DROP KEYSPACE ${cassandra.keyspace}`);
    await cassandra.close();
  });

  describeCrashes({
    async createSettings(): Promise<WorldSettings> {
      const name = uniqueName();
      const database = await createTestDatabase(serverAddress("mysql"));
      databases.set(name, database);
      await ensureKeyspace(scyllaOptions(name), { factor: 1 });
      return {
        database: database.settings,
        registry: { endpoints: serverAddress("etcd").text, root: `/config/${name}` },
        scylla: [{ confId: 1, options: scyllaOptions(name) }],
        stores: { confId: 1, dbType: "scylla" },
        leaseMs: LEASE_MS,
      };
    },
    async remove({ registry, scylla }) {
      const name = scylla[0]?.options.keyspace ?? "";
      if ("root" in registry) await clear(registry);
      await cassandra.client.execute(`DROP KEYSPACE ${name}`);
      await databases.get(name)?.drop();
    },
  });
});

function uniqueName(): string {
  return `ofs_apply_${randomBytes(6).toString("hex")}`;
}

async function clear(options: { readonly endpoints: string; readonly root: string }) {
  const source = new EtcdRegistrySource(options);
  const { entries } = await source.load(new AbortController().signal);
  const changes = [...entries.keys()].map((path) => ({ path, value: undefined }));
  await source.write(changes, { isChunked: true });
  await source.close();
}
