export type {
  BreakerConfig,
  BreakerKey,
  CacheSettings,
  Credential,
  DbType,
  Entity,
  EntityKey,
  FeatureGroup,
  FeatureSchema,
  Reader,
  RegistryFault,
  Revision,
  Snapshot,
  StoreDefinition,
} from "./model.ts";
export type {
  RegistryChange,
  RegistryChanges,
  RegistrySource,
  RegistryTree,
  RegistryWatcher,
} from "./source.ts";
