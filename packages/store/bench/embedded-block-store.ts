/*
 * Reads and writes of the embedded block store: 100 k keys, two groups of 120 bytes.
 *
 *   node --conditions=@ofs/source --import tsx packages/store/bench/embedded-block-store.ts
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedBlockStore, openEmbeddedEnvironment } from "@ofs/store";
import { blockOf, entity, featureGroup, storeDefinition } from "../test/fixtures.ts";
import { measure, report } from "./measure.ts";

const KEY_COUNT = 100_000;
const BLOCK_SIZE_BYTES = 120;
/** Steps through the keys in no order. */
const STRIDE = 7919;

const folder = mkdtempSync(join(tmpdir(), "ofs-bench-"));
const environment = openEmbeddedEnvironment(folder);
const store = new EmbeddedBlockStore(environment);

const groups = [0, 1].map((id) => featureGroup({ label: `group_${id}`, id }));
const table = { entity: entity("user", ["user_id"], groups), store: storeDefinition() };
const limits = { deadlineMs: Number.POSITIVE_INFINITY };
const keys = Array.from({ length: KEY_COUNT }, (_, index) => [`user-${index}`]);

function someKeys(count: number, call: number): string[][] {
  const first = call * count;
  return Array.from(
    { length: count },
    (_, index) => keys[((first + index) * STRIDE) % KEY_COUNT] as string[],
  );
}

let writeTimeMicros = 1;
function write(count: number, groupCount: number): (call: number) => Promise<unknown> {
  const written = groups.slice(0, groupCount);
  const blocks = written.map(({ id }) => blockOf(BLOCK_SIZE_BYTES, id));
  return (call) => {
    const rows = someKeys(count, call).map((key) => ({ key, blocks }));
    writeTimeMicros += 1;
    return store.write({ ...table, ...limits, groups: written, rows, writeTimeMicros });
  };
}

/** @param batches made before, so that making them is not measured */
function read(
  batches: readonly string[][][],
  groupCount: number,
): (call: number) => Promise<unknown> {
  const asked = groups.slice(0, groupCount);
  return async (call) => {
    const batch = batches[call % batches.length] as string[][];
    return store.read({ ...table, ...limits, groups: asked, keys: batch });
  };
}

for (let call = 0; call < KEY_COUNT / 1000; call++) await write(1000, 2)(call);

for (const groupCount of [1, 2]) {
  for (const [count, callCount] of [
    [1, 200_000],
    [10, 40_000],
    [100, 8000],
    [500, 1500],
  ] as const) {
    const batches = Array.from({ length: 1000 }, (_, call) => someKeys(count, call));
    const cost = await measure(callCount, 1, read(batches, groupCount));
    report(`read of ${count} keys, ${groupCount} groups`, count, cost);
  }
}
for (const [count, callCount, concurrency] of [
  [1, 1000, 1],
  [1, 20_000, 64],
  [100, 300, 1],
  [100, 600, 8],
] as const) {
  const cost = await measure(callCount, concurrency, write(count, 1));
  report(`write of ${count} rows, ${concurrency} at once`, count, cost);
}
await environment.close();
rmSync(folder, { recursive: true });
