import type { CallContext } from "@ofs/engine";
import { FeatureStoreError, type UnaryHandler } from "@ofs/platform";
import { ofs } from "@ofs/proto";
import type { Entity, FeatureGroup, FeatureSchema, RegistryFault, Snapshot } from "@ofs/registry";
import Long from "long";
import { type GuardDeps, guardedHandler } from "./guarded-handler.ts";

export const SCHEMA_SERVICE = "ofs.v1.SchemaService";
export const DESCRIBE_METHOD = `/${SCHEMA_SERVICE}/DescribeEntities`;

/** Describing entities, for whoever may read or write features. */
export function schemaRoutes(
  snapshot: () => Snapshot | undefined,
  deps: GuardDeps,
): Map<string, UnaryHandler> {
  const describe = guardedHandler(
    "any",
    (request, context) => {
      const current = snapshot();
      if (current === undefined) {
        throw new FeatureStoreError("UNAVAILABLE", "the registry has not been loaded yet");
      }
      const labels = requestedLabels(request);
      const result = describeEntities(current, labels, context);
      return { response: ofs.v1.DescribeResult.encode(result).finish() };
    },
    deps,
  );
  return new Map([[DESCRIBE_METHOD, describe]]);
}

function requestedLabels(request: Uint8Array): readonly string[] {
  try {
    return ofs.v1.DescribeRequest.decode(request).entityLabels;
  } catch (error) {
    const message = `the request is not a DescribeRequest: ${String(error)}`;
    throw new FeatureStoreError("INVALID_ARGUMENT", message, { cause: error });
  }
}

/**
 * @param labels in this order; none: all that the caller may use, by label
 * @throws {FeatureStoreError} NOT_FOUND, PERMISSION_DENIED
 */
export function describeEntities(
  snapshot: Snapshot,
  labels: readonly string[],
  context: Pick<CallContext, "callerId" | "entities">,
): ofs.v1.DescribeResult.$Properties {
  const named = labels.length > 0 ? labels : allLabels(snapshot, context.entities);
  const faults = groupFaults(snapshot);
  return {
    registryRevision: Long.fromNumber(snapshot.revision),
    entities: named.map((label) => describeEntity(snapshot, label, context, faults)),
  };
}

function allLabels(snapshot: Snapshot, scope: ReadonlySet<string> | undefined): string[] {
  const labels = [...snapshot.entities.keys(), ...snapshot.disabledEntities.keys()];
  return labels.filter((label) => scope === undefined || scope.has(label)).sort();
}

function describeEntity(
  snapshot: Snapshot,
  label: string,
  context: Pick<CallContext, "callerId" | "entities">,
  faultsByName: ReadonlyMap<string, readonly RegistryFault[]>,
): ofs.v1.EntitySchema.$Properties {
  if (context.entities !== undefined && !context.entities.has(label)) {
    throw new FeatureStoreError(
      "PERMISSION_DENIED",
      `caller ${context.callerId} may not use entity ${label}`,
    );
  }
  const faults = faultsOf(faultsByName, label);
  const entity = snapshot.entities.get(label);
  if (entity !== undefined) return { ...describeServed(entity), faults };
  const reason = snapshot.disabledEntities.get(label);
  if (reason === undefined) {
    throw new FeatureStoreError("NOT_FOUND", `invalid entity ${label}: entity ${label} not found`);
  }
  return { label, faults: faults.length > 0 ? faults : [{ path: `entities/${label}`, reason }] };
}

function describeServed(entity: Entity): ofs.v1.EntitySchema.$Properties {
  return {
    label: entity.label,
    keyLabels: entity.keys.map((key) => key.label),
    groups: [...entity.groups.values()].map(describeGroup),
  };
}

function describeGroup(group: FeatureGroup): ofs.v1.GroupSchema.$Properties {
  return {
    label: group.label,
    id: group.id,
    dataType: group.dataType.name,
    ttlSeconds: Long.fromNumber(group.ttlSeconds, true),
    activeVersion: group.active.version,
    storeId: group.storeId,
    features: group.active.labels.map((_, sequence) => describeFeature(group.active, sequence)),
    processCached: group.isProcessCached,
    distributedCached: group.isDistributedCached,
  };
}

function describeFeature(
  schema: FeatureSchema,
  sequence: number,
): ofs.v1.FeatureSchema.$Properties {
  return {
    label: schema.labels[sequence] ?? null,
    vectorLength: schema.layout.vectorLengths[sequence] ?? null,
    stringLength: schema.layout.stringLengths[sequence] ?? null,
    defaultValue: schema.defaults[sequence] ?? null,
  };
}

/** Faults by the first name below `entities`: a registry may have as many of both as it likes. */
function groupFaults({ faults }: Snapshot): ReadonlyMap<string, readonly RegistryFault[]> {
  const byName = new Map<string, RegistryFault[]>();
  for (const fault of faults) {
    const name = firstName(fault.path.slice("entities/".length));
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [fault]);
    else known.push(fault);
  }
  return byName;
}

function faultsOf(
  byName: ReadonlyMap<string, readonly RegistryFault[]>,
  label: string,
): ofs.v1.Fault.$Properties[] {
  const root = `entities/${label}`;
  return (byName.get(firstName(label)) ?? [])
    .filter(({ path }) => path === root || path.startsWith(`${root}/`))
    .map(({ path, reason }) => ({ path, reason }));
}

/** A label that a JSON value names may hold slashes. */
function firstName(path: string): string {
  return path.split("/", 1)[0] as string;
}
