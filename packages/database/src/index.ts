export {
  DATABASE_VARIABLES,
  type MysqlServer,
  readDatabaseFiles,
  readDatabaseSettings,
} from "./config/database-variables.ts";
export { copyEmbeddedDatabase, type DatabaseCopy } from "./embedded/copy-embedded.ts";
export { openEmbedded } from "./embedded/open-embedded.ts";
export { DriverFailure, isDuplicate, toCallerError } from "./failures.ts";
export { runMigrations } from "./migrations/run-migrations.ts";
export { SchemaEditor } from "./migrations/schema-editor.ts";
export type { ColumnSpec, Flavour, IndexSpec, TableSpec } from "./migrations/table-spec.ts";
export { createKysely, openMysql } from "./mysql/open-mysql.ts";
export type { DatabaseSettings, EmbeddedSettings, MysqlSettings } from "./settings.ts";
export { SqlEngine, type SqlEngineParts } from "./sql-engine.ts";
