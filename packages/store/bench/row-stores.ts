/*
 * Rows of 10 columns (4 numbers, 4 texts, 2 decimals; about 120 bytes) with one key, and with a clustering key in
 * partitions of 100 rows. The embedded store, and Cassandra where OFS_TEST_CASSANDRA names one.
 *
 *   node --conditions=@ofs/source --import tsx packages/store/bench/row-stores.ts [embedded|scylla]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  EmbeddedRowStore,
  EmbeddedRowTables,
  openEmbeddedEnvironment,
  type RowColumn,
  type RowStore,
  type RowTable,
  type RowTables,
  ScyllaRowStore,
  ScyllaRowTables,
} from "@ofs/store";
import { uniqueName } from "../test/fixtures.ts";
import { bigint, decimal, int, text } from "../test/rows/sample-values.ts";
import { openTestKeyspace } from "../test/scylla/scylla-fixtures.ts";
import { measure, report } from "./measure.ts";

const ROW_COUNT = 20_000;
const PARTITION_ROWS = 100;
const LIMITS = { deadlineMs: Number.POSITIVE_INFINITY };
/** Steps through the rows in no order. */
const STRIDE = 7919;

const COLUMNS: readonly RowColumn[] = (
  [
    "INT",
    "BIGINT",
    "DOUBLE",
    "TIMESTAMP",
    "TEXT",
    "TEXT",
    "TEXT",
    "TEXT",
    "DECIMAL",
    "DECIMAL",
  ] as const
).map((type, index) => ({ name: `fg__v1__column_${index}`, type }));

const VALUES = [
  int(7),
  bigint(8n),
  bigint(9n),
  bigint(10n),
  ...["first", "second value", "third", "a longer fourth"].map(text),
  decimal(12345n, 2),
  decimal(678901234567890123456789n, 20),
];

type MakeKey = (index: number) => Buffer[];
const oneKey: MakeKey = (index) => [text(`user-${index}`)];
const twoKeys: MakeKey = (index) => [
  text(`user-${Math.floor(index / PARTITION_ROWS)}`),
  int(index % PARTITION_ROWS),
];

let writeTimeMicros = 1;

async function run(
  name: string,
  store: RowStore,
  tables: RowTables,
  makeKey: MakeKey,
): Promise<void> {
  const isComposite = makeKey === twoKeys;
  const clustering: RowColumn[] = isComposite ? [{ name: "c", type: "INT" }] : [];
  const table: RowTable = {
    name: uniqueName("bench"),
    keys: [{ name: "k", type: "TEXT" }, ...clustering],
  };
  await tables.ensure(table, COLUMNS, 0);
  const keys = Array.from({ length: ROW_COUNT }, (_, index) => makeKey(index));
  const some = (count: number, call: number): Buffer[][] =>
    Array.from(
      { length: count },
      (_, index) => keys[((call * count + index) * STRIDE) % ROW_COUNT] as Buffer[],
    );
  const write = async (given: readonly Buffer[][]): Promise<void> => {
    writeTimeMicros++;
    const rows = given.map((key) => ({ key, values: VALUES, writeTimeMicros }));
    const outcomes = await store.write({ table, columns: COLUMNS, rows, ...LIMITS });
    const failure = outcomes.find((outcome) => outcome !== undefined);
    if (failure !== undefined) throw failure;
  };
  for (let start = 0; start < ROW_COUNT; start += 1000)
    await write(keys.slice(start, start + 1000));

  const title = `${name}, ${isComposite ? "clustering key" : "one key"}`;
  for (const [count, calls, lanes] of [
    [1, 2000, 32],
    [100, 100, 2],
    [1000, 20, 1],
  ] as const) {
    const cost = await measure(calls, lanes, (call) => write(some(count, call)));
    report(`${title}: write of ${count} rows`, count, cost);
  }
  if (isComposite) {
    const cost = await measure(100, 1, (call) => {
      const start = (call % (ROW_COUNT / PARTITION_ROWS)) * PARTITION_ROWS;
      return write(keys.slice(start, start + PARTITION_ROWS));
    });
    report(`${title}: write of a partition`, PARTITION_ROWS, cost);
  }
  for (const [count, calls, lanes] of [
    [1, 4000, 32],
    [100, 200, 2],
  ] as const) {
    const cost = await measure(calls, lanes, (call) =>
      store.read({ table, columns: COLUMNS, keys: some(count, call), ...LIMITS }),
    );
    report(`${title}: read of ${count} rows`, count, cost);
  }
  if (isComposite) {
    const cost = await measure(200, 2, async (call) => {
      const keyPrefix = [text(`user-${call % (ROW_COUNT / PARTITION_ROWS)}`)];
      for await (const _ of store.scan({
        table,
        columns: COLUMNS,
        keyPrefix,
        pageSize: 1000,
        ...LIMITS,
      }));
    });
    report(`${title}: scan of a partition`, PARTITION_ROWS, cost);
  }
}

const [only] = process.argv.slice(2);
const { OFS_TEST_CASSANDRA } = process.env;
if (only !== "scylla") {
  const folder = mkdtempSync(join(tmpdir(), "ofs-bench-"));
  const environment = openEmbeddedEnvironment(folder);
  const tenant = { environment, tenant: "bench" };
  for (const makeKey of [oneKey, twoKeys]) {
    await run("embedded", new EmbeddedRowStore(tenant), new EmbeddedRowTables(tenant), makeKey);
  }
  await environment.close();
  rmSync(folder, { recursive: true });
}
if (only !== "embedded" && OFS_TEST_CASSANDRA !== undefined) {
  const keyspace = await openTestKeyspace();
  const { connection } = keyspace;
  for (const makeKey of [oneKey, twoKeys]) {
    await run(
      "scylla",
      new ScyllaRowStore({ connection }),
      new ScyllaRowTables(connection),
      makeKey,
    );
  }
  await keyspace.drop();
}
