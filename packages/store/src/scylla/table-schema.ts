import { setTimeout as pause } from "node:timers/promises";
import { FeatureStoreError } from "@ofs/platform";
import type { ScyllaConnection } from "./connection.ts";

/** Changes of schema that are tried until the table is as it must be: others may change it, too. */
const MAX_CHANGES = 5;

/** Pause between looks at whether all nodes have one schema. */
const AGREEMENT_POLL_MS = 100;

const COLUMNS_QUERY =
  "SELECT column_name, kind, position, type, clustering_order FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?";

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  /** `partition_key`, `clustering`, `regular`, `static`. */
  readonly kind: string;
  /** Among those of its kind, for keys. */
  readonly position: number;
  /** `asc` or `desc`; `none` for what is no clustering key. */
  readonly order: string;
}

/** What a table must have. Names are as the system tables have them. */
export interface WantedTable {
  readonly name: string;
  readonly cqlName: string;
  /** The partition key, in order; all of them text. */
  readonly keys: readonly string[];
  readonly blobs: readonly string[];
  readonly ttlSeconds: number;
  /** For messages: store and table. */
  readonly subject: string;
  /** For messages: whose keys they must be, for example `the entity's`. */
  readonly keyOwner: string;
  /** Whether a table that is there already may hold more than these columns. */
  readonly mayHoldMore: boolean;
}

/**
 * Creates a table, or adds the columns that it lacks, and waits until all nodes have them. Repeatable, and safe beside
 * others who do the same: what they have done meanwhile is found by looking again.
 *
 * @throws what the driver threw, or FeatureStoreError
 */
export async function makeTable(connection: ScyllaConnection, wanted: WantedTable): Promise<void> {
  await changeTable(connection, wanted, (existing) => nextStatement(wanted, existing));
}

/**
 * Changes a table until it is as it must be.
 *
 * @param next says what to execute for columns that are there, none if the table is not; undefined if they are right
 * @throws what the driver or `next` threw, or FeatureStoreError
 */
export async function changeTable(
  connection: ScyllaConnection,
  { name, subject }: Pick<WantedTable, "name" | "subject">,
  next: (existing: readonly TableColumn[]) => string | undefined,
): Promise<void> {
  let lastFault: Error | undefined;
  for (let change = 0; change < MAX_CHANGES; change++) {
    const statement = next(await readColumns(connection, name));
    if (statement === undefined) {
      await waitForAgreement(connection, subject);
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
    new FeatureStoreError("UNAVAILABLE", `${subject}: its schema is still being changed`)
  );
}

/** @param table as the system tables have it. @returns none if it is not there */
export async function readColumns(
  connection: ScyllaConnection,
  table: string,
): Promise<TableColumn[]> {
  const { client, keyspace } = connection;
  const { rows } = await client.execute(COLUMNS_QUERY, [keyspace, table], {
    prepare: true,
    isIdempotent: true,
  });
  return rows.map((row) => ({
    name: String(row.get("column_name")),
    type: String(row.get("type")),
    kind: String(row.get("kind")),
    position: Number(row.get("position")),
    order: String(row.get("clustering_order")),
  }));
}

/** Columns of one kind, by their position. */
export function columnsOfKind(columns: readonly TableColumn[], kind: string): TableColumn[] {
  return columns
    .filter((column) => column.kind === kind)
    .sort((left, right) => left.position - right.position);
}

/**
 * @returns what to execute next; undefined if the table is as it must be
 * @throws {FeatureStoreError} FAILED_PRECONDITION if it can never be
 */
function nextStatement(wanted: WantedTable, existing: readonly TableColumn[]): string | undefined {
  if (existing.length === 0) return createStatement(wanted);
  assertKeys(wanted, existing);
  assertColumns(wanted, existing);
  const names = new Set(existing.map(({ name }) => name));
  const missing = wanted.blobs.filter((name) => !names.has(name));
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

/** Rows are found by their whole partition key, so it must be exactly this, and one row each. */
function assertKeys(wanted: WantedTable, existing: readonly TableColumn[]): void {
  const { keys, keyOwner, subject } = wanted;
  const found = columnsOfKind(existing, "partition_key").map(({ name, type }) => `${name} ${type}`);
  const expected = keys.map((name) => `${name} text`);
  if (found.join() !== expected.join()) {
    throw new FeatureStoreError(
      "FAILED_PRECONDITION",
      `${subject}: its partition key is (${found.join(", ")}), ${keyOwner} (${expected.join(", ")})`,
    );
  }
  const [clustering] = columnsOfKind(existing, "clustering");
  if (clustering === undefined) return;
  throw new FeatureStoreError(
    "FAILED_PRECONDITION",
    `${subject}: column ${clustering.name} is a clustering key, and no such key is expected`,
  );
}

function assertColumns(wanted: WantedTable, existing: readonly TableColumn[]): void {
  const { blobs, keys, mayHoldMore, subject } = wanted;
  for (const { name, type } of existing) {
    if (blobs.includes(name) && type !== "blob") {
      throw new FeatureStoreError(
        "FAILED_PRECONDITION",
        `${subject}: column ${name} is of type ${type}, not blob`,
      );
    }
    if (mayHoldMore || blobs.includes(name) || keys.includes(name)) continue;
    throw new FeatureStoreError(
      "FAILED_PRECONDITION",
      `${subject}: it is there already, with a column ${name} of somebody else's`,
    );
  }
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
