import type { Entity, FeatureGroup, StoreDefinition } from "@ofs/registry";
import type { BlockRead, BlockStore, BlockWrite } from "@ofs/store";
import { expect, test } from "vitest";
import { LateBlockStore } from "../src/late-block-store.ts";

const table = { entity: {} as Entity, store: {} as StoreDefinition };
const group = {} as FeatureGroup;
const read: BlockRead = { ...table, groups: [group, group], keys: [["a"], ["b"]], deadlineMs: 0 };
const write: BlockWrite = {
  ...table,
  groups: [group],
  rows: [{ key: ["a"], blocks: [] }],
  writeTimeMicros: 1,
  deadlineMs: 0,
};

class FakeStore implements BlockStore {
  readonly kind = "fake";
  pingCount = 0;
  isClosed = false;
  read = () => Promise.resolve([undefined]);
  write = () => Promise.resolve([undefined]);
  maxBlockSizeBytes = () => 7;
  refuseKey = () => "refused";
  prepare = () => Promise.resolve();
  ping(): Promise<void> {
    this.pingCount += 1;
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

test("before it is connected every cell and row is UNAVAILABLE, with the reason", async () => {
  const late = new LateBlockStore("scylla", "scylla 1", () => Promise.reject(new Error("refused")));
  const message = "scylla 1: it has not been connected yet";
  const unavailable = expect.objectContaining({ code: "UNAVAILABLE", message });
  expect(await late.read(read)).toEqual(Array(4).fill(unavailable));
  expect(await late.write(write)).toEqual([unavailable]);
  await expect(late.prepare(table, [group])).rejects.toEqual(unavailable);
  expect(late.maxBlockSizeBytes(table.store, group)).toBe(Number.POSITIVE_INFINITY);
  expect(late.refuseKey(table, ["a"])).toBeUndefined();
  await expect(late.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect((await late.read(read))[0]).toMatchObject({ message: "scylla 1: refused" });
  await late.close();
});

test("a ping connects, one attempt at a time; afterwards the store itself answers", async () => {
  const store = new FakeStore();
  let attemptCount = 0;
  const late = new LateBlockStore("scylla", "scylla 1", async () => {
    attemptCount += 1;
    if (attemptCount === 1) throw new Error("refused");
    return store;
  });
  const failures = await Promise.allSettled([late.ping(), late.ping()]);
  expect(failures.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await Promise.all([late.ping(), late.ping()]);
  expect(attemptCount).toBe(2);
  expect(await late.read(read)).toEqual([undefined]);
  expect(await late.write(write)).toEqual([undefined]);
  await late.prepare(table, [group]);
  expect(late.maxBlockSizeBytes(table.store, group)).toBe(7);
  expect(late.refuseKey(table, ["a"])).toBe("refused");
  await late.ping();
  expect(store.pingCount).toBe(1);
  await late.close();
  expect(store.isClosed).toBe(true);
});

test("a store that arrives after the end is closed", async () => {
  const store = new FakeStore();
  let arrive: (store: BlockStore) => void = () => undefined;
  const late = new LateBlockStore("scylla", "scylla 1", () => {
    return new Promise((resolve) => {
      arrive = resolve;
    });
  });
  const pinged = late.ping();
  await late.close();
  arrive(store);
  await pinged;
  expect(store.isClosed).toBe(true);
});
