import { Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { type Column, DataTable } from "../components/data-table.tsx";
import { IconPlus } from "../components/icons.tsx";
import { ButtonLink } from "../components/links.tsx";
import { Pager, SearchField } from "../components/list-tools.tsx";
import { Page } from "../components/page.tsx";
import { EmptyState, QueryView } from "../components/query-view.tsx";
import { Section } from "../components/section.tsx";
import { formatBytes, formatDuration } from "../model/format.ts";
import { pageOf, searchRows } from "../model/paging.ts";
import type { StoreFacts } from "../model/registry.ts";
import { ForAuthors } from "../session/for-authors.tsx";
import { useStores } from "../session/queries.ts";

const COLUMNS: readonly Column<StoreFacts>[] = [
  { header: "Id", render: ({ id }) => id },
  { header: "Table", render: ({ table }) => <span className="mono">{table}</span> },
  { header: "Database", render: ({ dbType }) => dbType },
  { header: "Configuration", render: ({ confId }) => confId },
  { header: "Primary keys", render: ({ primaryKeys }) => primaryKeys.join(", ") || "–" },
  {
    header: "Table's time to live",
    render: ({ tableTtlSeconds }) =>
      tableTtlSeconds === 0 ? "none" : formatDuration(tableTtlSeconds),
  },
  {
    header: "Column limit",
    align: "right",
    render: ({ maxColumnSizeBytes }) => formatBytes(maxColumnSizeBytes),
  },
  {
    header: "Row limit",
    align: "right",
    render: ({ maxRowSizeBytes }) => formatBytes(maxRowSizeBytes),
  },
];

/** `/stores`. */
export function StoresPage(): ReactNode {
  const stores = useStores();
  return (
    <Page
      title="Stores"
      description="Tables where blocks of features are kept."
      actions={
        <ForAuthors>
          <ButtonLink
            to="/requests/new/$kind"
            params={{ kind: "store" }}
            variant="default"
            leftSection={<IconPlus size={16} />}
          >
            Register a store
          </ButtonLink>
        </ForAuthors>
      }
    >
      <Section>
        <QueryView
          query={stores}
          what="stores"
          isEmpty={(all) => all.length === 0}
          empty={<EmptyState title="No stores yet">Everything begins with one.</EmptyState>}
        >
          {(all) => <StoreList stores={all} />}
        </QueryView>
      </Section>
    </Page>
  );
}

function StoreList({ stores }: { readonly stores: readonly StoreFacts[] }): ReactNode {
  const [search, setSearch] = useState("");
  const [wanted, setWanted] = useState(1);
  const found = searchRows(stores, search, ({ id, table, dbType, primaryKeys }) => [
    id,
    table,
    dbType,
    ...primaryKeys,
  ]);
  const { rows, page, total } = pageOf(found, wanted);
  return (
    <Stack gap="sm">
      <SearchField label="Filter by table, database or key" value={search} onChange={setSearch} />
      <DataTable
        caption="Stores"
        columns={COLUMNS}
        rows={rows}
        rowKey={({ id }) => id}
        minWidth={860}
      />
      {total === 0 ? <EmptyState title="Nothing matches the filter" /> : null}
      <Pager page={page} total={total} onChange={setWanted} />
    </Stack>
  );
}
