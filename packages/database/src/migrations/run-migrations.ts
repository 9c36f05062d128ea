import { FeatureStoreError } from "@ofs/platform";
import { type Kysely, type Migration, Migrator } from "kysely";

/**
 * Runs the migrations that a database has not seen. Processes that do so at once take turns.
 *
 * @param table remembers which it has seen: other programs may use the database, and migrate it with the same library
 * @throws {FeatureStoreError} FAILED_PRECONDITION if it has seen others
 */
export async function runMigrations<T>(
  kysely: Kysely<T>,
  table: string,
  migrations: Record<string, Migration>,
): Promise<void> {
  const migrator = new Migrator({
    db: kysely,
    provider: { getMigrations: async () => migrations },
    migrationTableName: table,
    migrationLockTableName: `${table}_lock`,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && error.message.startsWith("corrupted migrations")) {
    throw new FeatureStoreError(
      "FAILED_PRECONDITION",
      "the database's tables are of a newer version of this program",
      { cause: error },
    );
  }
  throw error instanceof Error ? error : new Error("migration failed", { cause: error });
}
