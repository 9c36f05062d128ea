export {
  COLUMN_TYPES,
  type Column,
  type ColumnType,
  type ConsumerMetadata,
  type EntityDefinition,
  type EntityMetadata,
  type GroupDefinition,
  type GroupMetadata,
  type GroupVersion,
  type PopulatorMetadata,
  type RowState,
  type TenantConfig,
} from "./model.ts";
