import {
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Database } from "libsql";
import { LibsqlDriver } from "./libsql-driver.ts";

/** SQLite's dialect over libsql. Transactions are for writing, and take the file's lock when they begin. */
export class LibsqlDialect implements Dialect {
  readonly #open: () => Database;

  /** @param open is called at the first query */
  constructor(open: () => Database) {
    this.#open = open;
  }

  createDriver(): Driver {
    return new LibsqlDriver(this.#open);
  }

  createAdapter(): DialectAdapter {
    return new LibsqlAdapter();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }
}

/** All migrations are one transaction: whoever else migrates waits for its lock, and a crash leaves nothing half done. */
class LibsqlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
