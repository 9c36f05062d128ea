import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { DATA_TYPES, type DataType, encodeBlock } from "@ofs/codec";
import { retrieve } from "@ofs/proto";
import type { Entity, FeatureGroup, StoreDefinition } from "@ofs/registry";
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
import { entityTree } from "@ofs/testkit";
import type { CallContext } from "../src/index.ts";
import { createHarness, query } from "../test/harness.ts";

/*
 * What a read of a real store costs this process, in CPU time: engine, adapter and driver; no cache, no transport.
 *
 *   node --conditions=@ofs/source --import tsx packages/engine/bench/store-reads.bench.ts embedded
 *   ... store-reads.bench.ts redis 127.0.0.1:6379
 *   ... store-reads.bench.ts cassandra 127.0.0.1:9042
 */

const ROUNDS = Number(process.env["OFS_BENCH_ROUNDS"] ?? 9);
/** Calls under way at once, as a transport delivers them. */
const CALLS_AT_ONCE = 20;
const CALLS_A_ROUND = 2000;
const KEY_COUNTS = (process.env["OFS_BENCH_KEYS"] ?? "1,100").split(",").map(Number);
const STORED_KEYS = 1000;

const FEATURES = Array.from({ length: 20 }, (_, i) => `f${i}`);
const versions = [Object.fromEntries(FEATURES.map((label) => [label, {}]))];
const entityLabel = `bench_${process.pid}`;
const harness = createHarness(
  entityTree(entityLabel, ["id"], { stored: { id: 0, type: "FP32", versions } }),
);
const snapshot = harness.snapshot;
const entity = snapshot?.entities.get(entityLabel) as Entity;
const definition = {
  ...(snapshot?.stores.get("1") as StoreDefinition),
  table: entityLabel,
};
const groups = [...entity.groups.values()] as FeatureGroup[];

const [kind, address] = process.argv.slice(2);
const { store, close } = await openStore();
harness.store.read = async (request) => store.read({ ...request, store: definition });
harness.store.refuseKey = (table, key) => store.refuseKey(table, key);

await store.prepare({ entity, store: definition }, groups);
const block = encodeBlock({
  schemaVersion: 1,
  layoutVersion: 1,
  expiryAtSeconds: 0,
  nowSeconds: 0,
  dataType: DATA_TYPES[3] as DataType,
  payload: new Uint8Array(new Float32Array(FEATURES.map((_, i) => i / 7)).buffer),
  compression: "none",
});
const keys = Array.from({ length: STORED_KEYS }, (_, i) => [`user-${i}`]);
for (let start = 0; start < keys.length; start += 100) {
  const rows = keys.slice(start, start + 100).map((key) => ({ key, blocks: [block] }));
  const outcomes = await store.write({
    entity,
    store: definition,
    groups,
    rows,
    writeTimeMicros: 1,
    deadlineMs: Date.now() + 60_000,
  });
  for (const outcome of outcomes) if (outcome !== undefined) throw outcome;
}

async function openStore(): Promise<{ store: BlockStore; close: () => Promise<void> }> {
  if (kind === "embedded") {
    const folder = mkdtempSync(join(tmpdir(), "ofs-bench-"));
    const environment = openEmbeddedEnvironment(folder);
    const close = async () => {
      await environment.close();
      rmSync(folder, { recursive: true });
    };
    return { store: new EmbeddedBlockStore(environment), close };
  }
  if (kind === "redis" && address !== undefined) {
    const store = new RedisBlockStore({
      connection: connectRedis({ kind: "standalone", address }),
    });
    return { store, close: () => store.close() };
  }
  if (kind === "cassandra" && address !== undefined) {
    const [host = "", port] = address.split(":");
    const options = {
      contactPoints: [host],
      port: Number(port),
      keyspace: "ofs_bench",
      connectionsPerHost: 1,
    };
    await ensureKeyspace(options, { factor: 1 });
    const store = new ScyllaBlockStore({ connection: await connectScylla(options) });
    return { store, close: () => store.close() };
  }
  throw new Error("usage: store-reads.bench.ts embedded | redis ADDRESS | cassandra ADDRESS");
}

/** As a transport gives it: the signal is made when it is asked for. */
class Call implements CallContext {
  readonly callerId = "bench";
  readonly deadlineMs = harness.nowMs + 500;
  readonly entities = undefined;
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }
}

/** @returns microseconds of CPU a call */
async function measureRound(requests: readonly Uint8Array[], callCount: number): Promise<number> {
  const before = process.cpuUsage();
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < callCount) {
      const request = requests[next++ % requests.length] as Uint8Array;
      // Deadlines are far: a busy machine must not change what is measured.
      harness.nowMs = Date.now() + 60_000;
      await harness.engine.retrieve(request, new Call());
      await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, caller));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / callCount;
}

for (const keyCount of KEY_COUNTS) {
  const requests = Array.from({ length: 50 }, (_, i) => {
    const asked = Array.from(
      { length: keyCount },
      (_, k) => keys[(i * 7 + k) % STORED_KEYS] as string[],
    );
    return retrieve.Query.encode(
      query(entityLabel, ["id"], { stored: FEATURES }, ...asked),
    ).finish();
  });
  const callCount = keyCount === 1 ? CALLS_A_ROUND * 5 : CALLS_A_ROUND;
  const micros: number[] = [];
  for (let round = 0; round < ROUNDS; round++) micros.push(await measureRound(requests, callCount));
  micros.sort((a, b) => a - b);
  const median = micros[Math.floor(ROUNDS / 2)] as number;
  const text = `${kind}, ${keyCount} keys: ${median.toFixed(1)} us [${micros[0]?.toFixed(1)}..${micros.at(-1)?.toFixed(1)}]`;
  process.stdout.write(`${text}\n`);
}
await close();
