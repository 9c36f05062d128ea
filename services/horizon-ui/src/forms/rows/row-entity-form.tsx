import { MultiSelect, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { EMPTY_COLUMN, type EntityDraft, entityBody } from "../../model/row-drafts.ts";
import { useApi } from "../../session/api-context.ts";
import { usePermissions } from "../../session/use-session.ts";
import { durationHint, NumberField } from "../fields.tsx";
import { ColumnList } from "./column-fields.tsx";
import { CreationForm } from "./creation-form.tsx";
import { RegistrationFields } from "./registration-fields.tsx";

/** A table. */
export function RowEntityForm(): ReactNode {
  const { rows } = useApi();
  const { email } = usePermissions();
  const navigate = useNavigate();
  const initial: EntityDraft = {
    name: "",
    columns: [EMPTY_COLUMN],
    keys: [],
    ttl: "",
    owner: email,
    tags: [],
    description: "",
  };
  return (
    <CreationForm
      kind="entity"
      initial={initial}
      toBody={entityBody}
      nameOf={({ name }) => name.trim()}
      create={async (body) => {
        await rows.createEntity(body);
        return "The entity is live";
      }}
      onMade={(entity) => void navigate({ to: "/rows/entities/$entity", params: { entity } })}
    >
      {(form, field) => (
        <>
          <TextInput
            label="Name"
            description="Of the table, too: a letter, then letters, digits and _"
            required
            {...field("name")}
          />
          <ColumnList
            legend="Shared columns, keys among them"
            columns={form.values.columns}
            onChange={(columns) => form.setFieldValue("columns", columns)}
            field={field}
          />
          <MultiSelect
            label="Primary keys, in order"
            description="The first decides where a row is stored; the others order the rows that share it"
            required
            searchable
            data={namesOf(form.values)}
            {...field("keys")}
          />
          <NumberField
            label="Time to live"
            description={durationHint(form.values.ttl, "rows do not expire")}
            props={field("ttl")}
          />
          <RegistrationFields field={field} />
        </>
      )}
    </CreationForm>
  );
}

/** What can be chosen as a key, and what was chosen before its column was renamed. */
function namesOf({ columns, keys }: EntityDraft): string[] {
  const names = columns.map(({ name }) => name.trim()).filter(Boolean);
  return [...new Set([...names, ...keys])];
}
