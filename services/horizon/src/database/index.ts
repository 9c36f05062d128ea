export { openDatabase } from "./open-database.ts";
