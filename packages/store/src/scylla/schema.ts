import { FeatureStoreError } from "@ofs/platform";
import type { FeatureGroup } from "@ofs/registry";
import type { BlockTable } from "../block-store.ts";
import { type ScyllaConnection, withAdminClient } from "./connection.ts";
import { normalizeIdentifier, quoteIdentifier, quoteText } from "./identifiers.ts";
import type { ScyllaOptions } from "./options.ts";
import { subjectOf } from "./statement-runner.ts";
import { tableName } from "./statements.ts";
import { makeTable, type WantedTable } from "./table-schema.ts";

/**
 * Creates a table of blocks, or adds the columns that it lacks. Repeatable, and safe beside others who do the same.
 *
 * @throws what the driver threw, or FeatureStoreError
 */
export async function prepareTable(
  connection: ScyllaConnection,
  table: BlockTable,
  groups: readonly FeatureGroup[],
): Promise<void> {
  return makeTable(connection, wantedTable(connection.keyspace, table, groups));
}

/** How many copies a keyspace keeps. */
export type Replication =
  | { readonly factor: number }
  /** Copies by data centre. */
  | { readonly factors: Readonly<Record<string, number>> };

/**
 * Creates the keyspace if it is not there: for quick starts and tests. A keyspace that exists is left as it is.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT, FAILED_PRECONDITION, UNAVAILABLE
 */
export async function ensureKeyspace(
  options: ScyllaOptions,
  replication: Replication,
): Promise<void> {
  const keyspace = quoteIdentifier("keyspace", options.keyspace);
  const statement = `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = ${formatReplication(replication)}`;
  await withAdminClient(options, (client) => client.execute(statement, [], { isIdempotent: true }));
}

/**
 * Creates the keyspace with copies in the local data centre, if it is not there. A keyspace that exists is left as it is.
 *
 * @param copiesMax copies that are wanted; the data centre's nodes are as many as there can be
 * @returns how many copies a new keyspace got; undefined if it was there
 * @throws {FeatureStoreError} INVALID_ARGUMENT, FAILED_PRECONDITION, UNAVAILABLE
 */
export async function ensureLocalKeyspace(
  options: ScyllaOptions,
  copiesMax: number,
): Promise<number | undefined> {
  const keyspace = quoteIdentifier("keyspace", options.keyspace);
  return withAdminClient(options, async (client) => {
    const { rowLength } = await client.execute(
      "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?",
      [normalizeIdentifier("keyspace", options.keyspace)],
      { prepare: true, isIdempotent: true },
    );
    if (rowLength > 0) return undefined;
    const hosts = [...client.hosts.values()];
    const local = options.localDatacenter ?? hosts[0]?.datacenter;
    const nodeCount = hosts.filter(({ datacenter }) => datacenter === local).length;
    if (local === undefined || nodeCount === 0) {
      throw new FeatureStoreError("UNAVAILABLE", `no node of data centre ${local} is known`);
    }
    const factor = Math.min(copiesMax, nodeCount);
    const replication = formatReplication({ factors: { [local]: factor } });
    await client.execute(
      `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = ${replication}`,
      [],
      { isIdempotent: true },
    );
    return factor;
  });
}

function formatReplication(replication: Replication): string {
  const entries =
    "factor" in replication
      ? [
          ["class", "SimpleStrategy"],
          ["replication_factor", copies(replication.factor)],
        ]
      : [
          ["class", "NetworkTopologyStrategy"],
          ...Object.entries(replication.factors).map(([name, factor]) => [name, copies(factor)]),
        ];
  const pairs = entries.map(
    ([name, value]) => `${quoteText(name ?? "")}: ${quoteText(value ?? "")}`,
  );
  return `{${pairs.join(", ")}}`;
}

function copies(factor: number): string {
  if (Number.isSafeInteger(factor) && factor > 0) return String(factor);
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    `replication factor ${factor} is not a positive integer`,
  );
}

function wantedTable(
  keyspace: string,
  table: BlockTable,
  groups: readonly FeatureGroup[],
): WantedTable {
  const { entity, store } = table;
  const blobs = groups.flatMap(({ columns }) =>
    columns.map((column) => normalizeIdentifier("column", column)),
  );
  return {
    name: normalizeIdentifier("table", store.table),
    cqlName: tableName(keyspace, store.table),
    keys: entity.keys.map(({ columnLabel }) => normalizeIdentifier("key column", columnLabel)),
    blobs: [...new Set(blobs)].sort((left, right) => (left < right ? -1 : 1)),
    ttlSeconds: store.tableTtlSeconds,
    subject: subjectOf(table),
    keyOwner: "the entity's",
    mayHoldMore: true,
  };
}
