import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { QueryView } from "../../components/query-view.tsx";
import { ColumnDiffView } from "../../components/rows/column-diff.tsx";
import { Section } from "../../components/section.tsx";
import { columnsOf, groupBody, nextVersionDraft } from "../../model/row-drafts.ts";
import { diffColumns, type RowGroup } from "../../model/rows.ts";
import { useApi } from "../../session/api-context.ts";
import { rowsKey } from "../../session/row-queries.ts";
import { ColumnList } from "./column-fields.tsx";
import { CreationForm } from "./creation-form.tsx";
import { RegistrationFields } from "./registration-fields.tsx";

/** A further version of a feature group. */
export function RowVersionForm({ group }: { readonly group: string }): ReactNode {
  const { rows } = useApi();
  const latest = useQuery({
    queryKey: rowsKey("group", group, ""),
    queryFn: ({ signal }) => rows.group(group, "", signal),
  });
  return (
    <QueryView query={latest} what="the feature group">
      {(loaded) => <Fields key={loaded.version} latest={loaded} />}
    </QueryView>
  );
}

function Fields({ latest }: { readonly latest: RowGroup }): ReactNode {
  const { rows } = useApi();
  const navigate = useNavigate();
  const { name, version } = latest;
  return (
    <CreationForm
      kind="version"
      subject={`${name}:${version}`}
      initial={nextVersionDraft(latest)}
      toBody={groupBody}
      nameOf={() => name}
      create={async (body) => `${await rows.createGroup(body, true)} is live`}
      onMade={() => void navigate({ to: "/rows/groups/$group", params: { group: name } })}
      aside={(draft) => (
        <Section title={`Compared with ${version}`}>
          <ColumnDiffView diff={diffColumns(latest.columns, columnsOf(draft))} />
        </Section>
      )}
    >
      {(form, field) => (
        <>
          <Text size="sm" c="dimmed">
            The new version has columns of its own, which are empty until they are written. Callers
            that name no version use it from the moment it is live; {version} stays readable and
            writable.
          </Text>
          <ColumnList
            legend="Features"
            columns={form.values.columns}
            onChange={(columns) => form.setFieldValue("columns", columns)}
            field={field}
          />
          <RegistrationFields field={field} />
        </>
      )}
    </CreationForm>
  );
}
