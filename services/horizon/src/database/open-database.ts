import { type DatabaseSettings, openEmbedded, openMysql, SqlEngine } from "@ofs/database";
import { FeatureStoreError, type Logger } from "@ofs/platform";
import { sql } from "kysely";
import { migrate } from "./migrations/migrate.ts";
import type { Database } from "./ports.ts";
import { SqlRequestRepository } from "./requests/sql-request-repository.ts";
import type { Tables } from "./schema.ts";
import { SqlAuditRepository } from "./sql-audit-repository.ts";
import { SqlSessionRepository } from "./sql-session-repository.ts";
import { SqlUserRepository } from "./sql-user-repository.ts";

/** File of the database inside the folder. */
export const EMBEDDED_FILE = "horizon.db";

/**
 * Opens the control plane's database and brings its tables up to date. Several processes may do so at once.
 *
 * A server that cannot be reached is no reason to fail: its tables are brought up to date when it can, and until then
 * everything is UNAVAILABLE.
 *
 * @throws {FeatureStoreError} FAILED_PRECONDITION: wrong password, no such database, tables of another program or of a newer
 *   version, a folder that cannot be used
 */
export async function openDatabase(settings: DatabaseSettings, log: Logger): Promise<Database> {
  const parts =
    settings.kind === "mysql"
      ? openMysql<Tables>(settings, (kysely) => migrate(kysely, "mysql"))
      : openEmbedded<Tables>(settings, (kysely) => migrate(kysely, "embedded"), EMBEDDED_FILE);
  const engine = new SqlEngine<Tables>({ ...parts, log });
  try {
    await engine.prepare();
  } catch (error) {
    const isAway = error instanceof FeatureStoreError && error.code === "UNAVAILABLE";
    if (!isAway) {
      await engine.close();
      throw error;
    }
    log.warn({ err: error }, "database is not available; it is tried again when it is needed");
  }
  return {
    requests: new SqlRequestRepository(engine),
    users: new SqlUserRepository(engine),
    sessions: new SqlSessionRepository(engine),
    audit: new SqlAuditRepository(engine),
    ping: () => engine.read(async (db) => void (await sql`select 1`.execute(db))),
    close: () => engine.close(),
  };
}
