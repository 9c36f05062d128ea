import { Group, Select, SimpleGrid, Stack } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ButtonLink, TextLink } from "../../components/links.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState } from "../../components/query-view.tsx";
import { Section } from "../../components/section.tsx";
import { EntityEditForm } from "../../forms/entity-edit-form.tsx";
import { EntityForm } from "../../forms/entity-form.tsx";
import { ExistingGroupForm } from "../../forms/existing-group-forms.tsx";
import { GroupForm } from "../../forms/group-form.tsx";
import { JobForm } from "../../forms/job-form.tsx";
import { JobRotateForm } from "../../forms/job-rotate-form.tsx";
import { StoreForm } from "../../forms/store-form.tsx";
import {
  CHANGE_KINDS,
  type ChangeKind,
  FAMILIES,
  FAMILY_TITLES,
  isChangeKind,
  KIND_TEXTS,
} from "../../model/change-kinds.ts";
import { useEntities, useGroups } from "../../session/queries.ts";
import { usePermissions } from "../../session/use-session.ts";

/** `/requests/new/$kind`. */
export function NewRequestPage(): ReactNode {
  const { kind } = useParams({ from: "/shell/requests/new/$kind" });
  const { maySubmit } = usePermissions();
  if (!isChangeKind(kind)) return <NewRequestIndexPage />;
  if (!maySubmit) {
    return (
      <Page title={KIND_TEXTS[kind].title}>
        <EmptyState title="Viewers cannot ask for changes">
          An administrator can give you the role of an author.
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page
      title={KIND_TEXTS[kind].title}
      description={KIND_TEXTS[kind].help}
      trail={[
        <TextLink key="requests" to="/requests">
          Requests
        </TextLink>,
        <TextLink key="new" to="/requests/new">
          New
        </TextLink>,
      ]}
    >
      <RequestFormOf kind={kind} />
    </Page>
  );
}

function RequestFormOf({ kind }: { readonly kind: ChangeKind }): ReactNode {
  const {
    entity = "",
    group = "",
    type,
    job = "",
  } = useSearch({ from: "/shell/requests/new/$kind" });
  switch (kind) {
    case "store":
      return <StoreForm />;
    case "job":
      return <JobForm key={type} type={type} />;
    case "job-rotate":
      return <JobRotateForm type={type ?? ""} id={job} />;
    case "entity":
      return <EntityForm />;
    case "entity-edit":
      return (
        <Stack>
          <TargetPicker kind={kind} entity={entity} group={undefined} />
          <EntityEditForm entity={entity} />
        </Stack>
      );
    case "feature-group":
      return <GroupForm entity={entity} />;
    case "feature-group-edit":
    case "features-add":
    case "features-edit":
    case "features-delete":
      return (
        <Stack>
          <TargetPicker kind={kind} entity={entity} group={group} />
          <ExistingGroupForm kind={kind} entity={entity} group={group} />
        </Stack>
      );
  }
}

interface TargetPickerProps {
  readonly kind: ChangeKind;
  readonly entity: string;
  /** undefined: the change is about the entity itself. */
  readonly group: string | undefined;
}

/** What the change is about. Kept in the address, so that it can be linked to. */
function TargetPicker({ kind, entity, group }: TargetPickerProps): ReactNode {
  const navigate = useNavigate();
  const entities = useEntities();
  const groups = useGroups(group === undefined ? "" : entity);
  const choose = (search: { entity: string; group?: string }): void => {
    void navigate({ to: "/requests/new/$kind", params: { kind }, search, replace: true });
  };
  return (
    <Section>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label="Entity"
          data={(entities.data ?? []).map(({ label }) => label)}
          value={entity || null}
          error={
            entities.isError ? `Could not load entities: ${entities.error.message}` : undefined
          }
          searchable
          limit={200}
          allowDeselect={false}
          onChange={(label) => choose({ entity: label ?? "" })}
        />
        {group === undefined ? null : (
          <Select
            label="Feature group"
            data={(groups.data ?? []).map(({ label }) => label)}
            value={group || null}
            error={groups.isError ? `Could not load groups: ${groups.error.message}` : undefined}
            disabled={entity === ""}
            searchable
            limit={200}
            allowDeselect={false}
            onChange={(label) => choose({ entity, ...(label === null ? {} : { group: label }) })}
          />
        )}
      </SimpleGrid>
    </Section>
  );
}

/** `/requests/new`: what can be asked for. */
export function NewRequestIndexPage(): ReactNode {
  return (
    <Page
      title="New request"
      description="Every change waits for approval. A store comes first, then a job, an entity, a feature group and its features."
      trail={[
        <TextLink key="requests" to="/requests">
          Requests
        </TextLink>,
      ]}
    >
      {FAMILIES.map((family) => (
        <Section key={family} title={FAMILY_TITLES[family]}>
          {CHANGE_KINDS.filter((kind) => KIND_TEXTS[kind].family === family).map((kind) => (
            <Group key={kind} justify="space-between" gap="sm">
              <span>{KIND_TEXTS[kind].help}</span>
              <ButtonLink to="/requests/new/$kind" params={{ kind }} variant="default" size="xs">
                {KIND_TEXTS[kind].title}
              </ButtonLink>
            </Group>
          ))}
        </Section>
      ))}
    </Page>
  );
}
