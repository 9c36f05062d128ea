/*
 * Writes as ingestion does them: batches of 500 rows, each with a write time of its own, one group of 89 bytes. CPU and time
 * of this process a row. What it makes it drops.
 *
 *   node --conditions=@ofs/source --import tsx packages/store/bench/batch-writes.ts redis 127.0.0.1:6379
 *   ... batch-writes.ts redis-cluster 127.0.0.1:7101
 *   ... batch-writes.ts cassandra 127.0.0.1:9042
 *   ... batch-writes.ts embedded /tmp/an-empty-folder
 */
import {
  type BlockStore,
  connectRedis,
  connectScylla,
  EmbeddedBlockStore,
  ensureKeyspace,
  openEmbeddedEnvironment,
  RedisBlockStore,
  ScyllaBlockStore,
} from "@ofs/store";
import { blockOf, entity, featureGroup, storeDefinition, uniqueName } from "../test/fixtures.ts";
import { measure, report } from "./measure.ts";

const ROWS = 500;
const BLOCK_SIZE_BYTES = 89;
const KEY_COUNT = 20_000;
const CALLS = 60;
const AT_ONCE = 4;

interface Subject {
  readonly store: BlockStore;
  close(): Promise<void>;
}

const OPENERS: Readonly<Record<string, (where: string) => Promise<Subject>>> = {
  redis: async (address) => openRedis(connectRedis({ kind: "standalone", address })),
  "redis-cluster": async (address) =>
    openRedis(connectRedis({ kind: "cluster", addresses: [address] })),
  cassandra: async (address) => {
    const [host = "127.0.0.1", port = "9042"] = address.split(":");
    const keyspace = uniqueName("bench");
    const options = { contactPoints: [host], port: Number(port), keyspace };
    await ensureKeyspace(options, { factor: 1 });
    const connection = await connectScylla(options);
    const store = new ScyllaBlockStore({ connection });
    const close = async (): Promise<void> => {
      await connection.client.execute(`DROP KEYSPACE ${connection.keyspace}`);
      await store.close();
    };
    return { store, close };
  },
  embedded: async (folder) => {
    const environment = openEmbeddedEnvironment(folder);
    const store = new EmbeddedBlockStore(environment);
    const close = async (): Promise<void> => {
      await store.close();
      await environment.close();
    };
    return { store, close };
  },
};

function openRedis(connection: ReturnType<typeof connectRedis>): Subject {
  const store = new RedisBlockStore({ connection });
  const close = async (): Promise<void> => {
    const keys = Array.from({ length: KEY_COUNT }, (_, i) => `${label}:user-${i}`);
    await connection.run(
      keys.map((key) => ({ command: "unlink", keys: [key, `{${key}}:wt`], args: [] })),
    );
    await store.close();
  };
  return { store, close };
}

const [kind = "redis", where = "127.0.0.1:6379"] = process.argv.slice(2);
const open = OPENERS[kind];
if (open === undefined) throw new Error(`${kind} is none of ${Object.keys(OPENERS).join(", ")}`);
const label = uniqueName("bench");
const { store, close } = await open(where);
const groups = [featureGroup({ label: "floats", id: 0 })];
const table = {
  entity: entity(label, ["user_id"], groups),
  store: storeDefinition({ table: uniqueName("t") }),
  groups,
};
await store.ping();
await store.prepare(table, groups);

const blocks = [blockOf(BLOCK_SIZE_BYTES, 7)];
let writeTimeMicros = 1_750_000_000_000_000;
async function write(call: number): Promise<void> {
  const rows = Array.from({ length: ROWS }, (_, i) => ({
    key: [`user-${(call * ROWS + i) % KEY_COUNT}`],
    blocks,
    writeTimeMicros: ++writeTimeMicros,
  }));
  const deadlineMs = Date.now() + 60_000;
  const outcomes = await store.write({ ...table, rows, writeTimeMicros, deadlineMs });
  const failure = outcomes.find((outcome) => outcome !== undefined);
  if (failure !== undefined) throw failure;
}

for (const isReported of [false, true, true, true]) {
  for (const lanes of [1, AT_ONCE]) {
    const cost = await measure(CALLS, lanes, write);
    if (isReported) report(`${kind}: ${ROWS} rows, ${lanes} writes at once`, ROWS, cost);
  }
}
await close();
