export type { CatalogFault, CatalogParts } from "./catalog/catalog-parts.ts";
export { catalogPaths } from "./catalog/catalog-paths.ts";
export type {
  EntityTable,
  ResolvedColumn,
  ResolvedGroup,
  StoredColumn,
} from "./catalog/resolved.ts";
export { RowCatalog, type TenantRole } from "./catalog/row-catalog.ts";
export { checkGroupColumns } from "./definitions/columns.ts";
export { DefinitionFault } from "./definitions/definition-fault.ts";
export { legacyColumnType } from "./definitions/legacy-types.ts";
export { Members } from "./definitions/members.ts";
export {
  DEFAULT_TENANTS,
  parseConsumerMetadata,
  parseEntityDefinition,
  parseEntityMetadata,
  parseGroupDefinition,
  parseGroupMetadata,
  parseGroupVersion,
  parsePopulatorMetadata,
  parseTenantConfig,
  type Registration,
} from "./definitions/metadata.ts";
export {
  type EntityRequest,
  type GroupRequest,
  isOwner,
  parseEntityRequest,
  parseGroupRequest,
  parseStateRequest,
  parseTenantRequest,
  parseTtlRequest,
  type TenantRequest,
  type TtlRequest,
} from "./definitions/requests.ts";
export { planVersion } from "./definitions/versions.ts";
export { ROW_ERRORS, RowError, type RowErrorCode, type RowErrorParts } from "./errors.ts";
export { JsonSyntaxError } from "./json/json-syntax-error.ts";
export {
  isJsonArray,
  isJsonObject,
  type JsonArray,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  member,
} from "./json/json-value.ts";
export { JSON_DEPTH_MAX, parseJson } from "./json/parse-json.ts";
export { writeJson } from "./json/write-json.ts";
export {
  COLUMN_TYPES,
  type Column,
  type ColumnType,
  type ConsumerMetadata,
  DEFAULT_TENANT,
  type EntityDefinition,
  type EntityMetadata,
  GROUP_TYPES,
  type GroupDefinition,
  type GroupMetadata,
  type GroupType,
  type GroupVersion,
  type PopulatorMetadata,
  ROW_STATES,
  type RowState,
  type TenantConfig,
  TTL_SECONDS_MAX,
} from "./model.ts";
export {
  foldName,
  formatVersion,
  isColumnName,
  isEntityName,
  isGroupName,
  isTenantName,
  type LegacyColumn,
  parseLegacyColumn,
  parseVersion,
  storageColumn,
} from "./names.ts";
export { type CellBytes, ValueFault } from "./values/cell-bytes.ts";
export type { ValueDecoder, ValueEncoder, ValueOrder } from "./values/value-type.ts";
export {
  compareValues,
  decoderOf,
  decodeValue,
  encoderOf,
  encodeValue,
} from "./values/value-types.ts";
