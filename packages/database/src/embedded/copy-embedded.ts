import { closeSync, openSync } from "node:fs";
import { FeatureStoreError } from "@ofs/platform";
import Libsql, { type Database } from "libsql";
import { toLibsqlFailure } from "./libsql-failures.ts";

/** How long it waits for a process that writes just now. */
const BUSY_TIMEOUT_MS = 10_000;
/** Rights of the copy: to read and write, for its owner. */
const OWNER_ONLY = 0o600;

/** What is in a copy. */
export interface DatabaseCopy {
  /** Rows, by table. */
  readonly rowCounts: ReadonlyMap<string, number>;
}

/**
 * Copies a database file of one moment, as SQLite does it, and checks the copy. Processes may write to the file meanwhile.
 *
 * @param target a file that is not there yet
 * @throws {FeatureStoreError} FAILED_PRECONDITION if it cannot be read or written, or is damaged
 */
export function copyEmbeddedDatabase(source: string, target: string): DatabaseCopy {
  withDatabase(source, (database) => {
    // It holds hashes of passwords: the rights come before the content.
    closeSync(openSync(target, "wx", OWNER_ONLY));
    database.exec(`vacuum into ${quoteText(target)}`);
  });
  return withDatabase(target, (database) => {
    const faults = database.prepare("pragma integrity_check").all() as {
      integrity_check: string;
    }[];
    const fault = faults.find(({ integrity_check: text }) => text !== "ok");
    if (fault !== undefined) throw damaged(source, fault.integrity_check);
    return { rowCounts: countRows(database) };
  });
}

function countRows(database: Database): Map<string, number> {
  const tables = database
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .all() as { name: string }[];
  const counts = tables.map(({ name }): [string, number] => {
    const { rows } = database
      .prepare(`select count(*) as "rows" from ${quoteName(name)}`)
      .get() as {
      rows: number;
    };
    return [name, rows];
  });
  return new Map(counts.sort());
}

function withDatabase<T>(path: string, act: (database: Database) => T): T {
  let database: Database | undefined;
  try {
    database = new Libsql(path, { timeout: BUSY_TIMEOUT_MS });
    return act(database);
  } catch (error) {
    if (error instanceof FeatureStoreError) throw error;
    throw new FeatureStoreError(
      "FAILED_PRECONDITION",
      `database ${path} cannot be copied: ${(error as Error).message}`,
      { cause: toLibsqlFailure(error) },
    );
  } finally {
    database?.close();
  }
}

function damaged(path: string, reason: string): FeatureStoreError {
  return new FeatureStoreError("FAILED_PRECONDITION", `database ${path} is damaged: ${reason}`);
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
