import { Alert, Badge, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { messageOf } from "../api/api-error.ts";
import type { FeatureValue, GroupPresence, ValueRow } from "../api/values.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { Page } from "../components/page.tsx";
import { EmptyState, QueryView } from "../components/query-view.tsx";
import { Section } from "../components/section.tsx";
import { When } from "../components/when.tsx";
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

interface ShownValue extends FeatureValue {
  readonly isStored: boolean;
}

function stateTitle(isStored: boolean, equalsDefault: boolean): string {
  if (!isStored) return "The feature's default: no live value is stored";
  return equalsDefault ? "A stored value, equal to the default" : "A stored value";
}

/** Where the feature store does not tell, what differs from the default must be stored. */
function shownValues({ groups, values }: ValueRow): ShownValue[] {
  return values.map((value) => {
    const presence = groups.find(({ group }) => group === value.group)?.presence ?? null;
    return { ...value, isStored: presence === null ? !value.equalsDefault : presence === "stored" };
  });
}

const PRESENCE_TEXTS: Readonly<Record<string, string>> = {
  absent: "Nothing is stored: these are the defaults.",
  expired: "What was stored has expired: these are the defaults.",
  unreadable: "What is stored cannot be read: these are the defaults.",
  failed: "The store did not answer: these are the defaults.",
};

function Presence({ of }: { readonly of: GroupPresence }): ReactNode {
  const { presence, schemaVersion, expiresAtMs } = of;
  if (presence === null) {
    return "A value that equals its default is shown as one: it is not known whether it is stored.";
  }
  if (presence !== "stored") return PRESENCE_TEXTS[presence] ?? presence;
  return (
    <>
      Stored with version {schemaVersion},{" "}
      {expiresAtMs === null ? (
        "never expires."
      ) : (
        <>
          expires <When atMs={expiresAtMs} />.
        </>
      )}
    </>
  );
}

const COLUMNS: readonly Column<ShownValue>[] = [
  { header: "Feature", render: ({ feature }) => feature },
  {
    header: "Value",
    render: ({ value }) => <span className="mono long">{value ?? "not a value of its type"}</span>,
  },
  {
    header: "State",
    render: ({ isStored, equalsDefault }) => (
      <Badge
        color={isStored ? "green" : "gray"}
        variant="light"
        tt="none"
        miw="max-content"
        title={stateTitle(isStored, equalsDefault)}
      >
        {isStored ? "stored" : "default"}
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
          rows={shownValues(row)}
          rowKey={({ group, feature }) => `${group}/${feature}`}
        />
      ) : (
        <Alert color="red" title="The feature store refuses this key">
          {row.error}
        </Alert>
      )}
      {row.groupsError === null ? null : (
        <Alert color="yellow" title="Could not find out what is stored">
          {row.groupsError}
        </Alert>
      )}
      {row.groups.map((group) => (
        <Text key={group.group} size="sm" c="dimmed" component="div">
          <Presence of={group} />
        </Text>
      ))}
    </Section>
  );
}
