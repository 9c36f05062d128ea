import {
  type DatabaseSettings,
  type Flavour,
  openEmbedded,
  openMysql,
  runMigrations,
  SchemaEditor,
  SqlEngine,
} from "@ofs/database";
import { FeatureStoreError, type Logger } from "@ofs/platform";
import type { Kysely } from "kysely";
import {
  DELETE_COLUMNS,
  INDEXES,
  type PopulatorTables,
  REPEAT_COLUMNS,
  SAMPLE_COLUMNS,
  TABLE_SPECS,
} from "./tables.ts";

/** File of the state inside the data folder. */
export const STATE_FILE = "populator.db";

const MIGRATION_TABLE = "ofs_populator_migrations";

/**
 * Opens the database and brings the populator's tables up to date. A server that cannot be reached is tried again when it is
 * needed.
 *
 * @throws {FeatureStoreError} FAILED_PRECONDITION: wrong password, no such database, tables of another program
 */
export async function openState(
  settings: DatabaseSettings,
  log: Logger,
): Promise<SqlEngine<PopulatorTables>> {
  const flavour = settings.kind;
  const parts =
    settings.kind === "mysql"
      ? openMysql<PopulatorTables>(settings, (kysely) => migrate(kysely, flavour))
      : openEmbedded<PopulatorTables>(settings, (kysely) => migrate(kysely, flavour), STATE_FILE);
  const engine = new SqlEngine<PopulatorTables>({ ...parts, log });
  try {
    await engine.prepare();
  } catch (err) {
    if (!(err instanceof FeatureStoreError) || err.code !== "UNAVAILABLE") {
      await engine.close();
      throw err;
    }
    log.warn({ err }, "database is not available; it is tried again when it is needed");
  }
  return engine;
}

async function migrate(kysely: Kysely<PopulatorTables>, flavour: Flavour): Promise<void> {
  await runMigrations(kysely, MIGRATION_TABLE, {
    "0001-tables": {
      async up(db) {
        const editor = new SchemaEditor(db, flavour);
        for (const [name, spec] of Object.entries(TABLE_SPECS)) {
          await editor.ensureTable(name, spec);
        }
        for (const index of INDEXES) await editor.ensureIndex(index);
      },
    },
    "0002-deletes": {
      async up(db) {
        const editor = new SchemaEditor(db, flavour);
        await editor.ensureColumns("populator_table", DELETE_COLUMNS);
        await editor.ensureColumns("populator_file", DELETE_COLUMNS);
      },
    },
    "0003-repeats": {
      async up(db) {
        const editor = new SchemaEditor(db, flavour);
        await editor.ensureColumns("populator_table", REPEAT_COLUMNS);
        await editor.ensureColumns("populator_file", REPEAT_COLUMNS);
      },
    },
    "0004-samples": {
      async up(db) {
        await new SchemaEditor(db, flavour).ensureColumns("populator_table", SAMPLE_COLUMNS);
      },
    },
  });
}
