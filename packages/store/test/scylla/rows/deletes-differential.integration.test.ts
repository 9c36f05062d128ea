import { setTimeout as pause } from "node:timers/promises";
import {
  EmbeddedRowStore,
  EmbeddedRowTables,
  openEmbeddedEnvironment,
  type RowStore,
  ScyllaRowStore,
  ScyllaRowTables,
} from "@ofs/store";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../embedded/temporary-folder.ts";
import { uniqueName } from "../../fixtures.ts";
import { TestTable, upsert } from "../../rows/contract-tables.ts";
import { text } from "../../rows/sample-values.ts";
import { openTestKeyspace } from "../scylla-fixtures.ts";

const MAX_RUNS = 1000;
const { OFS_PROPERTY_RUNS = "60" } = process.env;
const RUNS = Math.min(Number(OFS_PROPERTY_RUNS), MAX_RUNS);
const TIMEOUT_MS = 300_000;

/** Cassandra drops a row without values after a second, by whole seconds. */
const SETTLED_MS = 2_500;

/** Of steps that are to lie within one second. */
const MAX_ATTEMPTS = 20;

const step = fc.record({
  columns: fc.subarray(["v", "w"]),
  key: fc.constantFrom("a", "b"),
  time: fc.integer({ min: 1, max: 3 }),
  value: fc.option(fc.constantFrom("x", "y", ""), { nil: undefined }),
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/**
 * Of two values of one time the one that expires later wins, by whole seconds, and each store looks at the clock for itself: where
 * a second begins between two steps, the stores may differ and be right.
 *
 * @returns the partition in which all steps were carried out within one second
 */
async function carryOutInOneSecond(
  stores: readonly RowStore[],
  table: TestTable,
  name: string,
  steps: readonly Step[],
): Promise<string> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const partition = `${name}, attempt ${attempt}`;
    const second = secondOfNow();
    for (const each of steps) {
      await Promise.all(stores.map((store) => carryOut(store, table, text(partition), each)));
    }
    if (secondOfNow() === second) return partition;
  }
  throw new Error(`${steps.length} steps took longer than a second, ${MAX_ATTEMPTS} times`);
}

function secondOfNow(): number {
  return Math.floor(Date.now() / 1000);
}

async function carryOut(
  store: RowStore,
  table: TestTable,
  partition: Buffer,
  { columns, key, time, value }: Step,
): Promise<void> {
  const path = [partition, text(key)];
  const outcomes =
    value === undefined
      ? await table.remove(store, columns, [path], time)
      : await table.write(store, columns, [
          upsert(
            path,
            columns.map(() => text(value)),
            time,
          ),
        ]);
  expect(outcomes).toEqual([undefined]);
}

test.each([0, 1000])(
  "writes and deletes in any order leave the same in both stores, with a TTL of %i s",
  async (ttlSeconds) => {
    const keyspace = await openTestKeyspace();
    const folder = temporaryFolder();
    const environment = openEmbeddedEnvironment(folder.path);
    try {
      const { connection } = keyspace;
      const makers = [
        new EmbeddedRowTables({ environment, tenant: "t" }),
        new ScyllaRowTables(connection),
      ];
      const stores = [
        new EmbeddedRowStore({ environment, tenant: "t" }),
        new ScyllaRowStore({ connection }),
      ];
      const column = (name: string) => ({ name, type: "TEXT" }) as const;
      const columns = ["v", "w"].map(column);
      const table = new TestTable(uniqueName("rows"), [column("k"), column("c")], columns);
      for (const maker of makers) await maker.ensure(table, columns, ttlSeconds);
      const runs = fc.sample(fc.array(step, { minLength: 1, maxLength: 8 }), RUNS);
      const partitions: string[] = [];
      for (const [run, steps] of runs.entries()) {
        partitions.push(await carryOutInOneSecond(stores, table, `run ${run}`, steps));
      }
      await pause(SETTLED_MS);
      for (const [run, steps] of runs.entries()) {
        const partition = text(partitions[run] as string);
        const scan = (store: RowStore) => table.scan(store, ["c", "v", "w"], [partition]);
        const [embedded, scylla] = await Promise.all(stores.map(scan));
        expect(embedded, JSON.stringify(steps)).toEqual(scylla);
      }
    } finally {
      await environment.close();
      folder.remove();
      await keyspace.drop();
    }
  },
  TIMEOUT_MS,
);
