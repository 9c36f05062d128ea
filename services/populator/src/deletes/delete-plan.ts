import type { TableField } from "@ofs/delta";
import { mapBlockColumns, mapBlockKeys } from "../mapping/block-mapping.ts";
import { mapRowKeys } from "../mapping/row-mapping.ts";
import { type RegistryView, requireEntity, requireGroup } from "../messages/create-plan.ts";
import {
  blockDeletes,
  type EncodeDeletes,
  KeyPlan,
  rowDeletes,
} from "../messages/delete-messages.ts";
import type { RunSpec } from "../runs/model.ts";

/** How a run's keys become deletes. */
export interface DeletePlan {
  /** @throws {MappingError} if the columns are no key */
  keysOf(schema: readonly TableField[]): KeyPlan;
  readonly encode: EncodeDeletes;
}

/**
 * @param schema of the version
 * @throws as `createPlan`
 */
export function createDeletePlan(
  { target, columns }: Pick<RunSpec, "target" | "columns">,
  schema: readonly TableField[],
  registries: RegistryView,
): DeletePlan {
  const named = columns && new Map(Object.entries(columns));
  if (target.dialect === "row") {
    const group = requireGroup(target, registries.catalog());
    const { isBinaryDoubled } = target;
    const keysOf = (of: readonly TableField[]): KeyPlan => {
      const mapping = mapRowKeys(of, group, { columns: named, isBinaryDoubled });
      return new KeyPlan(
        mapping.columns.map(({ field, name, toJson }) => ({ field, name, toText: toJson })),
      );
    };
    return { keysOf, encode: rowDeletes(group.keys.map(({ name }) => name)) };
  }
  const entity = requireEntity(target, registries.snapshot());
  const { groups } = mapBlockColumns(schema, entity, { columns: named, groups: target.groups });
  const keysOf = (of: readonly TableField[]): KeyPlan =>
    new KeyPlan(
      mapBlockKeys(of, entity, named).map(({ field, label: name, toText }) => ({
        field,
        name,
        toText,
      })),
    );
  const keysSchema = entity.keys.map(({ label }) => label);
  const labels = groups.map(({ label }) => label);
  return { keysOf, encode: blockDeletes(entity.label, keysSchema, labels) };
}
