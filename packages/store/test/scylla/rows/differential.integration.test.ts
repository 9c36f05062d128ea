import { FeatureStoreError } from "@ofs/platform";
import type { ColumnType } from "@ofs/rows";
import {
  EmbeddedRowStore,
  EmbeddedRowTables,
  openEmbeddedEnvironment,
  type RowColumn,
  type RowStore,
  ScyllaRowStore,
  ScyllaRowTables,
} from "@ofs/store";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../../embedded/temporary-folder.ts";
import { uniqueName } from "../../fixtures.ts";
import { TestTable } from "../../rows/contract-tables.ts";
import { ORDERED_VALUES, text } from "../../rows/sample-values.ts";
import { openTestKeyspace, type TestKeyspace } from "../scylla-fixtures.ts";

const MAX_RUNS = 500;
const { OFS_PROPERTY_RUNS = "40" } = process.env;
const RUNS = Math.min(Number(OFS_PROPERTY_RUNS), MAX_RUNS);
const TIMEOUT_MS = 600_000;

/** Partitions of one run. */
const PARTITIONS = 2;

const CLUSTERING_TYPES: readonly (readonly [ColumnType, ColumnType])[] = [
  ["DECIMAL", "TEXT"],
  ["DOUBLE", "UUID"],
  ["BLOB", "VARINT"],
  ["TIMEUUID", "BIGINT"],
];
const VALUE_TYPES: readonly ColumnType[] = ["INT", "TEXT", "BLOB", "DECIMAL"];

/** The first of each type only, so that random keys meet. */
const VALUES_PER_TYPE = 5;

let keyspace: TestKeyspace;
let closeEmbedded: () => Promise<void>;
let stores: readonly [RowStore, RowStore];
const tables: TestTable[] = [];

beforeAll(async () => {
  keyspace = await openTestKeyspace();
  const folder = temporaryFolder();
  const environment = openEmbeddedEnvironment(folder.path);
  closeEmbedded = async () => {
    await environment.close();
    folder.remove();
  };
  const { connection } = keyspace;
  stores = [new EmbeddedRowStore({ environment, tenant: "t" }), new ScyllaRowStore({ connection })];
  const makers = [
    new EmbeddedRowTables({ environment, tenant: "t" }),
    new ScyllaRowTables(connection),
  ];
  for (const [c, d] of CLUSTERING_TYPES) {
    const columns = VALUE_TYPES.map((type, index): RowColumn => ({ name: `v${index}`, type }));
    const table = new TestTable(
      uniqueName("rows"),
      [
        { name: "k", type: "TEXT" },
        { name: "c", type: c },
        { name: "d", type: d },
      ],
      columns,
    );
    for (const maker of makers) await maker.ensure(table, columns, 0);
    tables.push(table);
  }
});

afterAll(async () => {
  await closeEmbedded();
  await keyspace.drop();
});

const someValue = (type: ColumnType): fc.Arbitrary<Buffer> =>
  fc.constantFrom(...ORDERED_VALUES[type].slice(0, VALUES_PER_TYPE));

const somePartition = fc.nat(PARTITIONS - 1).map((index) => text(`p${index}`));

function someKey(table: TestTable, length: number): fc.Arbitrary<Buffer[]> {
  const others = table.keys.slice(1, length).map(({ type }) => someValue(type));
  return fc.tuple(somePartition, ...others);
}

interface Operation {
  readonly kind: "write" | "read" | "scan";
  readonly columns: readonly RowColumn[];
  readonly keys: readonly (readonly Buffer[])[];
  readonly values: readonly (readonly Buffer[])[];
  readonly times: readonly number[];
  readonly pageSize: number;
}

function someWrite(table: TestTable): fc.Arbitrary<Operation> {
  return fc.subarray([...table.columns]).chain((columns) =>
    fc
      .array(
        fc.record({
          key: someKey(table, table.keys.length),
          values: fc.tuple(...columns.map(({ type }) => someValue(type))),
          // Few times, so that many are equal.
          time: fc.integer({ min: -1, max: 4 }),
        }),
        { minLength: 1, maxLength: 8 },
      )
      .map((rows) => ({
        kind: "write" as const,
        columns,
        keys: rows.map(({ key }) => key),
        values: rows.map(({ values }) => values),
        times: rows.map(({ time }) => time),
        pageSize: 1,
      })),
  );
}

function someRead(table: TestTable): fc.Arbitrary<Operation> {
  const all = [...table.keys, ...table.columns];
  return fc.record({
    kind: fc.constantFrom("read" as const, "scan" as const),
    columns: fc.shuffledSubarray(all),
    keys: fc
      .integer({ min: 1, max: 3 })
      .chain((length) => fc.array(someKey(table, length), { minLength: 1, maxLength: 5 })),
    values: fc.constant([]),
    times: fc.constant([]),
    pageSize: fc.integer({ min: 1, max: 5 }),
  });
}

let runCount = 0;

/** Partitions that no other run uses. */
function ofRun(keys: Operation["keys"], run: number): Buffer[][] {
  return keys.map(([partition, ...others]) => [text(`${run} ${partition}`), ...others]);
}

async function answer(
  store: RowStore,
  table: TestTable,
  run: number,
  operation: Operation,
): Promise<unknown> {
  const { columns, kind, pageSize, times, values } = operation;
  const keys = ofRun(operation.keys, run);
  const names = columns.map(({ name }) => name);
  if (kind === "scan") return table.scan(store, names, keys[0] as Buffer[], pageSize);
  if (kind === "read") return table.read(store, names, keys);
  const rows = keys.map((key, index) => ({
    key,
    values: values[index] as Buffer[],
    writeTimeMicros: times[index] as number,
  }));
  const outcomes = await table.write(store, names, rows);
  return outcomes.map((outcome) => (outcome instanceof FeatureStoreError ? outcome.code : "ok"));
}

test.each(CLUSTERING_TYPES.map((types, index) => [...types, index] as const))(
  "both stores answer alike, keys %s and %s",
  async (_c, _d, index) => {
    const table = tables[index] as TestTable;
    const operations = fc.array(fc.oneof(someWrite(table), someRead(table)), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(operations, async (list) => {
        const run = runCount++;
        for (const operation of list) {
          const [embedded, scylla] = await Promise.all(
            stores.map((store) => answer(store, table, run, operation)),
          );
          expect(embedded).toEqual(scylla);
        }
        for (let partition = 0; partition < PARTITIONS; partition++) {
          const all = {
            kind: "scan",
            columns: [...table.keys, ...table.columns],
            keys: [[text(`p${partition}`)]],
            values: [],
            times: [],
            pageSize: 4,
          } as const;
          const [embedded, scylla] = await Promise.all(
            stores.map((store) => answer(store, table, run, all)),
          );
          expect(embedded).toEqual(scylla);
        }
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);
