import { expect, test } from "vitest";
import { type RowStoreSubject, T0, TestTable, upsert } from "./contract-tables.ts";
import { text } from "./sample-values.ts";

/** Seconds: soon over, and not over while a test runs. */
const SHORT = 2;
const LONG = 1000;

const TIMEOUT_MS = 60_000;
const [K, C, C2] = [text("k"), text("c"), text("c2")] as const;

export function ttlContract(subject: () => RowStoreSubject): void {
  /** A row of another table that is written later and expires no sooner is the clock. */
  async function untilExpired(): Promise<void> {
    const { store } = subject();
    const clock = await TestTable.create(subject(), ["k TEXT"], [], SHORT);
    await clock.write(store, [], [upsert([K], [])]);
    while ((await clock.read(store, ["k"], [[K]]))[0] !== undefined) await subject().tick();
  }

  const create = (ttlSeconds: number): Promise<TestTable> =>
    TestTable.create(subject(), ["k TEXT", "c TEXT"], ["v TEXT", "w TEXT"], ttlSeconds);

  test(
    "cells and rows expire by when they were applied, not by their write time",
    async () => {
      const { store } = subject();
      const table = await create(LONG);
      const micros = Date.now() * 1000;
      await table.write(store, ["v"], [upsert([K, C], [text("old")], T0 - 1)]);
      expect(await table.read(store, ["v"], [[K, C]])).toEqual([[text("old")]]);
      await subject().tables.setTtl(table.name, SHORT);
      await table.write(store, ["v"], [upsert([K, C2], [text("new")], micros + 1_000_000_000)]);
      await untilExpired();
      expect(
        await table.read(
          store,
          ["v", "c"],
          [
            [K, C],
            [K, C2],
          ],
        ),
      ).toEqual([[text("old"), C], undefined]);
      expect(await table.read(store, ["v", "c"], [[K]])).toEqual([[text("old"), C]]);
      expect(await table.scan(store, ["c"], [K])).toEqual([[C]]);
    },
    TIMEOUT_MS,
  );

  test(
    "each cell expires on its own, and the row with the last of them",
    async () => {
      const { store } = subject();
      const table = await create(SHORT);
      await table.write(store, ["v", "w"], [upsert([K, C], [text("v"), text("w")])]);
      await table.write(store, ["v", "w"], [upsert([K, C2], [text("v"), text("w")], T0 + 5)]);
      await subject().tables.setTtl(table.name, LONG);
      await table.write(store, ["w"], [upsert([K, C], [text("newer")], T0 + 1)]);
      // Older than what is there: it neither shows nor prolongs anything.
      await table.write(store, ["v", "w"], [upsert([K, C2], [text("late"), text("late")], T0 + 4)]);
      await untilExpired();
      expect(
        await table.read(
          store,
          ["v", "w"],
          [
            [K, C],
            [K, C2],
          ],
        ),
      ).toEqual([[null, text("newer")], undefined]);
      expect(await table.scan(store, ["c", "w"], [K])).toEqual([[C, text("newer")]]);
      // What has expired still keeps older writes out.
      await table.write(store, ["v"], [upsert([K, C], [text("older")], T0 - 1)]);
      expect(await table.read(store, ["v", "w"], [[K, C]])).toEqual([[null, text("newer")]]);
      await table.write(store, ["v"], [upsert([K, C], [text("again")], T0 + 2)]);
      expect(await table.read(store, ["v", "w"], [[K, C]])).toEqual([
        [text("again"), text("newer")],
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    "the existence of a row expires as its cells do",
    async () => {
      const { store } = subject();
      const table = await create(SHORT);
      await table.write(store, [], [upsert([K, C], []), upsert([K, C2], [])]);
      await subject().tables.setTtl(table.name, 0);
      await table.write(store, [], [upsert([K, C], [], T0 + 1)]);
      await untilExpired();
      expect(
        await table.read(
          store,
          ["c"],
          [
            [K, C],
            [K, C2],
          ],
        ),
      ).toEqual([[C], undefined]);
      expect(await table.scan(store, ["c"], [K])).toEqual([[C]]);
    },
    TIMEOUT_MS,
  );

  test(
    "of two writes of one time the one that expires later counts",
    async () => {
      const { store } = subject();
      const table = await create(0);
      const rows = (value: string) => [upsert([K, C], [text(value), text("same")])];
      await table.write(store, ["v", "w"], rows("z"));
      await subject().tables.setTtl(table.name, LONG);
      await table.write(store, ["v", "w"], rows("b"));
      expect(await table.read(store, ["v"], [[K, C]])).toEqual([[text("b")]]);
      await subject().tables.setTtl(table.name, 2 * LONG);
      await table.write(store, ["v", "w"], rows("a"));
      expect(await table.read(store, ["v"], [[K, C]])).toEqual([[text("a")]]);
      await subject().tables.setTtl(table.name, SHORT);
      await table.write(store, ["v", "w"], rows("y"));
      expect(await table.read(store, ["v"], [[K, C]])).toEqual([[text("a")]]);
    },
    TIMEOUT_MS,
  );
}
