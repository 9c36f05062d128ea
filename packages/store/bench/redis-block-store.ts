/*
 * CPU and time of this process per call on a Redis block store of three small groups per key.
 *
 *   node --conditions=@ofs/source --import tsx packages/store/bench/redis-block-store.ts 127.0.0.1:6379
 *   ... redis-block-store.ts --cluster 127.0.0.1:7101
 */
import { connectRedis, RedisBlockStore } from "@ofs/store";
import { blockOf, entity, featureGroup, storeDefinition, uniqueName } from "../test/fixtures.ts";
import { measure, report } from "./measure.ts";

const KEY_COUNT = 1000;
const BLOCK_SIZE_BYTES = 49;

const isCluster = process.argv[2] === "--cluster";
const address = process.argv[isCluster ? 3 : 2] ?? "127.0.0.1:6379";
const connection = isCluster
  ? connectRedis({ kind: "cluster", addresses: [address] })
  : connectRedis({ kind: "standalone", address });
const store = new RedisBlockStore({ connection });
await store.ping();

const entityLabel = uniqueName("bench");
const groups = [0, 1, 2].map((id) => featureGroup({ entityLabel, label: `group_${id}`, id }));
const table = { entity: entity(entityLabel, ["id"], groups), store: storeDefinition(), groups };
const keys = Array.from({ length: KEY_COUNT }, (_, i) => [`user-${i}`]);
const limits = { deadlineMs: Number.POSITIVE_INFINITY };

function someKeys(count: number, call: number): string[][] {
  return Array.from({ length: count }, (_, i) => keys[(call * 7 + i) % KEY_COUNT] as string[]);
}

function read(count: number): (call: number) => Promise<unknown> {
  return (call) => store.read({ ...table, ...limits, keys: someKeys(count, call) });
}

let writeTimeMicros = 1;
function write(count: number): (call: number) => Promise<unknown> {
  return (call) => {
    const rows = someKeys(count, call).map((key) => {
      return { key, blocks: groups.map(() => blockOf(BLOCK_SIZE_BYTES, 7)) };
    });
    writeTimeMicros += 1;
    return store.write({ ...table, ...limits, rows, writeTimeMicros });
  };
}

async function run(
  name: string,
  keyCount: number,
  callCount: number,
  concurrency: number,
  work: (call: number) => Promise<unknown>,
): Promise<void> {
  const cost = await measure(callCount, concurrency, work);
  report(`${name}, ${concurrency} at once`, keyCount, cost);
}

await write(KEY_COUNT)(0);
await run("read of 1 key", 1, 20_000, 32, read(1));
await run("read of 100 keys", 100, 2000, 1, read(100));
await run("read of 100 keys", 100, 2000, 32, read(100));
await run("write of 1 row", 1, 5000, 32, write(1));
await run("write of 100 rows", 100, 300, 1, write(100));
await run("write of 1000 rows", 1000, 30, 1, write(1000));
await store.close();
