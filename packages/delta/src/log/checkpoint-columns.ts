import type { TableField, TableType } from "../model/table-type.ts";
import type { WantedField } from "../reader/worker/plan-columns.ts";

const TEXT: TableType = { kind: "string" };
const LONG: TableType = { kind: "long" };
const INTEGER: TableType = { kind: "integer" };
const TEXTS: TableType = { kind: "array", element: TEXT };
const TEXT_BY_TEXT: TableType = { kind: "map", key: TEXT, value: TEXT };

const DELETION_VECTOR: TableType = {
  kind: "struct",
  fields: [
    plainField("storageType", TEXT),
    plainField("pathOrInlineDv", TEXT),
    plainField("offset", INTEGER),
    plainField("sizeInBytes", INTEGER),
    plainField("cardinality", LONG),
  ],
};

/** Parts of actions that a checkpoint in Parquet is read for (Delta protocol, "Checkpoint Schema"). */
export const FILE_COLUMNS = [
  part("add", "path", TEXT),
  part("add", "partitionValues", TEXT_BY_TEXT),
  part("add", "size", LONG),
  part("add", "stats", TEXT),
  part("add", "deletionVector", DELETION_VECTOR),
] as const;

export const SIDECAR_COLUMNS = [
  part("sidecar", "path", TEXT),
  part("sidecar", "sizeInBytes", LONG),
] as const;

export const DESCRIPTION_COLUMNS = [
  part("metaData", "schemaString", TEXT),
  part("metaData", "partitionColumns", TEXTS),
  part("metaData", "configuration", TEXT_BY_TEXT),
  part("metaData", "format", { kind: "struct", fields: [plainField("provider", TEXT)] }),
  part("protocol", "minReaderVersion", INTEGER),
  part("protocol", "readerFeatures", TEXTS),
] as const;

function plainField(name: string, type: TableType): TableField {
  return { name, type, isNullable: true, physicalName: name, fieldId: undefined };
}

function part(action: string, name: string, type: TableType): WantedField {
  return { ...plainField(name, type), within: [action] };
}
