import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla } from "@ofs/store";
import { serverAddress } from "@ofs/testkit";
import { createTestDatabase, type TestDatabase } from "../../database/mysql-fixtures.ts";
import type { CrashPlaces } from "./crash-suite.ts";
import type { RowWorldSettings } from "./row-world.ts";

/** Over soon after a process was killed, and longer than what it works on takes between two renewals. */
const HOLD_MS = 3_000;
const LOAD_TIMEOUT_MS = 60_000;

/** Places on the run's MariaDB, etcd and Cassandra. */
export function serverPlaces(): CrashPlaces {
  const databases = new Map<RowWorldSettings, TestDatabase>();
  return {
    async createSettings() {
      const name = `rows_${randomBytes(6).toString("hex")}`;
      const { host, port } = serverAddress("cassandra");
      const options = { contactPoints: [host], port, keyspace: name, connectionsPerHost: 1 };
      const database = await createTestDatabase(serverAddress("mysql"));
      const settings: RowWorldSettings = {
        database: database.settings,
        folder: mkdtempSync(join(tmpdir(), "ofs-rows-crash-")),
        etcd: { endpoints: serverAddress("etcd").text, root: `/row/${name}` },
        scylla: [{ confId: 1, options }],
        keyspace: name,
        holdMs: HOLD_MS,
      };
      databases.set(settings, database);
      return settings;
    },
    async remove(settings) {
      rmSync(settings.folder, { recursive: true, force: true });
      await databases.get(settings)?.drop();
      if (settings.etcd !== undefined) await clearTree(settings.etcd);
      for (const { options } of settings.scylla) {
        const connection = await connectScylla({ ...options, keyspace: "system" });
        await connection.client.execute(`DROP KEYSPACE IF EXISTS ${settings.keyspace}`);
        await connection.close();
      }
    },
  };
}

async function clearTree(etcd: { readonly endpoints: string; readonly root: string }) {
  const source = new EtcdRegistrySource(etcd);
  const { entries } = await source.load(AbortSignal.timeout(LOAD_TIMEOUT_MS));
  const changes = [...entries.keys()].map((path) => ({ path, value: undefined }));
  await source.write(changes, { isChunked: true });
  await source.close();
}
