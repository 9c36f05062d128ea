import { Button, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { ApiError } from "../../api/api-error.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { IconPlus } from "../../components/icons.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { Pager, SearchField } from "../../components/list-tools.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { DialectBadge } from "../../components/rows/dialect-badge.tsx";
import { Effects } from "../../components/rows/effects.tsx";
import { PendingNotice } from "../../components/rows/pending-notice.tsx";
import { discoveryTrail, RowGroupLink } from "../../components/rows/row-links.tsx";
import { StateBadge } from "../../components/rows/state-badge.tsx";
import { StoredColumns } from "../../components/rows/stored-columns.tsx";
import { Tags } from "../../components/rows/tags.tsx";
import { Facts, Section } from "../../components/section.tsx";
import { When } from "../../components/when.tsx";
import { formatTtl } from "../../model/format.ts";
import { pageOf, searchRows } from "../../model/paging.ts";
import { latestVersions, type RowEntity, type RowGroup } from "../../model/rows.ts";
import { useApi } from "../../session/api-context.ts";
import { ForApprovers } from "../../session/for-approvers.tsx";
import { rowsKey, useCreations, useRowGroups } from "../../session/row-queries.ts";

const NOT_FOUND = 404;

/** `/rows/entities/$entity`. */
export function RowEntityPage(): ReactNode {
  const { entity: name } = useParams({ from: "/shell/rows/rows/entities/$entity" });
  const { rows } = useApi();
  const creations = useCreations();
  const entity = useQuery({
    queryKey: rowsKey("entity", name),
    queryFn: ({ signal }) => rows.entity(name, signal),
  });
  const pending = creations.data?.find((each) => each.kind === "entity" && each.name === name);
  const isMissing = entity.error instanceof ApiError && entity.error.status === NOT_FOUND;
  return (
    <Page
      title={name}
      trail={discoveryTrail()}
      description={entity.data?.description || undefined}
      actions={entity.data === undefined ? undefined : <Actions entity={entity.data} />}
    >
      {pending === undefined ? null : <PendingNotice creation={pending} />}
      {isMissing && pending === undefined ? (
        <EmptyState title={`There is no entity ${name}`} />
      ) : null}
      {isMissing ? null : (
        <QueryView query={entity} what="the entity">
          {(loaded) => <EntityDetails key={name} entity={loaded} />}
        </QueryView>
      )}
    </Page>
  );
}

function Actions({ entity }: { readonly entity: RowEntity }): ReactNode {
  const [isChanging, setChanging] = useState(false);
  const isLive = entity.state === "LIVE";
  return (
    <ForApprovers>
      <Button variant="default" onClick={() => setChanging(true)}>
        {isLive ? "Archive…" : "Make live…"}
      </Button>
      {isLive ? (
        <ButtonLink
          to="/rows/new/group"
          search={{ entity: entity.name }}
          leftSection={<IconPlus size={16} />}
        >
          New feature group
        </ButtonLink>
      ) : null}
      {isChanging ? <StateDialog entity={entity} onClose={() => setChanging(false)} /> : null}
    </ForApprovers>
  );
}

interface StateDialogProps {
  readonly entity: RowEntity;
  readonly onClose: () => void;
}

function StateDialog({ entity: { name, state }, onClose }: StateDialogProps): ReactNode {
  const { rows } = useApi();
  const next = state === "LIVE" ? "ARCHIVED" : "LIVE";
  const action = next === "ARCHIVED" ? "Archive" : "Make live";
  const effects =
    next === "ARCHIVED"
      ? [
          "No feature group can be added to it until it is made live again.",
          "An entity that has feature groups of any version cannot be archived.",
          "Its table stays, with all that is stored in it.",
        ]
      : ["Feature groups can be added to it again."];
  return (
    <ConfirmDialog
      title={`${action} ${name}`}
      action={action}
      act={() => rows.setEntityState(name, next)}
      done={`${name} is ${next === "LIVE" ? "live" : "archived"}`}
      stale={rowsKey()}
      onClose={onClose}
    >
      <Effects effects={effects} />
    </ConfirmDialog>
  );
}

function EntityDetails({ entity }: { readonly entity: RowEntity }): ReactNode {
  const { rows } = useApi();
  const storage = useQuery({
    queryKey: rowsKey("entity-storage", entity.name),
    queryFn: ({ signal }) => rows.entityStorage(entity.name, signal),
  });
  return (
    <Stack gap="lg">
      <Section>
        <Facts
          facts={[
            ["Dialect", <DialectBadge key="dialect" dialect="row" />],
            ["State", <StateBadge key="state" state={entity.state} />],
            ["Keys, in order", entity.primaryKeys.join(", ")],
            ["Time to live", formatTtl(entity.ttlSeconds)],
            ["Owner", entity.owner],
            ["Tags", <Tags key="tags" tags={entity.tags} />],
            ["Created", <When key="created" atMs={entity.createdAtMs} />],
            ["Changed", <When key="changed" atMs={entity.updatedAtMs} />],
          ]}
        />
      </Section>
      <Section
        title="Columns of the table"
        description="Keys identify a row. Shared columns are the same for all feature groups."
      >
        <QueryView query={storage} what="the columns">
          {({ columns }) => (
            <StoredColumns caption={`Columns of ${entity.name}`} columns={columns} />
          )}
        </QueryView>
      </Section>
      <GroupsSection entity={entity} />
    </Stack>
  );
}

function GroupsSection({ entity }: { readonly entity: RowEntity }): ReactNode {
  const groups = useRowGroups();
  const creations = useCreations();
  const pending = creations.data?.filter(
    (each) => each.kind === "feature-group" && each.entityName === entity.name,
  );
  return (
    <Section title="Feature groups">
      {pending?.map((creation) => (
        <PendingNotice key={`${creation.name} ${creation.version}`} creation={creation} />
      ))}
      <QueryView
        query={groups}
        what="feature groups"
        isEmpty={(all) => all.every(({ entityName }) => entityName !== entity.name)}
        empty={
          <EmptyState title="No feature groups yet">
            A feature group adds columns of its own to this table.
          </EmptyState>
        }
      >
        {(all) => <GroupList groups={all.filter(({ entityName }) => entityName === entity.name)} />}
      </QueryView>
    </Section>
  );
}

/** The latest version, and how many there are. */
interface ListedGroup extends RowGroup {
  readonly versionCount: number;
}

const COLUMNS: readonly Column<ListedGroup>[] = [
  { header: "Feature group", render: ({ name }) => <RowGroupLink name={name} /> },
  { header: "Latest", render: ({ version }) => version },
  { header: "Versions", align: "right", render: ({ versionCount }) => versionCount },
  { header: "Columns", align: "right", render: ({ columns }) => columns.length },
  { header: "State", render: ({ state }) => <StateBadge state={state} /> },
  { header: "Owner", render: ({ owner }) => owner },
  { header: "Tags", render: ({ tags }) => <Tags tags={tags} /> },
];

/** @param groups all versions */
function GroupList({ groups }: { readonly groups: readonly RowGroup[] }): ReactNode {
  const [search, setSearch] = useState("");
  const [wanted, setWanted] = useState(1);
  const listed = latestVersions(groups).map((group) => ({
    ...group,
    versionCount: groups.filter(({ name }) => name === group.name).length,
  }));
  const found = searchRows(listed, search, ({ name, owner, tags, columns }) => [
    name,
    owner,
    ...tags,
    ...columns.map((column) => column.name),
  ]);
  const { rows, page, total } = pageOf(found, wanted);
  return (
    <Stack gap="sm">
      <SearchField
        label="Filter by group, column, owner or tag"
        value={search}
        onChange={setSearch}
      />
      <DataTable
        caption="Feature groups"
        columns={COLUMNS}
        rows={rows}
        rowKey={({ name }) => name}
        minWidth={720}
      />
      {total === 0 ? <EmptyState title="Nothing matches the filter" /> : null}
      <Pager page={page} total={total} onChange={setWanted} />
    </Stack>
  );
}
