import { EtcdRegistrySource, parseSnapshot, type StoreDefinition } from "@ofs/registry";
import { connectScylla, ensureKeyspace, ScyllaBlockStore } from "@ofs/store";
import {
  DISTRIBUTED_CONF_ID,
  entityTree,
  PROCESS_CONF_ID,
  type RegistryEntries,
  type ServerAddress,
  serverAddress,
} from "@ofs/testkit";
import { FEATURE, GROUP, KEY } from "./messages.ts";

export const CALLER = "pipeline";
export const CALLER_TOKEN = "pipeline-token";

const SCYLLA_CONF_ID = 1;
const REDIS_CONF_ID = 4;
const KEYSPACE = "ofs_pipeline";
const CACHE_DB = "1";
const MAX_TEXT_BYTES = 60_000;
const MAX_COLUMN_BYTES = 100_000;

/** Where the values of entities are; `missing` is a table that nobody made. */
export type StoreName = "scylla" | "redis" | "missing";

/** `storeId` of groups. */
export const STORE_IDS: Readonly<Record<StoreName, string>> = {
  scylla: "1",
  redis: "2",
  missing: "3",
};

export interface EntityOptions {
  readonly store: StoreName;
  /** Whether it stands behind a process cache and a distributed one. */
  readonly isCached?: boolean;
  readonly type?: "Int64" | "String";
}

/** A registry in etcd that only one test file has. */
export class TestRegistry {
  /** Application, and table of the stores. */
  readonly name: string;
  readonly #cassandra: ServerAddress;
  readonly #etcd: ServerAddress;
  readonly #source: EtcdRegistrySource;
  readonly #tree: RegistryEntries = {};

  private constructor(name: string, cassandra: ServerAddress, etcd: ServerAddress) {
    this.name = name;
    this.#cassandra = cassandra;
    this.#etcd = etcd;
    this.#source = new EtcdRegistrySource({ endpoints: etcd.text, root: `/config/${name}` });
  }

  static async open(
    name: string,
    cassandra: ServerAddress = serverAddress("cassandra"),
    etcd: ServerAddress = serverAddress("etcd"),
  ): Promise<TestRegistry> {
    const registry = new TestRegistry(name, cassandra, etcd);
    await registry.#write({
      [`security/reader/${CALLER}`]: JSON.stringify({ token: CALLER_TOKEN }),
      "storage/stores/1": storeOf("scylla", SCYLLA_CONF_ID, name),
      "storage/stores/2": storeOf("redis_standalone", REDIS_CONF_ID, name),
      "storage/stores/3": storeOf("scylla", SCYLLA_CONF_ID, `${name}_missing`),
    });
    return registry;
  }

  /** Registers an entity of one group with one feature, and makes its table unless that is to be missing. */
  async add(entity: string, options: EntityOptions): Promise<void> {
    await this.addTree(entity, entityEntries(entity, options), options.store);
  }

  /** Registers an entity whose groups, of whatever shape, are all in one store. */
  async addTree(entity: string, entries: RegistryEntries, store: StoreName): Promise<void> {
    Object.assign(this.#tree, entries);
    if (store === "scylla") await this.prepareTable(entity);
    await this.#write(entries);
  }

  /** Makes the table that an entity's values go to. */
  async prepareTable(entity: string): Promise<void> {
    const { host, port } = this.#cassandra;
    const options = { contactPoints: [host], port, keyspace: KEYSPACE, timeoutMs: 30_000 };
    await ensureKeyspace(options, { factor: 1 });
    const entries = Object.entries(this.#tree).map(
      ([path, text]) => [path, Buffer.from(text)] as const,
    );
    const snapshot = parseSnapshot(new Map(entries), 1);
    const definition = snapshot.entities.get(entity);
    if (definition === undefined) throw new Error(`no entity ${entity}`);
    const connection = await connectScylla(options);
    const blocks = new ScyllaBlockStore({ connection });
    try {
      const groups = [...definition.groups.values()];
      const store = snapshot.stores.get(groups[0]?.storeId ?? "") as StoreDefinition;
      await blocks.prepare({ entity: definition, store }, groups);
    } finally {
      await blocks.close();
    }
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  async #write(entries: RegistryEntries): Promise<void> {
    Object.assign(this.#tree, entries);
    const changes = Object.entries(entries);
    await this.#source.write(
      changes.map(([path, text]) => ({ path, value: Buffer.from(text) })),
      { isChunked: true },
    );
  }

  /** What api-server and consumer have in common. */
  environment(): Record<string, string> {
    const { host, port } = this.#cassandra;
    const redis = "STORAGE_REDIS_STANDALONE";
    return {
      APP_NAME: this.name,
      APP_LOG_LEVEL: "WARN",
      ETCD_SERVER: this.#etcd.text,
      ETCD_WATCHER_ENABLED: "true",
      STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: String(SCYLLA_CONF_ID),
      [`STORAGE_SCYLLA_${SCYLLA_CONF_ID}_CONTACT_POINTS`]: host,
      [`STORAGE_SCYLLA_${SCYLLA_CONF_ID}_PORT`]: String(port),
      [`STORAGE_SCYLLA_${SCYLLA_CONF_ID}_KEYSPACE`]: KEYSPACE,
      [`${redis}_ACTIVE_CONFIG_IDS`]: `${DISTRIBUTED_CONF_ID},${REDIS_CONF_ID}`,
      [`${redis}_${DISTRIBUTED_CONF_ID}_ADDR`]: serverAddress("redis").text,
      [`${redis}_${DISTRIBUTED_CONF_ID}_DB`]: CACHE_DB,
      [`${redis}_${REDIS_CONF_ID}_ADDR`]: serverAddress("redis").text,
      [`${redis}_${REDIS_CONF_ID}_DB`]: "0",
      DISTRIBUTED_CACHE_CONF_IDS: String(DISTRIBUTED_CONF_ID),
      IN_MEM_CACHE_ACTIVE_CONFIG_IDS: String(PROCESS_CONF_ID),
      [`IN_MEM_CACHE_${PROCESS_CONF_ID}_SIZE_IN_BYTES`]: "10000000",
    };
  }
}

function storeOf(dbType: string, confId: number, table: string): string {
  return JSON.stringify({
    "db-type": dbType,
    "conf-id": confId,
    table,
    "max-column-size-in-bytes": MAX_COLUMN_BYTES,
    "max-row-size-in-bytes": MAX_COLUMN_BYTES,
  });
}

function entityEntries(
  entity: string,
  { store, isCached = false, type = "Int64" }: EntityOptions,
): RegistryEntries {
  const feature = type === "String" ? { stringLength: MAX_TEXT_BYTES } : {};
  const state = {
    id: 0,
    type,
    versions: [{ [FEATURE]: feature }],
    storeId: STORE_IDS[store],
    process: isCached,
    distributed: isCached,
  };
  const root = `entities/${entity}`;
  return {
    ...entityTree(entity, [KEY], { [GROUP]: state }),
    [`${root}/in-memory-cache/enabled`]: String(isCached),
    [`${root}/distributed-cache/enabled`]: String(isCached),
  };
}
