import type { TableField } from "@ofs/delta";
import { FeatureStoreError } from "@ofs/platform";
import type { Entity, Snapshot } from "@ofs/registry";
import type { ResolvedGroup, RowCatalog } from "@ofs/rows";
import { mapBlockColumns } from "../mapping/block-mapping.ts";
import { mapRowColumns } from "../mapping/row-mapping.ts";
import type { BlockTarget, RowTarget, RunSpec } from "../runs/model.ts";
import { blockMessages } from "./block-messages.ts";
import type { MessagePlan } from "./message-plan.ts";
import { rowMessages } from "./row-messages.ts";

/** What the registries say now. */
export interface RegistryView {
  snapshot(): Snapshot | undefined;
  /** undefined: not loaded, or the row dialect is not served. */
  catalog(): RowCatalog | undefined;
}

/**
 * Decides how a table's rows become messages.
 *
 * @param schema of the version
 * @throws {MappingError} for columns that cannot be sent; {FeatureStoreError} NOT_FOUND, UNAVAILABLE without a registry,
 *   FAILED_PRECONDITION for what is archived
 */
export function createPlan(
  { target, columns }: Pick<RunSpec, "target" | "columns">,
  schema: readonly TableField[],
  registries: RegistryView,
): MessagePlan {
  const named = columns && new Map(Object.entries(columns));
  if (target.dialect === "row") {
    const group = requireGroup(target, registries.catalog());
    const { isBinaryDoubled } = target;
    return rowMessages(mapRowColumns(schema, group, { columns: named, isBinaryDoubled }));
  }
  const entity = requireEntity(target, registries.snapshot());
  return blockMessages(mapBlockColumns(schema, entity, { columns: named, groups: target.groups }));
}

/** @throws {FeatureStoreError} */
export function requireGroup(
  { featureGroupName: name, featureGroupVersion: version }: RowTarget,
  catalog: RowCatalog | undefined,
): ResolvedGroup {
  if (catalog === undefined) throw notLoaded("row dialect");
  const group = catalog.group(name, version);
  const title = `feature group ${name} ${version ?? "(latest version)"}`;
  if (group === undefined) {
    throw new FeatureStoreError("NOT_FOUND", `${title} is not registered, or is faulty`);
  }
  if (group.metadata.state === "LIVE") return group;
  throw new FeatureStoreError("FAILED_PRECONDITION", `${title} is archived`);
}

/** @throws {FeatureStoreError} */
export function requireEntity(
  { entityLabel }: BlockTarget,
  snapshot: Snapshot | undefined,
): Entity {
  if (snapshot === undefined) throw notLoaded("block dialect");
  const entity = snapshot.entities.get(entityLabel);
  if (entity !== undefined) return entity;
  const reason = snapshot.disabledEntities.get(entityLabel) ?? "it is not registered";
  throw new FeatureStoreError("NOT_FOUND", `entity ${entityLabel}: ${reason}`);
}

function notLoaded(dialect: string): FeatureStoreError {
  return new FeatureStoreError("UNAVAILABLE", `the registry of the ${dialect} is not loaded here`);
}
