import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla, type ScyllaConnection } from "@ofs/store";
import type { ServerAddress } from "@ofs/testkit";
import type { TestDatabase } from "../../../horizon/test/database/mysql-fixtures.ts";

const TIMEOUT_MS = 30_000;

/** By tree and path: the values. */
export async function etcdEntries(
  { text: endpoints }: ServerAddress,
  appName: string,
): Promise<Readonly<Record<string, string>>> {
  const entries: Record<string, string> = {};
  for (const root of [`/config/${appName}`, `/row/${appName}/registry`]) {
    const source = new EtcdRegistrySource({ endpoints, root, isWatchEnabled: false });
    const tree = await source.load(AbortSignal.timeout(TIMEOUT_MS));
    for (const [path, value] of tree.entries) {
      entries[`${root}/${path}`] = Buffer.from(value).toString("latin1");
    }
    await source.close();
  }
  return entries;
}

/** By database and table: all rows. @param run asks the server, whichever database is its own */
export async function mysqlRows(
  { run }: Pick<TestDatabase, "run">,
  databases: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const rows: Record<string, unknown> = {};
  for (const database of databases) {
    const tables = await run(
      `select table_name as name from information_schema.tables where table_schema = '${database}'`,
    );
    for (const { name } of tables) {
      rows[`${database}.${name}`] = await run(`select * from ${database}.${name}`);
    }
  }
  return rows;
}

/** What Cassandra has, cell by cell. */
export interface CassandraCells {
  /** By table, key and column: value and write time in microseconds. */
  readonly values: Readonly<Record<string, string>>;
  /** Of those that expire: Unix seconds, to the second or two. */
  readonly expiries: Readonly<Record<string, number>>;
}

export async function cassandraCells(
  { host, port }: ServerAddress,
  keyspaces: readonly string[],
): Promise<CassandraCells> {
  const options = { contactPoints: [host], port, keyspace: "system", connectionsPerHost: 1 };
  const connection = await connectScylla(options);
  try {
    const cells = { values: {}, expiries: {} };
    for (const keyspace of keyspaces) {
      for (const [table, columns] of await columnsOf(connection, keyspace)) {
        for (const column of columns.values) {
          await addColumn(connection, `${keyspace}.${table}`, columns.keys, column, cells);
        }
      }
    }
    return cells;
  } finally {
    await connection.close();
  }
}

interface TableColumns {
  readonly keys: string[];
  readonly values: string[];
}

async function columnsOf(
  { client }: ScyllaConnection,
  keyspace: string,
): Promise<Map<string, TableColumns>> {
  const query = `SELECT table_name, column_name, kind FROM system_schema.columns WHERE keyspace_name = '${keyspace}'`;
  const tables = new Map<string, TableColumns>();
  for (const { table_name: table, column_name: column, kind } of (await client.execute(query))
    .rows) {
    const columns = tables.get(table) ?? { keys: [], values: [] };
    tables.set(table, columns);
    (kind === "regular" ? columns.values : columns.keys).push(`"${column}"`);
  }
  return tables;
}

async function addColumn(
  { client }: ScyllaConnection,
  table: string,
  keys: readonly string[],
  column: string,
  cells: { values: Record<string, string>; expiries: Record<string, number> },
): Promise<void> {
  // The time is Cassandra's, of the same moment.
  const about = [`writetime(${column})`, `ttl(${column})`, "toUnixTimestamp(now())"];
  const wanted = [...keys, column, ...about].join(", ");
  const { rows } = await client.execute(`SELECT ${wanted} FROM ${table}`);
  for (const row of rows) {
    const texts: unknown[] = row.values();
    const [value, writeTime, ttl, nowMs] = texts.splice(keys.length);
    if (value === null) continue;
    const place = `${table} ${texts.join()} ${column}`;
    cells.values[place] = `${JSON.stringify(value)} of ${writeTime}`;
    if (typeof ttl === "number") cells.expiries[place] = Number(nowMs) / 1000 + ttl;
  }
}
