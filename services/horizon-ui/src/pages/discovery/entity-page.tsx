import { Stack } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { LastWriteTime } from "../../components/fleet/last-write.tsx";
import { IconPencil, IconPlus } from "../../components/icons.tsx";
import { ButtonLink, TextLink } from "../../components/links.tsx";
import { Pager, SearchField } from "../../components/list-tools.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { type Fact, Facts, Section } from "../../components/section.tsx";
import { cacheText } from "../../model/caches.ts";
import { dataTypeName } from "../../model/data-types.ts";
import { latestWrite } from "../../model/fleet.ts";
import { formatTtl } from "../../model/format.ts";
import { pageOf, searchRows } from "../../model/paging.ts";
import type { EntityFacts, GroupFacts } from "../../model/registry.ts";
import { useLastWrites } from "../../session/fleet-queries.ts";
import { ForAuthors } from "../../session/for-authors.tsx";
import { useEntities, useGroups } from "../../session/queries.ts";

/** `/discovery/$entity`. */
export function EntityPage(): ReactNode {
  const { entity } = useParams({ from: "/shell/discovery/$entity" });
  const entities = useEntities();
  const kinds = [
    { kind: "entity-edit", text: "Edit caches", Icon: IconPencil },
    { kind: "feature-group", text: "New feature group", Icon: IconPlus },
  ] as const;
  return (
    <Page
      title={entity}
      trail={[
        <TextLink key="discovery" to="/discovery">
          Discovery
        </TextLink>,
      ]}
      actions={
        <ForAuthors>
          {kinds.map(({ kind, text, Icon }) => (
            <ButtonLink
              key={kind}
              to="/requests/new/$kind"
              params={{ kind }}
              search={{ entity }}
              variant="default"
              leftSection={<Icon size={16} />}
            >
              {text}
            </ButtonLink>
          ))}
        </ForAuthors>
      }
    >
      <QueryView query={entities} what="the entity">
        {(all) => {
          const facts = all.find(({ label }) => label === entity);
          if (facts === undefined) return <EmptyState title={`There is no entity ${entity}`} />;
          return <EntityDetails key={entity} entity={facts} />;
        }}
      </QueryView>
    </Page>
  );
}

function EntityDetails({ entity }: { readonly entity: EntityFacts }): ReactNode {
  const groups = useGroups(entity.label);
  const keys = entity.keys.map(({ label, columnLabel }) =>
    label === columnLabel ? label : `${label} (column ${columnLabel})`,
  );
  const facts: Fact[] = [
    ["Keys, in order", keys.join(", ")],
    ["In-process cache", cacheText(entity.inMemoryCache)],
    ["Distributed cache", cacheText(entity.distributedCache)],
  ];
  return (
    <Stack gap="lg">
      <Section>
        <Facts facts={facts} />
      </Section>
      <Section title="Feature groups">
        <QueryView
          query={groups}
          what="feature groups"
          isEmpty={(all) => all.length === 0}
          empty={<EmptyState title="No feature groups yet" />}
        >
          {(all) => <GroupList entity={entity.label} groups={all} />}
        </QueryView>
      </Section>
    </Stack>
  );
}

const COLUMNS: readonly Column<GroupFacts>[] = [
  {
    header: "Feature group",
    render: ({ entityLabel, label }) => (
      <TextLink to="/discovery/$entity/$group" params={{ entity: entityLabel, group: label }}>
        {label}
      </TextLink>
    ),
  },
  { header: "Data type", render: ({ dataType }) => dataTypeName(dataType) },
  { header: "Features", align: "right", render: ({ features }) => features.length },
  { header: "Version", align: "right", render: ({ activeVersion }) => activeVersion },
  { header: "Time to live", render: ({ ttlSeconds }) => formatTtl(ttlSeconds) },
  { header: "Store", render: ({ storeId }) => storeId },
  { header: "Job", render: ({ jobId }) => jobId },
];

/** With a column for the last write, where there are services that could know. */
function useColumns(entity: string): readonly Column<GroupFacts>[] {
  const { data, isError } = useLastWrites(entity);
  const header = "Last written";
  if (isError) return [...COLUMNS, { header, render: () => "could not be asked" }];
  if (data === undefined || !data.hasServices) return COLUMNS;
  const byGroup = new Map(data.groups.map((write) => [write.group, write]));
  const isKnown = data.isIngestionKnown && data.areCallsKnown;
  const render = ({ label }: GroupFacts): ReactNode => (
    <LastWriteTime atMs={latestWrite(byGroup.get(label))} isKnown={isKnown} />
  );
  return [...COLUMNS, { header, render }];
}

interface GroupListProps {
  readonly entity: string;
  readonly groups: readonly GroupFacts[];
}

function GroupList({ entity, groups }: GroupListProps): ReactNode {
  const columns = useColumns(entity);
  const [search, setSearch] = useState("");
  const [wanted, setWanted] = useState(1);
  const found = searchRows(groups, search, ({ label, dataType, jobId, features }) => [
    label,
    dataType,
    jobId,
    ...features.map((feature) => feature.label),
  ]);
  const { rows, page, total } = pageOf(found, wanted);
  return (
    <Stack gap="sm">
      <SearchField
        label="Filter by group, feature, type or job"
        value={search}
        onChange={setSearch}
      />
      <DataTable
        caption="Feature groups"
        columns={columns}
        rows={rows}
        rowKey={({ label }) => label}
        minWidth={720}
      />
      {total === 0 ? <EmptyState title="Nothing matches the filter" /> : null}
      <Pager page={page} total={total} onChange={setWanted} />
    </Stack>
  );
}
