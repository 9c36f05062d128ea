import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { FeatureStoreError } from "@ofs/platform";
import { Kysely } from "kysely";
import Libsql, { type Database } from "libsql";
import type { EmbeddedSettings } from "../settings.ts";
import type { SqlEngineParts } from "../sql-engine.ts";
import { LibsqlDialect } from "./libsql-dialect.ts";
import { toLibsqlFailure } from "./libsql-failures.ts";

/**
 * How long a statement waits for other processes, in milliseconds, blocking this one: little. Whoever needs longer tries again
 * (`SqlEngine`), and others have their turn in between.
 */
const BUSY_TIMEOUT_MS = 20;
/** While the file is opened, where a lock is held for long only if another process opens it, too. */
const OPEN_BUSY_TIMEOUT_MS = 5000;
/** Rights of a new file: to read and write, for its owner. */
const OWNER_ONLY = 0o600;
/** A commit returns when it is on disk, so an acknowledged change survives a crash of the machine. */
const PRAGMAS = ["journal_mode = WAL", "synchronous = FULL", "journal_size_limit = 16777216"];

/**
 * @param migrate brings the tables of the database up to date
 * @param file its name inside the folder; SQLite puts `-wal` and `-shm` beside it
 * @throws {FeatureStoreError} FAILED_PRECONDITION if the folder or the file cannot be used
 */
export function openEmbedded<T>(
  { folder }: EmbeddedSettings,
  migrate: (kysely: Kysely<T>) => Promise<void>,
  file: string,
): Pick<SqlEngineParts<T>, "kysely" | "migrate"> {
  const path = join(folder, file);
  const database = openFile(folder, path);
  const kysely = new Kysely<T>({ dialect: new LibsqlDialect(() => database) });
  return { kysely, migrate: () => migrate(kysely) };
}

function openFile(folder: string, path: string): Database {
  try {
    mkdirSync(folder, { recursive: true });
    // Before anything is in it: it holds hashes of passwords. SQLite gives its other files the same rights.
    closeSync(openSync(path, "a", OWNER_ONLY));
    const database = new Libsql(path, { timeout: OPEN_BUSY_TIMEOUT_MS });
    for (const pragma of PRAGMAS) database.pragma(pragma);
    database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    return database;
  } catch (error) {
    const { message } = error as Error;
    throw new FeatureStoreError(
      "FAILED_PRECONDITION",
      `database ${path} cannot be opened: ${message}`,
      { cause: toLibsqlFailure(error) },
    );
  }
}
