import { FeatureStoreError } from "@ofs/platform";
import { type Kysely, type Migration, Migrator } from "kysely";
import type { Tables } from "../schema.ts";
import { adoptRows } from "./adopt-rows.ts";
import { type Flavour, SchemaEditor } from "./schema-editor.ts";
import { ADDED_COLUMNS, INDEXES, OWN_TABLES, SHARED_TABLES } from "./table-specs.ts";

/**
 * Brings the tables up to date, or makes them. Tables that are there are kept and extended; nothing is renamed or removed.
 * Processes that do so at once take turns: a lock of the server, or the transaction of the file.
 *
 * @throws {FeatureStoreError} FAILED_PRECONDITION for tables of another program or of a newer version
 * @throws {DriverFailure}
 */
export async function migrate(kysely: Kysely<Tables>, flavour: Flavour): Promise<void> {
  await runMigrations(kysely, "ofs_horizon_migrations", createMigrations(flavour));
}

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

/** In the order of their names. Once released, a migration is never changed: another is added. Each may be run again. */
function createMigrations(flavour: Flavour): Record<string, Migration> {
  return {
    "0001-shared-tables": {
      async up(db) {
        const editor = new SchemaEditor(db, flavour);
        for (const [name, spec] of Object.entries(SHARED_TABLES)) {
          await editor.ensureTable(name, spec);
        }
      },
    },
    "0002-own-columns-and-tables": {
      async up(db) {
        const editor = new SchemaEditor(db, flavour);
        for (const [name, columns] of Object.entries(ADDED_COLUMNS)) {
          await editor.ensureColumns(name, columns);
        }
        for (const [name, spec] of Object.entries(OWN_TABLES)) {
          await editor.ensureTable(name, spec);
        }
        for (const index of INDEXES) await editor.ensureIndex(index);
      },
    },
    "0003-adopt-rows": { up: adoptRows },
    // Of databases that had the second migration before this column.
    "0004-type-of-job-requests": {
      async up(db) {
        const { job = {} } = ADDED_COLUMNS;
        await new SchemaEditor(db, flavour).ensureColumns("job", job);
      },
    },
  };
}
