import { parseSnapshot, type StoreDefinition } from "@ofs/registry";
import { connectScylla, ensureKeyspace, ScyllaBlockStore } from "@ofs/store";
import { type RegistryEntries, type ServerAddress, serverAddress } from "@ofs/testkit";

export const SCYLLA_CONF_ID = 1;

/** All servers under test share it; each has tables of its own. Changes of schema are slow. */
export const KEYSPACE = "ofs_scenarios";
const REPLICATION = { factor: 1 };

function options({ host, port }: ServerAddress) {
  return { contactPoints: [host], port, keyspace: KEYSPACE, timeoutMs: 30_000 };
}

/** @param address default: the server that the test run provides */
export function scyllaEnvironment(
  { host, port }: Pick<ServerAddress, "host" | "port"> = serverAddress("cassandra"),
): Record<string, string> {
  const prefix = `STORAGE_SCYLLA_${SCYLLA_CONF_ID}`;
  return {
    STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: String(SCYLLA_CONF_ID),
    [`${prefix}_CONTACT_POINTS`]: host,
    [`${prefix}_PORT`]: String(port),
    [`${prefix}_KEYSPACE`]: KEYSPACE,
    [`${prefix}_MAJOR_VERSION`]: "5",
  };
}

/**
 * Creates the tables that the tree's entities need.
 *
 * @param address default: the server that the test run provides
 */
export async function prepareTables(
  tree: RegistryEntries,
  address: ServerAddress = serverAddress("cassandra"),
): Promise<void> {
  await ensureKeyspace(options(address), REPLICATION);
  const entries = Object.entries(tree).map(([path, text]) => [path, Buffer.from(text)] as const);
  const snapshot = parseSnapshot(new Map(entries), 1);
  const connection = await connectScylla(options(address));
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
