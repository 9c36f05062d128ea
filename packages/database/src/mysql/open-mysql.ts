import { isIP } from "node:net";
import { FeatureStoreError } from "@ofs/platform";
import { Kysely, MysqlDialect } from "kysely";
import type { MysqlSettings } from "../settings.ts";
import type { SqlEngineParts } from "../sql-engine.ts";
import { TimedMysqlPool } from "./mysql-pool.ts";

/** Changing a large table, or waiting for another process that does, takes longer than a statement may otherwise. */
const MIGRATION_QUERY_TIMEOUT_MS = 300_000;
const MIGRATION_CONNECTION_COUNT = 2;

/**
 * Makes no connection yet.
 *
 * @param migrate brings the tables of the database up to date
 * @throws {FeatureStoreError} FAILED_PRECONDITION for TLS to an address
 */
export function openMysql<T>(
  settings: MysqlSettings,
  migrate: (kysely: Kysely<T>) => Promise<void>,
): Pick<SqlEngineParts<T>, "kysely" | "migrate"> {
  const { host, tls } = settings;
  // The driver compares the certificate with a host's name, and with `localhost` where there is none.
  if (tls !== undefined && isIP(host) !== 0) {
    throw new FeatureStoreError(
      "FAILED_PRECONDITION",
      `database at ${host}: with TLS it must be named as its certificate names it, not by its address`,
    );
  }
  return {
    kysely: createKysely<T>(settings),
    migrate: async () => {
      const kysely = createKysely<T>({
        ...settings,
        maxConnections: MIGRATION_CONNECTION_COUNT,
        queryTimeoutMs: MIGRATION_QUERY_TIMEOUT_MS,
      });
      try {
        await migrate(kysely);
      } finally {
        await kysely.destroy();
      }
    },
  };
}

/** The first query opens connections. */
export function createKysely<T>(settings: MysqlSettings): Kysely<T> {
  // Made at the first query, so that one that was never used has nothing to close.
  const pool = async (): Promise<TimedMysqlPool> => new TimedMysqlPool(settings);
  return new Kysely<T>({ dialect: new MysqlDialect({ pool }) });
}
