import { useQuery } from "@tanstack/react-query";
import type { MappingTarget, RunDraft } from "../../model/run-drafts.ts";
import { useApi } from "../../session/api-context.ts";
import { useEntities, useGroups } from "../../session/queries.ts";
import { rowsKey } from "../../session/row-queries.ts";

/** What columns of a table may become; undefined until that is known. */
export function useMappingTargets(draft: RunDraft): readonly MappingTarget[] | undefined {
  const isBlock = draft.dialect === "block";
  const block = useBlockTargets(isBlock ? draft.entity : "");
  const row = useRowTargets(isBlock ? "" : draft.featureGroup, draft.featureGroupVersion);
  return isBlock ? block : row;
}

function useBlockTargets(label: string): readonly MappingTarget[] | undefined {
  const entities = useEntities();
  const groups = useGroups(label);
  const entity = entities.data?.find((each) => each.label === label);
  if (entity === undefined || groups.data === undefined) return undefined;
  const keys = entity.keys.map((key) => ({
    target: key.label,
    name: key.label,
    type: "key",
    isKey: true,
  }));
  const features = groups.data.flatMap((group) =>
    group.features.map((feature) => ({
      target: `${group.label}:${feature.label}`,
      name: feature.label,
      type: group.dataType,
      isKey: false,
    })),
  );
  return [...keys, ...features];
}

function useRowTargets(name: string, version: string): readonly MappingTarget[] | undefined {
  const { rows } = useApi();
  const query = useQuery({
    queryKey: rowsKey("mapping", name, version),
    queryFn: async ({ signal }) => {
      const group = await rows.group(name, version, signal);
      return { group, entity: await rows.entity(group.entityName, signal) };
    },
    enabled: name !== "",
  });
  if (query.data === undefined) return undefined;
  const { group, entity } = query.data;
  return [...entity.columns, ...group.columns].map((column) => ({
    target: column.name,
    name: column.name,
    type: column.type,
    isKey: entity.primaryKeys.includes(column.name),
  }));
}
