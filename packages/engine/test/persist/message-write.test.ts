import { createLogger, FeatureStoreError } from "@ofs/platform";
import type { BlockWrite } from "@ofs/store";
import { entityTree } from "@ofs/testkit";
import { Registry as MetricsRegistry } from "prom-client";
import { describe, expect, test } from "vitest";
import { createEngine } from "../../src/index.ts";
import { MemoryBlockStore } from "../fakes/memory-block-store.ts";
import { query, snapshotOf } from "../harness.ts";
import { createHarness, floats, message, type Row, scores, T0, TREE } from "./message-fixtures.ts";

const forEver = { deadlineMs: Number.POSITIVE_INFINITY };

function rowsOf(count: number): Row[] {
  return Array.from({ length: count }, (_, i): Row => [[`${i}`], floats(i, -i)]);
}

/** Refuses some keys. */
class PickyStore extends MemoryBlockStore {
  readonly refused = new Set<string>();

  override async write(request: BlockWrite): Promise<(FeatureStoreError | undefined)[]> {
    await super.write(request);
    return request.rows.map(({ key }) =>
      this.refused.has(key[0] as string)
        ? new FeatureStoreError("UNAVAILABLE", `no node holds ${key[0]}`)
        : undefined,
    );
  }
}

test("rows of several messages are one write of the store, each with its own time", async () => {
  const { engine, store } = createHarness(TREE);
  const first = engine.prepare(message(scores, rowsOf(2)), T0);
  const second = engine.prepare(message(scores, [[["9"], floats(9, 9)]]), T0 - 7);
  const outcomes = await engine.write([...first.rows, ...second.rows], forEver);
  expect(outcomes).toEqual([undefined, undefined, undefined]);
  expect(store.writes).toHaveLength(1);
  expect(
    store.writes[0]?.rows.map(({ key, writeTimeMicros }) => [key[0], writeTimeMicros]),
  ).toEqual([
    ["0", T0],
    ["1", T0],
    ["9", T0 - 7],
  ]);
});

test("nothing to write is no write", async () => {
  const { engine, store } = createHarness(TREE);
  expect(await engine.write([], forEver)).toEqual([]);
  expect(store.writes).toEqual([]);
});

test("each row has its outcome, and counts as what it is", async () => {
  const picky = new PickyStore();
  const tree = entityTree("user", ["id"], {
    elsewhere: { id: 4, type: "Int32", versions: [{ n: {} }], storeId: "2" },
  });
  const harness = createHarness({ ...TREE, ...tree }, { otherStores: new Map([[2, picky]]) });
  const rows = Array.from({ length: 4 }, (_, i): Row => [[`${i}`], { int32Values: [i] }]);
  const prepared = harness.engine.prepare(message({ elsewhere: ["n"] }, rows), T0);
  picky.refused.add("1").add("2");
  const outcomes = await harness.engine.write(prepared.rows, forEver);
  expect(outcomes.map((outcome) => outcome?.message)).toEqual([
    undefined,
    "no node holds 1",
    "no node holds 2",
    undefined,
  ]);
  const metrics = await harness.metrics.metrics();
  expect(metrics).toContain('ofs_db_persist_count_total{entity_label="user",db_type="redis"} 4');
  expect(metrics).toContain(
    'ofs_persist_query_failure_total{entity_name="user",db_type="redis"} 2',
  );
  expect(metrics).toContain('ofs_rows_total{entity="user",operation="persist"} 2');
  expect(metrics).toContain(
    'ofs_feature_persist_total{success="false",entity="user",feature_group="elsewhere"} 2',
  );
});

test("the deadline is the caller's, but not past the store's own; the signal goes along", async () => {
  const harness = createHarness(TREE);
  const { engine, nowMs, store } = harness;
  const { rows } = engine.prepare(message(scores, rowsOf(1)), T0);
  const { signal } = new AbortController();
  await engine.write(rows, { deadlineMs: nowMs + 10, signal });
  await engine.write(rows, { deadlineMs: nowMs + 10_000 });
  expect(store.writes.map((write) => write.deadlineMs - nowMs)).toEqual([10, 1000]);
  expect(store.writes.map((write) => write.signal)).toEqual([signal, undefined]);
});

describe("the gate before a store", () => {
  test("too many writes at once: all rows of the next are refused", async () => {
    const { engine, store } = createHarness(TREE, { limits: { maxStoreInFlight: 1 } });
    const { rows } = engine.prepare(message(scores, rowsOf(2)), T0);
    let open = (): void => {};
    store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = engine.write(rows, forEver);
    const refused = await engine.write(rows, forEver);
    expect(refused.map((outcome) => outcome?.code)).toEqual([
      "RESOURCE_EXHAUSTED",
      "RESOURCE_EXHAUSTED",
    ]);
    open();
    expect(await first).toEqual([undefined, undefined]);
    expect(await engine.write(rows, forEver)).toEqual([undefined, undefined]);
  });

  test("a store that breaks its contract does not keep the place", async () => {
    const { engine, store } = createHarness(TREE, { limits: { maxStoreInFlight: 1 } });
    const { rows } = engine.prepare(message(scores, rowsOf(1)), T0);
    store.gate = Promise.reject(new Error("broken"));
    await expect(engine.write(rows, forEver)).rejects.toThrow("broken");
    store.gate = undefined;
    expect(await engine.write(rows, forEver)).toEqual([undefined]);
  });
});

describe("readers", () => {
  const cached = entityTree("user", ["id"], {
    scores: {
      id: 7,
      type: "FP32",
      versions: [{ ctr: {}, cvr: {} }],
      process: true,
      distributed: true,
    },
  });
  const read = query("user", ["id"], { scores: ["ctr"] }, ["0"]);

  test("see what was written, whatever was cached before", async () => {
    const harness = createHarness(cached);
    expect((await harness.retrieve(read)).hex).toEqual([["00000000"]]);
    const { rows } = harness.engine.prepare(message(scores, [[["0"], floats(1, 2)]]), T0);
    await harness.engine.write(rows, forEver);
    expect((await harness.retrieve(read)).hex).toEqual([["0000803f"]]);
  });

  test("a row that failed is invalidated, too: the store may have taken it", async () => {
    const harness = createHarness(cached);
    await harness.retrieve(read);
    const { rows } = harness.engine.prepare(message(scores, [[["0"], floats(1, 2)]]), T0);
    harness.store.writeFailure = new FeatureStoreError("DEADLINE_EXCEEDED", "no answer");
    await harness.engine.write(rows, forEver);
    const readsBefore = harness.store.reads.length;
    await harness.retrieve(read);
    expect(harness.store.reads).toHaveLength(readsBefore + 1);
  });

  test("of a process without caches: the write is all that happens", async () => {
    const store = new MemoryBlockStore();
    const snapshot = snapshotOf(cached);
    const engine = createEngine({
      registry: { snapshot: () => snapshot, refresh: async () => {} },
      storeFor: () => store,
      processCaches: new Map(),
      distributedCacheFor: () => undefined,
      onStoreFailure: "unavailable",
      storeTimeoutMs: 1000,
      distributedTimeoutMs: 100,
      now: Date.now,
      random: () => 0.5,
      metrics: new MetricsRegistry(),
      log: createLogger({ service: "test", level: "ERROR" }),
    });
    const { rows } = engine.prepare(message(scores, rowsOf(2)), T0);
    expect(await engine.write(rows, forEver)).toEqual([undefined, undefined]);
    expect(store.size).toBe(2);
  });
});
