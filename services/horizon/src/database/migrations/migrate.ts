import { type Flavour, runMigrations, SchemaEditor } from "@ofs/database";
import type { Kysely, Migration } from "kysely";
import type { Tables } from "../schema.ts";
import { adoptRows } from "./adopt-rows.ts";
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
