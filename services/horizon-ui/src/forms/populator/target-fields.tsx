import { Select, SimpleGrid } from "@mantine/core";
import type { ReactNode } from "react";
import { latestVersions } from "../../model/rows.ts";
import type { RunDraft } from "../../model/run-drafts.ts";
import { useEntities } from "../../session/queries.ts";
import { useHasRows, useRowGroups, useRowVersions } from "../../session/row-queries.ts";
import type { FieldOf } from "../request-form.tsx";

/** Entries of a list that are shown at a time: one types to find others. */
const SHOWN_MAX = 200;

interface TargetFieldsProps {
  readonly draft: RunDraft;
  readonly field: FieldOf;
}

/** An entity of the block dialect, or a feature group of the row dialect. */
export function TargetFields({ draft, field }: TargetFieldsProps): ReactNode {
  const hasRows = useHasRows() === true;
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      {hasRows ? (
        <Select
          label="Dialect"
          data={[
            { value: "block", label: "Block: an entity" },
            { value: "row", label: "Row: a feature group" },
          ]}
          allowDeselect={false}
          {...field("dialect")}
        />
      ) : null}
      {draft.dialect === "block" ? (
        <EntityField field={field} />
      ) : (
        <GroupFields name={draft.featureGroup} field={field} />
      )}
    </SimpleGrid>
  );
}

function EntityField({ field }: Pick<TargetFieldsProps, "field">): ReactNode {
  const entities = useEntities();
  return (
    <Select
      label="Entity"
      required
      searchable
      limit={SHOWN_MAX}
      allowDeselect={false}
      data={(entities.data ?? []).map(({ label }) => label)}
      {...field("entity")}
      {...(entities.isError ? { error: `Could not load: ${entities.error.message}` } : {})}
    />
  );
}

interface GroupFieldsProps extends Pick<TargetFieldsProps, "field"> {
  readonly name: string;
}

function GroupFields({ name, field }: GroupFieldsProps): ReactNode {
  const groups = useRowGroups();
  return (
    <>
      <Select
        label="Feature group"
        required
        searchable
        limit={SHOWN_MAX}
        allowDeselect={false}
        data={latestVersions(groups.data ?? []).map((group) => group.name)}
        {...field("featureGroup")}
        {...(groups.isError ? { error: `Could not load: ${groups.error.message}` } : {})}
      />
      {name === "" ? null : <VersionField name={name} field={field} />}
    </>
  );
}

function VersionField({ name, field }: GroupFieldsProps): ReactNode {
  const versions = useRowVersions(name);
  const { value, ...input } = field("featureGroupVersion");
  return (
    <Select
      label="Version"
      placeholder="the latest"
      clearable
      clearButtonProps={{ "aria-label": "The latest version" }}
      data={(versions.data ?? []).map(({ version }) => version)}
      value={value === "" ? null : value}
      {...input}
      onChange={(next: string | null) => input.onChange(next ?? "")}
    />
  );
}
