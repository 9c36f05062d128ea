import { type Logger, mapBounded, toWireStatus } from "@ofs/platform";
import type { TableMaker } from "../../apply/ports.ts";
import type { TableNeed } from "../../changes/model.ts";
import type { Catalog } from "../catalog/model.ts";
import { createDifference, type Difference } from "./model.ts";

/** Stores that are asked at the same time. */
const CONCURRENT_STORE_COUNT = 4;

/** What the control plane names columns of blocks. */
const BLOCK_COLUMN = /^seg_\d+$/;

const BLOB = "blob";

type Table = NonNullable<Awaited<ReturnType<TableMaker["describe"]>>>;

/** What the registry needs of each store's table: one need for each store that can be served. */
export function tableNeeds(catalog: Catalog): TableNeed[] {
  const columns = columnsByStore(catalog);
  return [...catalog.stores.values()].flatMap(({ definition }) => {
    if (definition === undefined || definition.table === "") return [];
    return {
      storeId: definition.id,
      dbType: definition.dbType,
      confId: definition.confId,
      table: definition.table,
      primaryKeys: definition.primaryKeys,
      tableTtlSeconds: definition.tableTtlSeconds,
      columns: [...(columns.get(definition.id) ?? [])],
      mayExist: true,
    };
  });
}

/** Columns that groups which are served keep their blocks in. */
function columnsByStore({ snapshot }: Catalog): ReadonlyMap<string, ReadonlySet<string>> {
  const byStore = new Map<string, Set<string>>();
  const groups = [...snapshot.entities.values()].flatMap((entity) => [...entity.groups.values()]);
  for (const { storeId, columns } of groups) {
    const known = byStore.get(storeId) ?? new Set();
    for (const column of columns) known.add(column);
    byStore.set(storeId, known);
  }
  return byStore;
}

/** Asks the stores what tables they have, and compares. A store that does not answer hides no other. */
export async function compareTables(
  catalog: Catalog,
  tables: TableMaker,
  log: Logger,
): Promise<Difference[]> {
  const needs = tableNeeds(catalog);
  const found = await mapBounded(needs, CONCURRENT_STORE_COUNT, (need) =>
    compareTable(need, catalog, tables, log),
  );
  return found.flat();
}

async function compareTable(
  need: TableNeed,
  catalog: Catalog,
  tables: TableMaker,
  log: Logger,
): Promise<Difference[]> {
  const subject = `table ${need.table} of store ${need.storeId}`;
  try {
    return diffTable(need, await tables.describe(need), mentionedColumns(catalog, need));
  } catch (error) {
    const { message } = toWireStatus(error);
    log.warn({ err: error, store: need.storeId, table: need.table }, "a table cannot be described");
    return [createDifference({ kind: "store-unreachable", severity: "error", subject, message })];
  }
}

/** Columns that any group of a store names, faulty ones too: what they hold is not to be called unused. */
function mentionedColumns({ entities }: Catalog, { storeId }: TableNeed): ReadonlySet<string> {
  const groups = [...entities.values()].flatMap((entity) => [...entity.groups.values()]);
  const columns = groups
    .filter((group) => group.storeId === storeId)
    .flatMap((group) => group.columns.map(({ label }) => label));
  return new Set(columns);
}

/**
 * @param table as it is; undefined if there is none, or the store has no tables
 * @param mentioned columns that are not unused, besides those of the need
 */
export function diffTable(
  need: TableNeed,
  table: Table | undefined,
  mentioned: ReadonlySet<string> = new Set(),
): Difference[] {
  const subject = `table ${need.table} of store ${need.storeId}`;
  if (table === undefined) {
    // Redis has no tables, and an embedded store makes room by itself.
    if (need.dbType !== "scylla") return [];
    const message = "the registry speaks of it, but the store does not have it";
    const remedy = { do: "make-table", need } as const;
    return [
      createDifference({ kind: "table-missing", severity: "error", subject, message, remedy }),
    ];
  }
  const expected = need.primaryKeys.map(cqlName).join(", ");
  const found = table.primaryKeys.join(", ");
  if (found !== expected) {
    const message = "its key columns are not those of the registry";
    return [
      createDifference({
        kind: "table-keys-differ",
        severity: "error",
        subject,
        message,
        expected,
        found,
      }),
    ];
  }
  return [
    ...need.columns.flatMap((column) => diffColumn(need, column, table)),
    ...unused(need, table, mentioned),
  ];
}

/** Stores describe their tables with names in lower case, as they take them. */
function cqlName(name: string): string {
  return name.toLowerCase();
}

function diffColumn(need: TableNeed, column: string, table: Table): Difference[] {
  const subject = `column ${need.table}.${column} of store ${need.storeId}`;
  const type = table.columns.get(cqlName(column));
  if (type === BLOB) return [];
  if (type === undefined) {
    return [
      createDifference({
        kind: "column-missing",
        severity: "error",
        subject,
        message: "a feature group keeps its blocks there, but the table does not have it",
        expected: BLOB,
        remedy: { do: "make-table", need: { ...need, columns: [column] } },
      }),
    ];
  }
  const message = "a feature group keeps its blocks there, but it has another type";
  return [
    createDifference({
      kind: "column-type-differs",
      severity: "error",
      subject,
      message,
      expected: BLOB,
      found: type,
    }),
  ];
}

function unused(need: TableNeed, table: Table, mentioned: ReadonlySet<string>): Difference[] {
  const needed = new Set([...need.columns, ...mentioned].map(cqlName));
  return [...table.columns.keys()]
    .filter((column) => BLOCK_COLUMN.test(column) && !needed.has(column))
    .map((column) =>
      createDifference({
        kind: "column-unused",
        severity: "info",
        subject: `column ${need.table}.${column} of store ${need.storeId}`,
        message: "no feature group of this store keeps anything there",
      }),
    );
}
