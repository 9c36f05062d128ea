import type { JsonValue } from "../json/json-value.ts";
import type {
  ConsumerMetadata,
  EntityDefinition,
  EntityMetadata,
  GroupDefinition,
  GroupMetadata,
  GroupVersion,
  PopulatorMetadata,
  TenantConfig,
} from "../model.ts";

/** A stored definition that cannot be read. Names the member. */
export class DefinitionFault extends Error {
  override readonly name = "DefinitionFault";
}

/*
 * Stored objects, as they were registered: only what serving needs is checked, names are not. Unknown members are ignored.
 * All throw {@link DefinitionFault}.
 */

export function parseEntityDefinition(json: JsonValue): EntityDefinition {
  throw new DefinitionFault(`not yet: ${json}`);
}

export function parseGroupDefinition(json: JsonValue): GroupDefinition {
  throw new DefinitionFault(`not yet: ${json}`);
}

export function parseTenantConfig(json: JsonValue): TenantConfig {
  throw new DefinitionFault(`not yet: ${json}`);
}

export function parseEntityMetadata(json: JsonValue): EntityMetadata {
  throw new DefinitionFault(`not yet: ${json}`);
}

export function parseGroupMetadata(json: JsonValue): GroupMetadata {
  throw new DefinitionFault(`not yet: ${json}`);
}

export function parseGroupVersion(json: JsonValue): GroupVersion {
  throw new DefinitionFault(`not yet: ${json}`);
}

export function parseConsumerMetadata(json: JsonValue): ConsumerMetadata {
  throw new DefinitionFault(`not yet: ${json}`);
}

export function parsePopulatorMetadata(json: JsonValue): PopulatorMetadata {
  throw new DefinitionFault(`not yet: ${json}`);
}
