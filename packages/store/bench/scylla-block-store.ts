/*
 * Reads and writes of a Cassandra or ScyllaDB block store: two groups of 120 bytes. The keyspace is made and
 * dropped.
 *
 *   node --conditions=@ofs/source --import tsx packages/store/bench/scylla-block-store.ts 127.0.0.1:9042
 */
import type { Entity } from "@ofs/registry";
import { connectScylla, ensureKeyspace, ScyllaBlockStore } from "@ofs/store";
import { blockOf, entity, featureGroup, storeDefinition, uniqueName } from "../test/fixtures.ts";
import { measure, report } from "./measure.ts";

const KEY_COUNT = 5000;
const BLOCK_SIZE_BYTES = 120;

const [host = "127.0.0.1", port = "9042"] = (process.argv[2] ?? "").split(":").filter(Boolean);
const options = {
  contactPoints: [host],
  port: Number(port),
  keyspace: uniqueName("bench"),
  connectionsPerHost: 1,
};
await ensureKeyspace(options, { factor: 1 });
const connection = await connectScylla(options);
const store = new ScyllaBlockStore({ connection });

const groups = [0, 1].map((id) => featureGroup({ label: `group_${id}`, id }));
const limits = { deadlineMs: Number.POSITIVE_INFINITY, groups };
const blocks = groups.map(({ id }) => blockOf(BLOCK_SIZE_BYTES, id));

/** `one`: keys of one column, read by IN. `two`: composite keys, one statement each. */
const tables = [["user_id"], ["user_id", "shard"]].map((keyLabels) => ({
  entity: entity("user", keyLabels, groups),
  store: storeDefinition({ dbType: "scylla", table: uniqueName("t") }),
}));
type Table = { readonly entity: Entity; readonly store: ReturnType<typeof storeDefinition> };

function someKeys({ entity: { keys } }: Table, count: number, call: number): string[][] {
  return Array.from({ length: count }, (_, index) => {
    const key = `user-${(call * count + index) % KEY_COUNT}`;
    return keys.length === 1 ? [key] : [key, "0"];
  });
}

function read(table: Table, count: number): (call: number) => Promise<unknown> {
  return (call) => store.read({ ...table, ...limits, keys: someKeys(table, count, call) });
}

let writeTimeMicros = 1;
function write(table: Table, count: number): (call: number) => Promise<unknown> {
  return (call) => {
    const rows = someKeys(table, count, call).map((key) => ({ key, blocks }));
    writeTimeMicros += 1;
    return store.write({ ...table, ...limits, rows, writeTimeMicros });
  };
}

async function run(table: Table, isReported: boolean): Promise<void> {
  const kind = table.entity.keys.length === 1 ? "one-column key" : "composite key";
  for (const [name, work] of [
    ["read", read],
    ["write", write],
  ] as const) {
    for (const [count, callCount, concurrency] of [
      [1, 5000, 32],
      [10, 1000, 8],
      [100, 200, 4],
    ] as const) {
      const cost = await measure(callCount, concurrency, work(table, count));
      if (isReported) report(`${name} of ${count} (${kind}), ${concurrency} at once`, count, cost);
    }
  }
}

for (const table of tables) {
  await store.prepare(table, groups);
  for (let call = 0; call < KEY_COUNT / 100; call++) await write(table, 100)(call);
}
// The first round is for the compilers, here and in the server.
for (const isReported of [false, true]) {
  for (const table of tables) await run(table, isReported);
}
await connection.client.execute(`DROP KEYSPACE ${connection.keyspace}`);
await store.close();
