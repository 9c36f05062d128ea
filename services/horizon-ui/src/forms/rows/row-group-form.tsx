import { Select, SimpleGrid, Switch, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { QueryView } from "../../components/query-view.tsx";
import { EMPTY_COLUMN, type GroupDraft, groupBody } from "../../model/row-drafts.ts";
import { useApi } from "../../session/api-context.ts";
import { useRowEntities } from "../../session/row-queries.ts";
import { usePermissions } from "../../session/use-session.ts";
import { ColumnList } from "./column-fields.tsx";
import { CreationForm } from "./creation-form.tsx";
import { RegistrationFields } from "./registration-fields.tsx";

const TYPES = [
  { value: "ONLINE", label: "Online: written to the store" },
  { value: "OFFLINE", label: "Offline: kept in tables by the Spark client" },
];

/** The first version of a feature group. @param entity empty: chosen in the form */
export function RowGroupForm({ entity }: { readonly entity: string }): ReactNode {
  const entities = useRowEntities();
  return (
    <QueryView query={entities} what="entities">
      {(all) => (
        <Fields
          entity={entity}
          entities={all.filter(({ state }) => state === "LIVE").map(({ name }) => name)}
        />
      )}
    </QueryView>
  );
}

interface FieldsProps {
  readonly entity: string;
  /** Those that can have more. */
  readonly entities: readonly string[];
}

function Fields({ entity, entities }: FieldsProps): ReactNode {
  const { rows } = useApi();
  const { email } = usePermissions();
  const navigate = useNavigate();
  const initial: GroupDraft = {
    name: "",
    entity,
    isVersioned: true,
    type: "ONLINE",
    columns: [EMPTY_COLUMN],
    owner: email,
    tags: [],
    description: "",
  };
  return (
    <CreationForm
      kind="group"
      subject={entity}
      initial={initial}
      toBody={groupBody}
      nameOf={({ name }) => name.trim()}
      create={async (body) => `${await rows.createGroup(body, false)} is live`}
      onMade={(group) => void navigate({ to: "/rows/groups/$group", params: { group } })}
    >
      {(form, field) => (
        <>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Select
              label="Entity"
              description="Whose table gets its columns"
              required
              searchable
              allowDeselect={false}
              data={entities}
              {...field("entity")}
            />
            <TextInput
              label="Name"
              description="A letter, then letters, digits and _"
              required
              {...field("name")}
            />
          </SimpleGrid>
          <ColumnList
            legend="Features"
            columns={form.values.columns}
            onChange={(columns) => form.setFieldValue("columns", columns)}
            field={field}
          />
          <Select label="Kind" data={TYPES} allowDeselect={false} {...field("type")} />
          <Switch
            label="Versions"
            description={
              form.values.isVersioned
                ? "Each version has columns of its own. Features change by a new version."
                : "One set of columns, named as old clients name them. It can never be changed."
            }
            {...field("isVersioned", { type: "checkbox" })}
          />
          <RegistrationFields field={field} />
        </>
      )}
    </CreationForm>
  );
}
