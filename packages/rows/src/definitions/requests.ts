import type { JsonValue } from "../json/json-value.ts";
import type {
  EntityDefinition,
  GroupDefinition,
  GroupMetadata,
  GroupVersion,
  RowState,
  TenantConfig,
} from "../model.ts";

/** What entities and feature groups have in common when they are created. */
interface Registration {
  readonly owner: string;
  readonly tags: readonly string[];
  readonly description: string;
}

export interface EntityRequest extends Registration {
  readonly entity: EntityDefinition;
}

export interface GroupRequest extends Registration {
  readonly featureGroup: GroupDefinition;
}

/**
 * Body of a creation of an entity, checked as far as it can be by itself; defaults are filled in.
 *
 * @throws {RowError} ENTITY-REGISTRATION-REQUEST-EXCEPTION or ENTITY-SCHEMA-VALIDATION-EXCEPTION
 */
export function parseEntityRequest(json: JsonValue): EntityRequest {
  throw new Error(`not yet: ${json}`);
}

/**
 * Body of a creation of a feature group; defaults are filled in. Its columns are not checked yet: see
 * {@link checkGroupColumns}.
 *
 * @throws {RowError} FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION
 */
export function parseGroupRequest(json: JsonValue): GroupRequest {
  throw new Error(`not yet: ${json}`);
}

/**
 * The version that a creation makes.
 *
 * @param latest the group's, if it has any
 * @throws {RowError} VERSIONING-DISABLED-EXCEPTION, FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION
 */
export function planVersion(
  latest: Pick<GroupMetadata, "version" | "versionEnabled"> | undefined,
  isUpgrade: boolean,
): GroupVersion["latestVersion"] {
  throw new Error(`not yet: ${latest} ${isUpgrade}`);
}

/**
 * Checks the columns of a new feature group against each other, its entity, and the storage names of the other groups of
 * this entity.
 *
 * @param others all versions of all groups of the entity
 * @throws {RowError} FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION
 */
export function checkGroupColumns(
  group: GroupDefinition,
  version: string,
  entity: EntityDefinition,
  others: Iterable<GroupMetadata>,
): void {
  throw new Error(`not yet: ${group} ${version} ${entity} ${others}`);
}

/** Body `{"state"}`. @throws {RowError} INVALID_REQUEST */
export function parseStateRequest(json: JsonValue): RowState {
  throw new Error(`not yet: ${json}`);
}

export interface TtlRequest {
  readonly name: string;
  readonly version?: string;
  /** Seconds; 0 = values do not expire. */
  readonly ttl: number;
}

/** Numbers may be text. @throws {RowError} INVALID_REQUEST */
export function parseTtlRequest(json: JsonValue): TtlRequest {
  throw new Error(`not yet: ${json}`);
}

export interface TenantRequest {
  readonly featureGroupName: string;
  readonly tenantConfig: TenantConfig;
}

/** Tenants left out are the default one. @throws {RowError} INVALID_REQUEST */
export function parseTenantRequest(json: JsonValue): TenantRequest {
  throw new Error(`not yet: ${json}`);
}
