import { parseSnapshot, type StoreDefinition } from "@ofs/registry";
import { connectScylla, ensureKeyspace, ScyllaBlockStore } from "@ofs/store";
import { type RegistryEntries, serverAddress } from "@ofs/testkit";

export const SCYLLA_CONF_ID = 1;

/** All servers under test share it; each has tables of its own. Changes of schema are slow. */
const KEYSPACE = "ofs_scenarios";
const REPLICATION = { factor: 1 };

function options() {
  const { host, port } = serverAddress("cassandra");
  return { contactPoints: [host], port, keyspace: KEYSPACE, timeoutMs: 30_000 };
}

export function scyllaEnvironment(): Record<string, string> {
  const { host, port } = serverAddress("cassandra");
  const prefix = `STORAGE_SCYLLA_${SCYLLA_CONF_ID}`;
  return {
    STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: String(SCYLLA_CONF_ID),
    [`${prefix}_CONTACT_POINTS`]: host,
    [`${prefix}_PORT`]: String(port),
    [`${prefix}_KEYSPACE`]: KEYSPACE,
    [`${prefix}_MAJOR_VERSION`]: "5",
  };
}

/** Creates the tables that the tree's entities need. */
export async function prepareTables(tree: RegistryEntries): Promise<void> {
  await ensureKeyspace(options(), REPLICATION);
  const entries = Object.entries(tree).map(([path, text]) => [path, Buffer.from(text)] as const);
  const snapshot = parseSnapshot(new Map(entries), 1);
  const connection = await connectScylla(options());
  const blocks = new ScyllaBlockStore({ connection });
  try {
    for (const entity of snapshot.entities.values()) {
      const groups = [...entity.groups.values()];
      const store = snapshot.stores.get(groups[0]?.storeId ?? "") as StoreDefinition;
      await blocks.prepare({ entity, store }, groups);
    }
  } finally {
    await blocks.close();
  }
}
