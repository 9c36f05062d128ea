import { Alert, Badge, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { messageOf } from "../api/api-error.ts";
import type { FeatureValue, ValueRow } from "../api/values.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { Page } from "../components/page.tsx";
import { EmptyState, QueryView } from "../components/query-view.tsx";
import { Section } from "../components/section.tsx";
import { formatBytes } from "../model/format.ts";
import type { EntityFacts } from "../model/registry.ts";
import { useApi } from "../session/api-context.ts";
import { useEntities } from "../session/queries.ts";
import { usePermissions } from "../session/use-session.ts";
import { GroupPicker } from "./group-picker.tsx";

/** `/values`. */
export function ValuesPage(): ReactNode {
  const { entity = "", group = "" } = useSearch({ from: "/shell/values" });
  const navigate = useNavigate();
  const entities = useEntities();
  const { maySubmit } = usePermissions();
  return (
    <Page
      title="Value browser"
      description="What the feature store answers for one key now. Who looks is noted in the audit log, the key is not."
    >
      {maySubmit ? (
        <>
          <Section>
            <GroupPicker
              entity={entity}
              group={group}
              onChange={(choice) => void navigate({ to: "/values", search: choice, replace: true })}
            />
          </Section>
          <QueryView query={entities} what="entities">
            {(all) => {
              const facts = all.find(({ label }) => label === entity);
              if (facts === undefined || group === "") {
                return <EmptyState title="Choose an entity and a feature group" />;
              }
              return <LookUp key={`${entity}/${group}`} entity={facts} group={group} />;
            }}
          </QueryView>
        </>
      ) : (
        <EmptyState title="Viewers do not see values" />
      )}
    </Page>
  );
}

interface LookUpProps {
  readonly entity: EntityFacts;
  readonly group: string;
}

function LookUp({ entity, group }: LookUpProps): ReactNode {
  const { values } = useApi();
  const form = useForm<{ parts: string[] }>({
    initialValues: { parts: entity.keys.map(() => "") },
  });
  const lookUp = useMutation({
    mutationFn: ({ parts }: typeof form.values) => {
      const key = Object.fromEntries(entity.keys.map(({ label }, at) => [label, parts[at] ?? ""]));
      return values.lookUp({ entity: entity.label, keys: [key], features: { [group]: [] } });
    },
  });
  return (
    <Stack>
      <Section title="Key">
        <form onSubmit={form.onSubmit((draft) => lookUp.mutate(draft))}>
          <Group align="flex-end" gap="sm">
            {entity.keys.map(({ label }, at) => (
              <TextInput
                key={label}
                label={label}
                required
                w={{ base: "100%", xs: 240 }}
                {...form.getInputProps(`parts.${at}`)}
              />
            ))}
            <Button type="submit" loading={lookUp.isPending}>
              Look up
            </Button>
          </Group>
        </form>
        {lookUp.isError ? (
          <Alert color="red" role="alert" title="Could not look up values">
            {messageOf(lookUp.error)}
          </Alert>
        ) : null}
      </Section>
      {lookUp.data?.map((row) => (
        <ValuesOfRow key={JSON.stringify(row.keys)} row={row} />
      ))}
    </Stack>
  );
}

const COLUMNS: readonly Column<FeatureValue>[] = [
  { header: "Feature", render: ({ feature }) => feature },
  {
    header: "Value",
    render: ({ value }) => <span className="mono long">{value ?? "not a value of its type"}</span>,
  },
  {
    header: "State",
    render: ({ equalsDefault }) =>
      equalsDefault ? (
        <Badge
          color="gray"
          variant="light"
          tt="none"
          title="Nothing is stored, or exactly the default"
        >
          default
        </Badge>
      ) : (
        <Badge color="green" variant="light" tt="none" miw="max-content">
          stored
        </Badge>
      ),
  },
  { header: "Size", align: "right", render: ({ sizeBytes }) => formatBytes(sizeBytes) },
];

function ValuesOfRow({ row }: { readonly row: ValueRow }): ReactNode {
  const key = Object.entries(row.keys)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
  return (
    <Section title={`Values of ${key}`}>
      {row.error === null ? (
        <DataTable
          caption={`Values of ${key}`}
          columns={COLUMNS}
          rows={row.values}
          rowKey={({ group, feature }) => `${group}/${feature}`}
        />
      ) : (
        <Alert color="red" title="The feature store refuses this key">
          {row.error}
        </Alert>
      )}
      <Text size="xs" c="dimmed">
        A default is shown as a default: an answer does not tell whether it was stored as such.
      </Text>
    </Section>
  );
}
