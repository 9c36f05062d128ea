import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import type { Database } from "libsql";
import { DriverFailure } from "../failures.ts";
import { toLibsqlFailure } from "./libsql-failures.ts";

/** Work that waits for the one connection. */
const QUEUE_LENGTH_MAX = 1000;

/** One connection to one file, used by one piece of work after the other. */
export class LibsqlDriver implements Driver {
  readonly #open: () => Database;
  readonly #waiting: (() => void)[] = [];
  #connection: LibsqlConnection | undefined;
  #isTaken = false;

  /** @param open is called at the first query */
  constructor(open: () => Database) {
    this.#open = open;
  }

  async init(): Promise<void> {
    this.#connection = new LibsqlConnection(this.#open());
  }

  async acquireConnection(): Promise<LibsqlConnection> {
    if (this.#isTaken) {
      if (this.#waiting.length >= QUEUE_LENGTH_MAX) {
        throw new DriverFailure("away", `${QUEUE_LENGTH_MAX} wait for it`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#isTaken = true;
    return this.#opened;
  }

  async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }

  /** At once for writing: a transaction that reads first and writes later may find that another process was faster. */
  async beginTransaction(connection: LibsqlConnection): Promise<void> {
    connection.run("begin immediate");
  }

  async commitTransaction(connection: LibsqlConnection): Promise<void> {
    connection.run("commit");
  }

  /** After some failures (a full disk) the database has rolled back by itself. */
  async rollbackTransaction(connection: LibsqlConnection): Promise<void> {
    if (connection.inTransaction) connection.run("rollback");
  }

  async destroy(): Promise<void> {
    this.#connection?.close();
    this.#connection = undefined;
  }

  get #opened(): LibsqlConnection {
    if (this.#connection === undefined) throw new DriverFailure("away", "it is closed");
    return this.#connection;
  }
}

class LibsqlConnection implements DatabaseConnection {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  run(statement: string): void {
    try {
      this.#database.exec(statement);
    } catch (error) {
      throw toLibsqlFailure(error);
    }
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    try {
      const statement = this.#database.prepare(sql);
      if (statement.reader) return { rows: statement.all([...parameters]) as R[] };
      const { changes, lastInsertRowid } = statement.run([...parameters]);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    } catch (error) {
      throw toLibsqlFailure(error);
    }
  }

  // biome-ignore lint/correctness/useYield: it is part of the interface, and nothing here reads in parts
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("results are not read as streams");
  }

  /**
   * Moves all into the one file. libsql keeps the others (empty) beside it until its statements are collected as garbage.
   */
  close(): void {
    try {
      this.#database.exec("pragma wal_checkpoint(truncate)");
    } catch {
      return; // on a full disk, for example: the write-ahead log is read at the next start
    } finally {
      this.#database.close();
    }
  }
}
