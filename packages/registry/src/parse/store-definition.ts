import type { DbType, StoreDefinition } from "../model.ts";
import type { Notes } from "./faults.ts";
import { type Entry, Fields, quote } from "./fields.ts";
import { assertIdentifier } from "./identifier.ts";

/** Largest whole number of a setting: 31 bits, as every reader of the tree can hold. */
export const INTEGER_MAX = 2_147_483_647;

const DB_TYPES: readonly DbType[] = [
  "scylla",
  "redis_failover",
  "redis_standalone",
  "redis_cluster",
  "embedded",
];

/** What the control plane writes; counts where a store without columns leaves the sizes out. */
const COLUMN_SIZE_BYTES_DEFAULT = 1024;
const ROW_SIZE_BYTES_DEFAULT = 102_400;

/** Reads `storage/stores/<id>`. @throws {NodeFault} */
export function parseStore(entry: Entry, notes: Notes): StoreDefinition {
  const fields = Fields.read(entry.node, entry.path, notes);
  const dbType = parseDbType(fields);
  const hasTable = dbType === "scylla";
  const table = (hasTable ? fields.requiredText("table") : fields.text("table")) ?? "";
  if (hasTable || (dbType === "embedded" && table !== "")) {
    assertIdentifier(fields.pathOf("table"), table);
  }
  return {
    id: entry.name,
    dbType,
    confId: dbType === "embedded" ? 0 : fields.requiredInteger("conf-id", 0, INTEGER_MAX),
    table,
    maxColumnSizeBytes: parseColumnSize(fields, hasTable),
    maxRowSizeBytes:
      fields.integer("max-row-size-in-bytes", 1, INTEGER_MAX) ?? ROW_SIZE_BYTES_DEFAULT,
    primaryKeys: fields.list("primary-keys") ?? [],
    tableTtlSeconds: fields.integer("table-ttl", 0, INTEGER_MAX) ?? 0,
  };
}

function parseDbType(fields: Fields): DbType {
  const name = fields.requiredText("db-type");
  const dbType = DB_TYPES.find((known) => known === name);
  if (dbType !== undefined) return dbType;
  throw fields.fault("db-type", `${quote(name)} is not one of ${DB_TYPES.join(", ")}`);
}

function parseColumnSize(fields: Fields, isRequired: boolean): number {
  const name = "max-column-size-in-bytes";
  if (isRequired) return fields.requiredInteger(name, 1, INTEGER_MAX);
  return fields.integer(name, 0, INTEGER_MAX) ?? COLUMN_SIZE_BYTES_DEFAULT;
}
