import { DATA_TYPES, type DataType, encodeBlock } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import { type persist, retrieve } from "@ofs/proto";
import { entityTree, type GroupOptions } from "@ofs/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { MemoryBlockStore } from "./fakes/memory-block-store.ts";
import { createHarness, fp32, type Harness, query } from "./harness.ts";

const ONE = "0000803f";
const CANCELLED = { code: "CANCELLED" };

function group(id: number, caches: Partial<GroupOptions>): GroupOptions {
  return { id, type: "FP32", versions: [{ f: {} }], ...caches };
}

function block(value: number): Uint8Array {
  return encodeBlock({
    schemaVersion: 1,
    layoutVersion: 1,
    expiryAtSeconds: 0,
    nowSeconds: 0,
    dataType: DATA_TYPES[3] as DataType,
    payload: fp32(value),
    compression: "none",
  });
}

const ask = (label: string, ...keys: string[]) =>
  query("user", ["id"], { [label]: ["f"] }, ...keys.map((key) => [key]));

const write = (label: string): persist.IQuery => ({
  entityLabel: "user",
  keysSchema: ["id"],
  featureGroupSchema: [{ label, featureLabels: ["f"] }],
  data: [{ keyValues: ["1"], featureValues: [{ values: { fp32Values: [2] } }] }],
});

const CALLER = {
  callerId: "caller",
  deadlineMs: Number.POSITIVE_INFINITY,
  entities: undefined,
  signal: new AbortController().signal,
  span: undefined,
};

const settle = () => new Promise((resolve) => setImmediate(resolve));

async function series(harness: Harness, name: string): Promise<string | undefined> {
  const lines = (await harness.metrics.metrics()).split("\n");
  return lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
}

let harness: Harness;
let open: () => void;

/** From here on the store answers when `open` is called. */
function hold(): void {
  harness.store.gate = new Promise((resolve) => {
    open = resolve;
  });
}

beforeEach(() => {
  harness = createHarness(
    entityTree("user", ["id"], {
      plain: group(0, {}),
      cached: group(1, { process: true }),
      record: group(2, { distributed: true }),
    }),
  );
  for (const label of ["plain", "cached", "record"])
    harness.store.put("user", ["1"], label, block(1));
  hold();
});

