import { createLogger, FeatureStoreError } from "@ofs/platform";
import type { RowCells, RowReadOutcome, RowStore, RowTable, RowWriteOutcome } from "@ofs/store";
import { Registry } from "prom-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { LateRowStore } from "../../src/rows/late-row-store.ts";
import { TenantStores } from "../../src/rows/tenant-stores.ts";

const TABLE: RowTable = { name: "t", keys: [{ name: "id", type: "INT" }] };
const KEY = [Buffer.from([0, 0, 0, 1])];
const READ = { table: TABLE, columns: [], keys: [KEY], deadlineMs: Number.POSITIVE_INFINITY };

/** Answers every read with an empty row, when it is let go. */
class GatedStore implements RowStore {
  readonly kind = "fake";
  isClosed = false;
  #release: () => void = () => undefined;
  #gate: Promise<void> = Promise.resolve();

  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#release();
  }

  async read(): Promise<RowReadOutcome[]> {
    await this.#gate;
    return [[]];
  }

  async write(): Promise<RowWriteOutcome[]> {
    await this.#gate;
    return [undefined];
  }

  async *scan(): AsyncGenerator<readonly RowCells[]> {
    await this.#gate;
    yield [[]];
  }

  refuseKey(): undefined {
    return undefined;
  }

  async ping(): Promise<void> {
    await this.#gate;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function openTenants(maxInFlight = 2) {
  const made = new Map<string, GatedStore>();
  const tenants = new TenantStores({
    open(tenant) {
      if (tenant === "nowhere") return undefined;
      const store = new GatedStore();
      made.set(tenant, store);
      return store;
    },
    maxInFlight,
    log: createLogger({ service: "t", level: "DISABLED" }),
    metrics: new Registry(),
  });
  onTestFinished(() => tenants.close());
  return { tenants, made };
}

describe("stores of tenants", () => {
  test("are opened when they are first asked for, once each", () => {
    const { tenants, made } = openTenants();
    expect(tenants.states().size).toBe(0);
    const store = tenants.storeOf("a");
    expect(tenants.storeOf("a")).toBe(store);
    expect(tenants.storeOf("b")).not.toBe(store);
    expect(tenants.storeOf("nowhere")).toBeUndefined();
    expect([...made.keys()]).toEqual(["a", "b"]);
  });

  test("take a bounded number of calls; one that stalls does not hold up another", async () => {
    const { tenants, made } = openTenants(2);
    const store = tenants.storeOf("a");
    made.get("a")?.hold();
    const first = store?.read(READ);
    const second = store?.read(READ);
    const [refused] = (await store?.read(READ)) ?? [];
    expect(refused).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    await expect(
      store
        ?.scan({ ...READ, keyPrefix: KEY, pageSize: 1 })
        [Symbol.asyncIterator]()
        .next(),
    ).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    expect(await tenants.storeOf("b")?.read(READ)).toEqual([[]]);
    made.get("a")?.release();
    expect([await first, await second]).toEqual([[[]], [[]]]);
    expect(await store?.read(READ)).toEqual([[]]);
  });

  test("that nobody uses any more are closed once their calls have ended", async () => {
    const { tenants, made } = openTenants();
    const store = tenants.storeOf("a");
    tenants.storeOf("b");
    made.get("a")?.hold();
    const held = store?.read(READ);
    tenants.retain(new Set(["b"]));
    expect([...tenants.states().keys()]).toEqual(["b"]);
    expect(made.get("a")?.isClosed).toBe(false);
    made.get("a")?.release();
    expect(await held).toEqual([[]]);
    await tenants.close();
    expect(made.get("a")?.isClosed).toBe(true);
    expect(made.get("b")?.isClosed).toBe(true);
  });
});

describe("a store that has to be connected", () => {
  const refuseKey = () => undefined;

  test("lets its first callers wait, as long as they do", async () => {
    let connect: (store: RowStore) => void = () => undefined;
    const late = new LateRowStore({
      kind: "fake",
      name: "tenant a",
      refuseKey,
      connect: () =>
        new Promise((resolve) => {
          connect = resolve;
        }),
    });
    const waiting = late.read(READ);
    const hasty = await late.read({ ...READ, deadlineMs: Date.now() + 20 });
    expect(hasty).toMatchObject([{ code: "UNAVAILABLE" }]);
    const gone = await late.read({ ...READ, signal: AbortSignal.timeout(20) });
    expect(gone).toMatchObject([{ code: "UNAVAILABLE" }]);
    connect(new GatedStore());
    expect(await waiting).toEqual([[]]);
  });

  test("is unavailable at once after it has failed, until it succeeds", async () => {
    let isUp = false;
    const late = new LateRowStore({
      kind: "fake",
      name: "tenant a",
      refuseKey,
      async connect() {
        if (!isUp) throw new FeatureStoreError("UNAVAILABLE", "no route");
        return new GatedStore();
      },
    });
    const [first] = await late.read(READ);
    expect(first).toMatchObject({ code: "UNAVAILABLE", message: "tenant a: no route" });
    isUp = true;
    expect(
      await late.write({ ...READ, rows: [{ key: KEY, values: [], writeTimeMicros: 1 }] }),
    ).toMatchObject([{ code: "UNAVAILABLE" }]);
    await late.ping();
    expect(await late.read(READ)).toEqual([[]]);
  });
});
