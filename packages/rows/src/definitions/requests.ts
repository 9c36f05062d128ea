import { RowError, type RowErrorCode } from "../errors.ts";
import type { JsonValue } from "../json/json-value.ts";
import {
  type EntityDefinition,
  type GroupDefinition,
  ROW_STATES,
  type RowState,
  type TenantConfig,
  TTL_SECONDS_MAX,
} from "../model.ts";
import { isGroupName, isTenantName } from "../names.ts";
import { checkEntitySchema } from "./columns.ts";
import { DefinitionFault } from "./definition-fault.ts";
import { Members } from "./members.ts";
import {
  type Registration,
  readEntityDefinition,
  readGroupDefinition,
  readRegistration,
  readTenantConfig,
} from "./metadata.ts";

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
  const code = "ENTITY-REGISTRATION-REQUEST-EXCEPTION";
  const request = readRequest(code, json, (members) => {
    const entity = readEntityDefinition(members.object("entity"));
    return { entity, ...readRegistration(members) };
  });
  assertOwner(code, request.owner);
  const { ttl } = request.entity;
  if (ttl !== undefined && !isTtl(ttl)) throw RowError.of(code, { cause: ttlRule("ttl") });
  checkEntitySchema(request.entity);
  return request;
}

/**
 * Body of a creation of a feature group; defaults are filled in. Its columns are not checked yet: see
 * {@link checkGroupColumns}.
 *
 * @throws {RowError} FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION
 */
export function parseGroupRequest(json: JsonValue): GroupRequest {
  const code = "FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION";
  const request = readRequest(code, json, (members) => {
    const featureGroup = readGroupDefinition(members.object("featureGroup"));
    return { featureGroup, ...readRegistration(members) };
  });
  assertOwner(code, request.owner);
  const { featureGroupName } = request.featureGroup;
  if (!isGroupName(featureGroupName)) {
    throw RowError.of(code, {
      cause: `featureGroupName ${JSON.stringify(featureGroupName)}: a letter, then letters, digits and _, at most 200`,
    });
  }
  return request;
}

/** Body `{"state"}`. @throws {RowError} INVALID_REQUEST */
export function parseStateRequest(json: JsonValue): RowState {
  return readRequest("INVALID_REQUEST", json, (members) => members.choice("state", ROW_STATES));
}

export interface TtlRequest {
  readonly name: string;
  readonly version?: string;
  /** Seconds; 0 = values do not expire. */
  readonly ttl: number;
}

/** Numbers may be text. @throws {RowError} INVALID_REQUEST */
export function parseTtlRequest(json: JsonValue): TtlRequest {
  return readRequest("INVALID_REQUEST", json, (members) => {
    const ttl = members.integer("ttl");
    if (!isTtl(ttl)) throw new DefinitionFault(ttlRule("ttl"));
    const version = members.optionalText("version");
    const name = members.text("name");
    return version === undefined ? { name, ttl } : { name, version, ttl };
  });
}

export interface TenantRequest {
  readonly featureGroupName: string;
  readonly tenantConfig: TenantConfig;
}

/** Tenants left out are the default one. @throws {RowError} INVALID_REQUEST */
export function parseTenantRequest(json: JsonValue): TenantRequest {
  return readRequest("INVALID_REQUEST", json, (members) => {
    const tenantConfig = readTenantConfig(members.object("tenantConfig"));
    for (const [role, tenant] of Object.entries(tenantConfig)) {
      if (!isTenantName(tenant)) {
        const shown = JSON.stringify(tenant);
        throw new DefinitionFault(`tenantConfig.${role} ${shown}: letters, digits, _ and - only`);
      }
    }
    return { featureGroupName: members.text("featureGroupName"), tenantConfig };
  });
}

/** @throws {RowError} with this code */
function readRequest<T>(code: RowErrorCode, json: JsonValue, read: (members: Members) => T): T {
  try {
    return read(new Members(json));
  } catch (error) {
    if (!(error instanceof DefinitionFault)) throw error;
    throw requestError(code, error);
  }
}

function requestError(code: RowErrorCode, { isMissing, message }: DefinitionFault): RowError {
  if (code === "INVALID_REQUEST") {
    return RowError.of(code, { message, cause: "Constraint Violation" });
  }
  return RowError.of(code, isMissing ? {} : { cause: message });
}

const OWNER = /^[A-Za-z0-9_+&*-]+(?:\.[A-Za-z0-9_+&*-]+)*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,7}$/;
const OWNER_LENGTH_MAX = 200;

/** Whether it is an email as clients of the row dialect know them. */
export function isOwner(text: string): boolean {
  return text.length <= OWNER_LENGTH_MAX && OWNER.test(text);
}

function assertOwner(code: RowErrorCode, owner: string): void {
  if (!isOwner(owner)) throw RowError.of(code);
}

function isTtl(seconds: number): boolean {
  return seconds >= 0 && seconds <= TTL_SECONDS_MAX;
}

function ttlRule(name: string): string {
  return `${name}: 0 to ${TTL_SECONDS_MAX} seconds`;
}