describe("a read whose caller is gone", () => {
  test("is rejected at once, and the store is told", async () => {
    const caller = new AbortController();
    const reading = harness.retrieve(ask("plain", "1"), { signal: caller.signal });
    caller.abort();
    await expect(reading).rejects.toMatchObject({ ...CANCELLED, message: "the caller is gone" });
    expect(harness.store.signals.map((signal) => signal?.aborted)).toEqual([true]);
  });

  test("tells the reason that its transport gave", async () => {
    const caller = new AbortController();
    const reading = harness.retrieve(ask("plain", "1"), { signal: caller.signal });
    const reason = new FeatureStoreError("DEADLINE_EXCEEDED", "the deadline has passed");
    caller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  test("before it began does not reach the store", async () => {
    const signal = AbortSignal.abort();
    await expect(harness.retrieve(ask("plain", "1"), { signal })).rejects.toMatchObject(CANCELLED);
    expect(harness.store.reads).toEqual([]);
  });

  test.each(["cached", "record"])("fills no cache (%s)", async (label) => {
    const caller = new AbortController();
    const reading = harness.retrieve(ask(label, "1"), { signal: caller.signal });
    await settle();
    caller.abort();
    open();
    await expect(reading).rejects.toMatchObject(CANCELLED);
    await settle();
    expect(harness.process.stats().itemCount).toBe(0);
    expect(harness.distributed.records.size).toBe(0);
  });

  test("does not wait for the distributed cache, and asks no store after it", async () => {
    let answer: () => void = () => undefined;
    const { distributed } = harness;
    const read = distributed.read.bind(distributed);
    distributed.read = async (...args: Parameters<typeof read>) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return read(...args);
    };
    const caller = new AbortController();
    const reading = harness.retrieve(ask("record", "1"), { signal: caller.signal });
    caller.abort();
    await expect(reading).rejects.toMatchObject(CANCELLED);
    answer();
    await settle();
    expect(harness.store.reads).toEqual([]);
  });

  test("listens to its caller no longer once it is answered", async () => {
    const caller = new AbortController();
    open();
    await harness.retrieve(ask("plain", "1"), { signal: caller.signal });
    caller.abort();
    expect(harness.store.signals.map((signal) => signal?.aborted)).toEqual([false]);
  });

  test("answered from the process cache never asks for a signal", async () => {
    open();
    await harness.retrieve(ask("cached", "1"));
    const context = {
      callerId: "test",
      deadlineMs: harness.nowMs + 5,
      entities: undefined,
      get signal(): AbortSignal {
        throw new Error("asked for");
      },
    };
    const request = retrieve.Query.encode(ask("cached", "1")).finish();
    expect(harness.engine.retrieve(request, context)).not.toBeInstanceOf(Promise);
  });
});

describe("a read past its deadline", () => {
  test("is DEADLINE_EXCEEDED, and the store is told", async () => {
    const reading = harness.retrieve(ask("plain", "1"), { deadlineMs: harness.nowMs + 5 });
    await expect(reading).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(harness.store.signals[0]?.aborted).toBe(true);
    expect(
      await series(harness, 'ofs_retrieve_failure_total{entity="user",db_type="scylla"}'),
    ).toBe("1");
  });

  test("leaves a read that it shares to the others", async () => {
    const first = harness.retrieve(ask("cached", "1"));
    const second = harness.retrieve(ask("cached", "1"), { deadlineMs: harness.nowMs + 5 });
    await expect(second).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    open();
    expect((await first).hex).toEqual([[ONE]]);
    expect(harness.store.signals.map((signal) => signal?.aborted)).toEqual([false]);
  });
});

describe("a shared read", () => {
  test("goes on for those who joined when the one that began it leaves", async () => {
    const owner = new AbortController();
    const first = harness.retrieve(ask("cached", "1", "2"), { signal: owner.signal });
    const second = harness.retrieve(ask("cached", "1"));
    owner.abort();
    await expect(first).rejects.toMatchObject(CANCELLED);
    open();
    expect((await second).hex).toEqual([[ONE]]);
    expect(harness.store.signals.map((signal) => signal?.aborted)).toEqual([false]);
  });

  test("is cancelled when the last one leaves, and not joined any more", async () => {
    const callers = Array.from({ length: 50 }, () => new AbortController());
    const reads = callers.map(({ signal }) => harness.retrieve(ask("cached", "1"), { signal }));
    const outcomes = Promise.allSettled(reads);
    expect(harness.store.signals).toHaveLength(1);
    for (const caller of callers.slice(1)) caller.abort();
    expect(harness.store.signals[0]?.aborted).toBe(false);
    callers[0]?.abort();
    expect(harness.store.signals[0]?.aborted).toBe(true);
    expect((await outcomes).filter(({ status }) => status === "fulfilled")).toEqual([]);
    const late = harness.retrieve(ask("cached", "1"));
    expect(harness.store.signals).toHaveLength(2);
    open();
    expect((await late).hex).toEqual([[ONE]]);
  });
});

describe("calls that wait for one store", () => {
  const other = new MemoryBlockStore();

  beforeEach(() => {
    const store = {
      "db-type": "scylla",
      "conf-id": 2,
      table: "t",
      "max-column-size-in-bytes": 1024,
    };
    const tree = {
      "storage/stores/2": JSON.stringify(store),
      ...entityTree("user", ["id"], {
        a: group(0, {}),
        b: { ...group(1, {}), storeId: "2" },
        hot: group(2, { process: true }),
      }),
    };
    harness = createHarness(tree, {
      limits: { maxStoreInFlight: 3 },
      otherStores: new Map([[2, other]]),
    });
    other.put("user", ["1"], "b", block(1));
    harness.store.put("user", ["1"], "a", block(1));
    hold();
  });

  const REFUSAL =
    "store 1 (scylla, conf-id 1): too many calls wait for it: the limit STORE_MAX_IN_FLIGHT is 3";
  const GAUGE = 'ofs_store_in_flight{db_type="scylla",conf_id="1"}';

  test("are bounded, reads and writes together; those of another store go on", async () => {
    const held = [
      harness.retrieve(ask("a", "1")),
      harness.retrieve(ask("a", "1")),
      harness.persist(write("a")),
    ];
    const refusal = { code: "RESOURCE_EXHAUSTED", message: REFUSAL };
    await expect(harness.retrieve(ask("a", "1"))).rejects.toMatchObject(refusal);
    await expect(harness.persist(write("a"))).rejects.toMatchObject(refusal);
    for (let i = 0; i < 10; i++) {
      expect((await harness.retrieve(ask("b", "1"))).hex).toEqual([[ONE]]);
      await harness.persist(write("b"));
      other.put("user", ["1"], "b", block(1));
    }
    expect(await series(harness, GAUGE)).toBe("3");
    open();
    await Promise.all(held);
    expect(await series(harness, GAUGE)).toBe("0");
    expect(await series(harness, 'ofs_store_refused_total{db_type="scylla",conf_id="1"}')).toBe(
      "2",
    );
    await harness.retrieve(ask("a", "1"));
  });

  test("count also where they share a read: they hold a place of the process", async () => {
    const held = ["1", "1", "1"].map((key) => harness.retrieve(ask("hot", key)));
    expect(harness.store.reads).toHaveLength(1);
    await expect(harness.retrieve(ask("hot", "1"))).rejects.toMatchObject({ message: REFUSAL });
    open();
    await Promise.all(held);
  });

  test("make room as soon as their callers leave", async () => {
    const caller = new AbortController();
    const { signal } = caller;
    const held = [1, 2, 3].map(() => harness.retrieve(ask("a", "1"), { signal }));
    const outcomes = Promise.allSettled(held);
    caller.abort();
    expect(await series(harness, GAUGE)).toBe("0");
    const next = harness.retrieve(ask("a", "1"));
    open();
    expect((await next).hex).toEqual([[ONE]]);
    await outcomes;
  });

  describe("keep places for those that wait for their turn", () => {
    const reserve = (...labels: string[]) => {
      const features = Object.fromEntries(labels.map((label) => [label, ["f"]]));
      const message = retrieve.Query.encode(query("user", ["id"], features, ["1"])).finish();
      return harness.engine.reserve(message, CALLER);
    };

    test("none is needed while there is room for many", async () => {
      const held = harness.retrieve(ask("a", "1"));
      expect(reserve("a")).toBeUndefined();
      open();
      await held;
    });

    test("those that are kept count, until they are given back; without room a call is told so", async () => {
      const held = [1, 2].map(() => harness.retrieve(ask("a", "1")));
      const giveBack = reserve("a") as () => void;
      const refusal = { code: "RESOURCE_EXHAUSTED", message: REFUSAL };
      expect(reserve("a")).toMatchObject(refusal);
      giveBack();
      held.push(harness.retrieve(ask("a", "1")));
      expect(reserve("a")).toMatchObject(refusal);
      expect(await series(harness, 'ofs_store_refused_total{db_type="scylla",conf_id="1"}')).toBe(
        "2",
      );
      open();
      await Promise.all(held);
    });

    test("not where a cache or another store may answer, and not for what is no query", async () => {
      const held = [1, 2, 3].map(() => harness.retrieve(ask("a", "1")));
      for (const labels of [["hot"], ["a", "hot"], ["a", "b"], ["nothing"]]) {
        expect(reserve(...labels)).toBeUndefined();
      }
      expect(harness.engine.reserve(new Uint8Array([255]), CALLER)).toBeUndefined();
      const giveBack = reserve("b") as () => void;
      expect(giveBack).toBeTypeOf("function");
      giveBack();
      open();
      await Promise.all(held);
    });
  });

  test("a write to two stores of which one is full writes to neither", async () => {
    const held = [1, 2, 3].map(() => harness.retrieve(ask("a", "1")));
    const both = {
      ...write("a"),
      featureGroupSchema: ["b", "a"].map((label) => ({ label, featureLabels: ["f"] })),
      data: [
        {
          keyValues: ["1"],
          featureValues: [{ values: { fp32Values: [2] } }, { values: { fp32Values: [2] } }],
        },
      ],
    };
    const before = other.writes.length;
    await expect(harness.persist(both)).rejects.toMatchObject({ message: REFUSAL });
    expect(other.writes).toHaveLength(before);
    expect(await series(harness, 'ofs_store_in_flight{db_type="scylla",conf_id="2"}')).toBe("0");
    open();
    await Promise.all(held);
  });
});

test("with defaults for failed stores, a full store's cells are defaults at once, and counted", async () => {
  const tree = entityTree("user", ["id"], { a: group(0, {}) });
  harness = createHarness(tree, { onStoreFailure: "defaults", limits: { maxStoreInFlight: 1 } });
  hold();
  const held = harness.retrieve(ask("a", "1"));
  const refused = await harness.retrieve(ask("a", "1"));
  expect([refused.hex, refused.degraded]).toEqual([[["00000000"]], 1]);
  open();
  await held;
});
