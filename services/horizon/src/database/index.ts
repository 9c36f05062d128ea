export { openDatabase } from "./open-database.ts";
export type { DatabaseSettings, EmbeddedSettings, MysqlSettings } from "./settings.ts";
