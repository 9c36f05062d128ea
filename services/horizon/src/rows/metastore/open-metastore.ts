import {
  createKysely,
  type DatabaseSettings,
  DriverFailure,
  type Flavour,
  type MysqlSettings,
  openEmbedded,
  openMysql,
  runMigrations,
  SchemaEditor,
  SqlEngine,
} from "@ofs/database";
import { FeatureStoreError, type Logger } from "@ofs/platform";
import { type Kysely, sql } from "kysely";
import { Metastore } from "./metastore.ts";
import type { MetastoreTables } from "./schema.ts";
import {
  METASTORE_INDEXES,
  METASTORE_TABLES,
  PROVISIONING_COLUMNS,
  RUN_COLUMNS,
} from "./table-specs.ts";

/** File of the row dialect's database inside the data folder. */
export const METASTORE_FILE = "metastore.db";

const MIGRATION_TABLE = "ofs_rows_migrations";
/** Every server has it, and everybody may use it. */
const ANY_DATABASE = "information_schema";

/**
 * Opens the row dialect's database and brings its tables up to date; tables that Darwin's own control plane made are kept
 * and extended. A server that cannot be reached is tried again when it is needed.
 *
 * @throws {FeatureStoreError} FAILED_PRECONDITION: wrong password, no right to make the database, tables of another program
 */
export async function openMetastore(settings: DatabaseSettings, log: Logger): Promise<Metastore> {
  const flavour = settings.kind;
  const parts =
    settings.kind === "mysql"
      ? openMysql<MetastoreTables>(settings, async (kysely) => {
          await createDatabase(settings);
          await migrateMetastore(kysely, flavour);
        })
      : openEmbedded<MetastoreTables>(
          settings,
          (kysely) => migrateMetastore(kysely, flavour),
          METASTORE_FILE,
        );
  const engine = new SqlEngine<MetastoreTables>({ ...parts, log });
  try {
    await engine.prepare();
  } catch (err) {
    if (!(err instanceof FeatureStoreError) || err.code !== "UNAVAILABLE") {
      await engine.close();
      throw err;
    }
    log.warn({ err }, "metastore is not available; it is tried again when it is needed");
  }
  return new Metastore({ engine, flavour, log });
}

/** A user without the right to make it may still use one that is there. */
async function createDatabase(settings: MysqlSettings): Promise<void> {
  const kysely = createKysely<unknown>({
    ...settings,
    database: ANY_DATABASE,
    maxConnections: 1,
  });
  try {
    await sql`create database if not exists ${sql.id(settings.database)}`.execute(kysely);
  } catch (error) {
    if (!(error instanceof DriverFailure) || error.kind !== "refused") throw error;
  } finally {
    await kysely.destroy();
  }
}

async function migrateMetastore(kysely: Kysely<MetastoreTables>, flavour: Flavour): Promise<void> {
  await runMigrations(kysely, MIGRATION_TABLE, {
    "0001-shared-tables": {
      async up(db) {
        const editor = new SchemaEditor(db, flavour);
        for (const [name, spec] of Object.entries(METASTORE_TABLES)) {
          await editor.ensureTable(name, spec);
        }
      },
    },
    "0002-provisioning": {
      async up(db) {
        const editor = new SchemaEditor(db, flavour);
        await editor.ensureColumns("cassandra_store_entity_metadata", PROVISIONING_COLUMNS);
        await editor.ensureColumns("cassandra_store_feature_group_metadata", PROVISIONING_COLUMNS);
        for (const index of METASTORE_INDEXES) await editor.ensureIndex(index);
      },
    },
    "0003-order-of-runs": {
      async up(db) {
        const editor = new SchemaEditor(db, flavour);
        await editor.ensureColumns("cassandra_store_feature_group_run_data", RUN_COLUMNS);
      },
    },
  });
}
