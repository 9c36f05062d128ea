import { FeatureStoreError } from "@ofs/platform";
import type { Entity, FeatureGroup, Snapshot } from "@ofs/registry";
import type { CallContext } from "./context.ts";

/** The snapshot to serve from. @throws {FeatureStoreError} UNAVAILABLE before the first one */
export function requireSnapshot(snapshot: Snapshot | undefined): Snapshot {
  if (snapshot === undefined) {
    throw new FeatureStoreError("UNAVAILABLE", "the registry has not been loaded yet");
  }
  return snapshot;
}

/** @throws {FeatureStoreError} NOT_FOUND, FAILED_PRECONDITION (faulty node) or PERMISSION_DENIED */
export function requireEntity(snapshot: Snapshot, label: string, context: CallContext): Entity {
  if (context.entities !== undefined && !context.entities.has(label)) {
    throw new FeatureStoreError(
      "PERMISSION_DENIED",
      `caller ${context.callerId} may not use entity ${label}`,
    );
  }
  return findEntity(snapshot, label);
}

/** @throws {FeatureStoreError} NOT_FOUND or FAILED_PRECONDITION (faulty node) */
export function findEntity(snapshot: Snapshot, label: string): Entity {
  const entity = snapshot.entities.get(label);
  if (entity !== undefined) return entity;
  const reason = snapshot.disabledEntities.get(label);
  if (reason !== undefined) {
    throw new FeatureStoreError("FAILED_PRECONDITION", `entity ${label} is disabled: ${reason}`);
  }
  throw new FeatureStoreError("NOT_FOUND", `invalid entity ${label}: entity ${label} not found`);
}

/**
 * @param absence what to say of a group that the entity lacks; reads and writes have published texts of their own
 * @throws {FeatureStoreError} NOT_FOUND, or FAILED_PRECONDITION (faulty node)
 */
export function requireGroup(entity: Entity, label: string, absence: string): FeatureGroup {
  const group = entity.groups.get(label);
  if (group !== undefined) return group;
  const reason = entity.disabledGroups.get(label);
  if (reason === undefined) throw new FeatureStoreError("NOT_FOUND", absence);
  throw new FeatureStoreError(
    "FAILED_PRECONDITION",
    `feature group ${label}, in entity ${entity.label} is disabled: ${reason}`,
  );
}

/**
 * Where each key of the entity stands in the caller's `keys_schema`.
 *
 * @returns positions by key sequence
 * @throws {FeatureStoreError} INVALID_ARGUMENT unless the names are exactly the entity's, in any order
 */
export function matchKeysSchema(entity: Entity, keysSchema: readonly string[]): number[] {
  const positions = new Array<number>(entity.keys.length).fill(-1);
  for (const [position, name] of keysSchema.entries()) {
    const sequence = entity.keyIndexes.get(name);
    if (sequence === undefined || positions[sequence] !== -1) {
      const fault = sequence === undefined ? "is not a key" : "is given twice";
      throw keysSchemaError(entity, `${name} ${fault}`);
    }
    positions[sequence] = position;
  }
  const missing = positions.indexOf(-1);
  if (missing >= 0) throw keysSchemaError(entity, `${entity.keys[missing]?.label} is missing`);
  return positions;
}

function keysSchemaError(entity: Entity, fault: string): FeatureStoreError {
  const names = entity.keys.map((key) => key.label).join(", ");
  return new FeatureStoreError(
    "INVALID_ARGUMENT",
    `keys_schema of entity ${entity.label} must be exactly [${names}]: ${fault}`,
  );
}

/**
 * One key's values in the entity's order: the given ones, where that is theirs.
 *
 * @param list name of the keys' field in the request, for the error
 * @param index of the key in it
 * @param member name of the values' field in a key
 * @throws {FeatureStoreError} INVALID_ARGUMENT for a wrong count, or `|` in a key of several columns
 * (keys are joined by it unescaped, so two different keys could meet)
 */
export function orderKeyValues(
  entity: Entity,
  positions: readonly number[],
  values: readonly string[],
  list: string,
  index: number,
  member: string,
): readonly string[] {
  if (values.length !== positions.length) {
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `${list}[${index}].${member} has ${values.length} values, keys_schema of entity ${entity.label} has ${positions.length}`,
    );
  }
  if (positions.length === 1) return values;
  const ordered = new Array<string>(positions.length);
  for (let i = 0; i < positions.length; i++) {
    const value = values[positions[i] as number] as string;
    if (value.includes("|")) {
      throw new FeatureStoreError(
        "INVALID_ARGUMENT",
        `${list}[${index}].${member}: value '${value}' of key ${entity.keys[i]?.label} must not contain '|'`,
      );
    }
    ordered[i] = value;
  }
  return ordered;
}
