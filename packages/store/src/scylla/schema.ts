import { setTimeout as pause } from "node:timers/promises";
import { FeatureStoreError } from "@ofs/platform";
import type { FeatureGroup } from "@ofs/registry";
import type { BlockTable } from "../block-store.ts";
import { type ScyllaConnection, withAdminClient } from "./connection.ts";
import { normalizeIdentifier, quoteIdentifier, quoteText } from "./identifiers.ts";
import type { ScyllaOptions } from "./options.ts";
import { subjectOf } from "./statement-runner.ts";
import { tableName } from "./statements.ts";

/** Changes of schema that are tried until the table is as it must be: others may change it, too. */
const MAX_CHANGES = 5;

/** Pause between looks at whether all nodes have one schema. */
const AGREEMENT_POLL_MS = 100;

const COLUMNS_QUERY =
  "SELECT column_name, kind, position, type FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?";

interface Column {
  readonly name: string;
  readonly type: string;
  /** Position in the partition key; undefined for other columns. */
  readonly keyPosition: number | undefined;
}

/** What a table must have. */
interface WantedTable {
  readonly name: string;
  readonly cqlName: string;
  readonly keys: readonly string[];
  readonly blobs: readonly string[];
  readonly ttlSeconds: number;
  readonly subject: string;
}

/**
 * Creates a table of blocks, or adds the columns that it lacks. Repeatable, and safe beside others who do the
 * same: what they have done meanwhile is found by looking again.
 *
 * @throws what the driver threw, or FeatureStoreError
 */
export async function prepareTable(
  connection: ScyllaConnection,
  table: BlockTable,
  groups: readonly FeatureGroup[],
): Promise<void> {
  const wanted = wantedTable(connection.keyspace, table, groups);
  let lastFault: Error | undefined;
  for (let change = 0; change < MAX_CHANGES; change++) {
    const statement = nextStatement(wanted, await readColumns(connection, wanted.name));
    if (statement === undefined) {
      await waitForAgreement(connection, wanted.subject);
      return;
    }
    try {
      await connection.client.execute(statement, [], { isIdempotent: true });
    } catch (fault) {
      // Another process may have done the same a moment earlier: the next look tells.
      lastFault = fault instanceof Error ? fault : new Error(String(fault));
    }
  }
  throw (
    lastFault ??
    new FeatureStoreError("UNAVAILABLE", `${wanted.subject}: its schema is still being changed`)
  );
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
  };
}

async function readColumns(connection: ScyllaConnection, table: string): Promise<Column[]> {
  const { client, keyspace } = connection;
  const { rows } = await client.execute(COLUMNS_QUERY, [keyspace, table], {
    prepare: true,
    isIdempotent: true,
  });
  return rows.map((row) => ({
    name: String(row.get("column_name")),
    type: String(row.get("type")),
    keyPosition: row.get("kind") === "partition_key" ? Number(row.get("position")) : undefined,
  }));
}

/**
 * @returns what to execute next; undefined if the table is as it must be
 * @throws {FeatureStoreError} FAILED_PRECONDITION if it can never be
 */
function nextStatement(wanted: WantedTable, existing: readonly Column[]): string | undefined {
  if (existing.length === 0) return createStatement(wanted);
  assertKeys(wanted, existing);
  const types = new Map(existing.map(({ name, type }) => [name, type]));
  for (const name of wanted.blobs) {
    const type = types.get(name) ?? "blob";
    if (type !== "blob") {
      throw new FeatureStoreError(
        "FAILED_PRECONDITION",
        `${wanted.subject}: column ${name} is of type ${type}, not blob`,
      );
    }
  }
  const missing = wanted.blobs.filter((name) => !types.has(name));
  if (missing.length === 0) return undefined;
  return `ALTER TABLE ${wanted.cqlName} ADD (${missing.map((name) => `"${name}" blob`).join(", ")})`;
}

function createStatement({ blobs, cqlName, keys, ttlSeconds }: WantedTable): string {
  const columns = [
    ...keys.map((name) => `"${name}" text`),
    ...blobs.map((name) => `"${name}" blob`),
  ];
  const partition = keys.map((name) => `"${name}"`).join(", ");
  return (
    `CREATE TABLE IF NOT EXISTS ${cqlName} (${columns.join(", ")}, PRIMARY KEY ((${partition}))) ` +
    `WITH default_time_to_live = ${ttlSeconds}`
  );
}

/** Rows are found by their whole partition key, so it must be exactly the entity's. */
function assertKeys({ keys, subject }: WantedTable, existing: readonly Column[]): void {
  const partition = existing
    .filter(({ keyPosition }) => keyPosition !== undefined)
    .sort((left, right) => (left.keyPosition ?? 0) - (right.keyPosition ?? 0));
  const found = partition.map(({ name, type }) => `${name} ${type}`);
  const expected = keys.map((name) => `${name} text`);
  if (found.join() === expected.join()) return;
  throw new FeatureStoreError(
    "FAILED_PRECONDITION",
    `${subject}: its partition key is (${found.join(", ")}), the entity's (${expected.join(", ")})`,
  );
}

/** The driver's typings leave it out. */
interface SchemaAgreement {
  checkSchemaAgreement(): Promise<boolean>;
}

async function waitForAgreement(connection: ScyllaConnection, subject: string): Promise<void> {
  const metadata = connection.client.metadata as typeof connection.client.metadata &
    SchemaAgreement;
  const endMs = Date.now() + connection.schemaAgreementMs;
  while (!(await metadata.checkSchemaAgreement())) {
    if (Date.now() >= endMs) {
      throw new FeatureStoreError(
        "UNAVAILABLE",
        `${subject}: the nodes have no common schema after ${connection.schemaAgreementMs} ms`,
      );
    }
    await pause(AGREEMENT_POLL_MS);
  }
}
