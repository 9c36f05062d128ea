import { Select, TagsInput, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { QueryView } from "../components/query-view.tsx";
import { type StoreDraft, storePayload } from "../model/payloads.ts";
import { useStoreConfigs } from "../session/queries.ts";
import { durationHint, NumberField } from "./fields.tsx";
import { RequestForm } from "./request-form.tsx";

/** `store`. */
export function StoreForm(): ReactNode {
  const configs = useStoreConfigs();
  return (
    <QueryView query={configs} what="configured databases">
      {(dbTypes) => <StoreFields dbTypes={dbTypes} />}
    </QueryView>
  );
}

function StoreFields({ dbTypes }: { readonly dbTypes: Record<string, string> }): ReactNode {
  const ids = Object.keys(dbTypes);
  const initial: StoreDraft = {
    "conf-id": ids.length === 1 ? (ids[0] ?? "") : "",
    table: "",
    "primary-keys": [],
    "table-ttl": 0,
  };
  return (
    <RequestForm kind="store" initial={initial} toPayload={(draft) => storePayload(draft, dbTypes)}>
      {(form, field) => (
        <>
          <Select
            label="Database"
            description="Connections that are configured for the service"
            data={ids.map((id) => ({ value: id, label: `${id} (${dbTypes[id]})` }))}
            required
            allowDeselect={false}
            {...field("conf-id")}
          />
          <TextInput
            label="Table"
            description="Made if it is not there. Letters, digits and _"
            required
            {...field("table")}
          />
          <TagsInput
            label="Primary keys"
            description="Key columns in order, Enter after each: they must be column names of an entity's keys"
            {...field("primary-keys")}
          />
          <NumberField
            label="Time to live of the table"
            description={durationHint(
              form.values["table-ttl"],
              "rows stay. It cannot be changed later",
            )}
            props={field("table-ttl")}
          />
        </>
      )}
    </RequestForm>
  );
}
