import { Badge, Group, Select, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { RowVersion } from "../../api/rows.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Pager } from "../../components/list-tools.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { ColumnDiffView } from "../../components/rows/column-diff.tsx";
import { RowGroupLink } from "../../components/rows/row-links.tsx";
import { StateBadge } from "../../components/rows/state-badge.tsx";
import { Section } from "../../components/section.tsx";
import { When } from "../../components/when.tsx";
import { pageOf } from "../../model/paging.ts";
import { diffColumns, type RowGroup } from "../../model/rows.ts";
import { useApi } from "../../session/api-context.ts";
import { rowsKey, useRowVersions } from "../../session/row-queries.ts";

const VERSIONS_SHOWN = 20;

function columnsFor(group: string): readonly Column<RowVersion>[] {
  return [
    {
      header: "Version",
      render: ({ version, isLatest }) => (
        <Group gap="xs">
          <RowGroupLink name={group} version={version}>
            {version}
          </RowGroupLink>
          {isLatest ? (
            <Badge variant="light" tt="none">
              latest
            </Badge>
          ) : null}
        </Group>
      ),
    },
    { header: "State", render: ({ state }) => <StateBadge state={state} /> },
    { header: "Columns", align: "right", render: ({ columnCount }) => columnCount },
    { header: "Owner", render: ({ owner }) => owner },
    { header: "Created", render: ({ createdAtMs }) => <When atMs={createdAtMs} /> },
  ];
}

/** All versions of a feature group, and what became different between two. */
export function RowVersionsTab({ group }: { readonly group: RowGroup }): ReactNode {
  const versions = useRowVersions(group.name);
  return (
    <Stack>
      <Section
        title="Versions"
        description="Each has columns of its own: rows of older versions stay readable and writable."
      >
        <QueryView query={versions} what="versions">
          {(all) => <VersionList group={group.name} versions={all} />}
        </QueryView>
      </Section>
      {(versions.data?.length ?? 0) < 2 ? null : (
        <Comparison
          name={group.name}
          names={(versions.data ?? []).map(({ version }) => version)}
          shown={group.version}
        />
      )}
    </Stack>
  );
}

interface VersionListProps {
  readonly group: string;
  readonly versions: readonly RowVersion[];
}

function VersionList({ group, versions }: VersionListProps): ReactNode {
  const [wanted, setWanted] = useState(1);
  const { rows, page, total } = pageOf(versions, wanted, VERSIONS_SHOWN);
  return (
    <Stack gap="sm">
      <DataTable
        caption="Versions"
        columns={columnsFor(group)}
        rows={rows}
        rowKey={({ version }) => version}
      />
      <Pager page={page} total={total} pageSize={VERSIONS_SHOWN} onChange={setWanted} />
    </Stack>
  );
}

interface ComparisonProps {
  readonly name: string;
  /** Newest first, two at least. */
  readonly names: readonly string[];
  readonly shown: string;
}

function Comparison({ name, names, shown }: ComparisonProps): ReactNode {
  const { rows } = useApi();
  const place = Math.min(names.indexOf(shown), names.length - 2);
  const [from, setFrom] = useState(names[place + 1] ?? "");
  const [to, setTo] = useState(names[place] ?? "");
  const both = useQuery({
    queryKey: rowsKey("comparison", name, from, to),
    queryFn: async ({ signal }) => {
      const [before, after] = await Promise.all([
        rows.group(name, from, signal),
        rows.group(name, to, signal),
      ]);
      return { before, after };
    },
  });
  const select = { data: [...names], allowDeselect: false, searchable: true, w: 140 } as const;
  return (
    <Section title="Compare">
      <Group>
        <Select
          label="From version"
          value={from}
          onChange={(next) => setFrom(next ?? from)}
          {...select}
        />
        <Select label="To version" value={to} onChange={(next) => setTo(next ?? to)} {...select} />
      </Group>
      <QueryView query={both} what="the comparison">
        {({ before, after }) => (
          <ColumnDiffView diff={diffColumns(before.columns, after.columns)} />
        )}
      </QueryView>
    </Section>
  );
}
