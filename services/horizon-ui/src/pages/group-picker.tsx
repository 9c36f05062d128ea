import { Select, SimpleGrid } from "@mantine/core";
import type { ReactNode } from "react";
import { useEntities, useGroups } from "../session/queries.ts";

export interface GroupChoice {
  readonly entity: string;
  readonly group: string;
}

interface GroupPickerProps extends GroupChoice {
  readonly onChange: (choice: GroupChoice) => void;
}

/** An entity, and one of its feature groups. */
export function GroupPicker({ entity, group, onChange }: GroupPickerProps): ReactNode {
  const entities = useEntities();
  const groups = useGroups(entity);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Select
        label="Entity"
        data={(entities.data ?? []).map(({ label }) => label)}
        value={entity || null}
        error={entities.isError ? `Could not load entities: ${entities.error.message}` : undefined}
        searchable
        limit={200}
        allowDeselect={false}
        onChange={(label) => onChange({ entity: label ?? "", group: "" })}
      />
      <Select
        label="Feature group"
        data={(groups.data ?? []).map(({ label }) => label)}
        value={group || null}
        error={groups.isError ? `Could not load groups: ${groups.error.message}` : undefined}
        disabled={entity === ""}
        searchable
        limit={200}
        allowDeselect={false}
        onChange={(label) => onChange({ entity, group: label ?? "" })}
      />
    </SimpleGrid>
  );
}
