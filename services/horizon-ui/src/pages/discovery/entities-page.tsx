import { Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { IconPlus } from "../../components/icons.tsx";
import { ButtonLink, TextLink } from "../../components/links.tsx";
import { Pager, SearchField } from "../../components/list-tools.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { Section } from "../../components/section.tsx";
import { formatTtl } from "../../model/format.ts";
import { pageOf, searchRows } from "../../model/paging.ts";
import type { CacheFacts, EntityFacts } from "../../model/registry.ts";
import { ForAuthors } from "../../session/for-authors.tsx";
import { useEntities } from "../../session/queries.ts";

const COLUMNS: readonly Column<EntityFacts>[] = [
  {
    header: "Entity",
    render: ({ label }) => (
      <TextLink to="/discovery/$entity" params={{ entity: label }}>
        {label}
      </TextLink>
    ),
  },
  { header: "Keys", render: ({ keys }) => keys.map(({ label }) => label).join(", ") },
  { header: "In-process cache", render: ({ inMemoryCache }) => cacheText(inMemoryCache) },
  { header: "Distributed cache", render: ({ distributedCache }) => cacheText(distributedCache) },
];

/** @returns one line about a cache */
export function cacheText(cache: CacheFacts): string {
  return cache.isEnabled ? `on, ${formatTtl(cache.ttlSeconds)} ±${cache.jitterPercent} %` : "off";
}

/** `/discovery`. */
export function EntitiesPage(): ReactNode {
  const entities = useEntities();
  return (
    <Page
      title="Discovery"
      description="Entities, their feature groups and features, as the registry has them now."
      actions={
        <ForAuthors>
          <ButtonLink
            to="/requests/new/$kind"
            params={{ kind: "entity" }}
            variant="default"
            leftSection={<IconPlus size={16} />}
          >
            New entity
          </ButtonLink>
        </ForAuthors>
      }
    >
      <Section>
        <QueryView
          query={entities}
          what="entities"
          isEmpty={(all) => all.length === 0}
          empty={
            <EmptyState title="No entities yet">
              An entity is what features are about. Register a store and a job first, then ask for
              an entity.
            </EmptyState>
          }
        >
          {(all) => <EntityList entities={all} />}
        </QueryView>
      </Section>
    </Page>
  );
}

function EntityList({ entities }: { readonly entities: readonly EntityFacts[] }): ReactNode {
  const [search, setSearch] = useState("");
  const [wanted, setWanted] = useState(1);
  const found = searchRows(entities, search, ({ label, keys }) => [
    label,
    ...keys.map((key) => key.label),
  ]);
  const { rows, page, total } = pageOf(found, wanted);
  return (
    <Stack gap="sm">
      <SearchField label="Filter by label or key" value={search} onChange={setSearch} />
      <DataTable caption="Entities" columns={COLUMNS} rows={rows} rowKey={({ label }) => label} />
      {total === 0 ? <EmptyState title="Nothing matches the filter" /> : null}
      <Pager page={page} total={total} onChange={setWanted} />
    </Stack>
  );
}
