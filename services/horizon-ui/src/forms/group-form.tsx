import { Select, SimpleGrid, Switch, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { QueryView } from "../components/query-view.tsx";
import { DATA_TYPES, dataTypeName } from "../model/data-types.ts";
import { EMPTY_FEATURE, type GroupDraft, groupPayload } from "../model/payloads.ts";
import type { EntityFacts, StoreFacts } from "../model/registry.ts";
import { useEntities, useJobNames, useStores } from "../session/queries.ts";
import { FeatureList } from "./feature-list.tsx";
import { durationHint, NumberField } from "./fields.tsx";
import { type FieldOf, RequestForm } from "./request-form.tsx";

/** Of a list at a time: typing finds the others. */
const OPTIONS_SHOWN = 200;

interface Choices {
  readonly entities: readonly EntityFacts[];
  readonly stores: readonly StoreFacts[];
  readonly jobs: readonly string[];
}

/** `feature-group`. @param entity to begin with; empty = none */
export function GroupForm({ entity }: { readonly entity: string }): ReactNode {
  const entities = useEntities();
  const stores = useStores();
  const jobs = useJobNames("writer");
  return (
    <QueryView query={entities} what="entities">
      {(allEntities) => (
        <QueryView query={stores} what="stores">
          {(allStores) => (
            <QueryView query={jobs} what="jobs">
              {(allJobs) => (
                <GroupFields
                  entity={entity}
                  choices={{ entities: allEntities, stores: allStores, jobs: allJobs }}
                />
              )}
            </QueryView>
          )}
        </QueryView>
      )}
    </QueryView>
  );
}

function GroupFields(props: { readonly entity: string; readonly choices: Choices }): ReactNode {
  const { entity, choices } = props;
  const initial: GroupDraft = {
    "entity-label": entity,
    "fg-label": "",
    "job-id": "",
    "store-id": choices.stores.length === 1 ? (choices.stores[0]?.id ?? "") : "",
    "ttl-in-seconds": 0,
    "in-memory-cache-enabled": false,
    "distributed-cache-enabled": false,
    "data-type": "DataTypeFP32",
    features: [EMPTY_FEATURE],
  };
  return (
    <RequestForm kind="feature-group" subject={entity} initial={initial} toPayload={groupPayload}>
      {(form, field) => (
        <>
          <PlaceFields choices={choices} field={field} />
          <GroupSettings ttlSeconds={form.values["ttl-in-seconds"]} field={field} />
          <FeatureList
            features={form.values.features}
            onChange={(features) => form.setFieldValue("features", features)}
            dataType={form.values["data-type"]}
            field={field}
          />
        </>
      )}
    </RequestForm>
  );
}

function PlaceFields(props: { readonly choices: Choices; readonly field: FieldOf }): ReactNode {
  const { choices, field } = props;
  const stores = choices.stores.map((store) => ({
    value: store.id,
    label: `${store.id}: ${store.table} (${store.dbType}, keys ${store.primaryKeys.join(", ") || "none"})`,
  }));
  const types = DATA_TYPES.map((type) => ({ value: type, label: dataTypeName(type) }));
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Select
        label="Entity"
        data={choices.entities.map(({ label }) => label)}
        searchable
        limit={OPTIONS_SHOWN}
        required
        allowDeselect={false}
        {...field("entity-label")}
      />
      <TextInput label="Label" required {...field("fg-label")} />
      <Select
        label="Store"
        description="Its keys must be columns of the entity's keys"
        data={stores}
        searchable
        limit={OPTIONS_SHOWN}
        required
        allowDeselect={false}
        {...field("store-id")}
      />
      <Select
        label="Writer job"
        description="Which job feeds the group"
        data={[...choices.jobs]}
        searchable
        limit={OPTIONS_SHOWN}
        required
        allowDeselect={false}
        {...field("job-id")}
      />
      <Select
        label="Data type"
        description="Of all features of the group; fixed from then on"
        data={types}
        searchable
        limit={OPTIONS_SHOWN}
        required
        allowDeselect={false}
        {...field("data-type")}
      />
    </SimpleGrid>
  );
}

interface GroupSettingsProps {
  readonly ttlSeconds: number | string;
  readonly field: FieldOf;
}

/** What can be changed of a group later, too. */
export function GroupSettings({ ttlSeconds, field }: GroupSettingsProps): ReactNode {
  return (
    <>
      <NumberField
        label="Time to live"
        description={durationHint(ttlSeconds, "features do not expire")}
        props={field("ttl-in-seconds")}
      />
      <Switch
        label="Keep in the in-process cache (if the entity's is on)"
        {...field("in-memory-cache-enabled", { type: "checkbox" })}
      />
      <Switch
        label="Keep in the distributed cache (if the entity's is on)"
        {...field("distributed-cache-enabled", { type: "checkbox" })}
      />
    </>
  );
}
