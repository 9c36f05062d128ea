import { Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { TextLink } from "../../components/links.tsx";
import { Pager, SearchField } from "../../components/list-tools.tsx";
import { EmptyState } from "../../components/query-view.tsx";
import { type Dialect, DialectBadge } from "../../components/rows/dialect-badge.tsx";
import { RowEntityLink } from "../../components/rows/row-links.tsx";
import { cacheText } from "../../model/caches.ts";
import { formatCount, formatTtl } from "../../model/format.ts";
import { pageOf, searchRows } from "../../model/paging.ts";
import type { EntityFacts } from "../../model/registry.ts";
import { latestVersions, type RowEntity, type RowGroup } from "../../model/rows.ts";

/** An entity of either dialect, as the list shows it. */
interface Listed {
  readonly dialect: Dialect;
  readonly name: string;
  readonly keys: string;
  readonly details: ReactNode;
  /** What the filter looks at. */
  readonly words: readonly string[];
}

const BLOCK_COLUMNS: readonly Column<EntityFacts>[] = [
  { header: "Entity", render: ({ label }) => <BlockEntityLink label={label} /> },
  { header: "Keys", render: ({ keys }) => keys.map(({ label }) => label).join(", ") },
  { header: "In-process cache", render: ({ inMemoryCache }) => cacheText(inMemoryCache) },
  { header: "Distributed cache", render: ({ distributedCache }) => cacheText(distributedCache) },
];

const COLUMNS: readonly Column<Listed>[] = [
  {
    header: "Entity",
    render: ({ dialect, name }) =>
      dialect === "row" ? <RowEntityLink name={name} /> : <BlockEntityLink label={name} />,
  },
  { header: "Dialect", width: 90, render: ({ dialect }) => <DialectBadge dialect={dialect} /> },
  { header: "Keys", render: ({ keys }) => keys },
  { header: "Details", render: ({ details }) => details },
];

function BlockEntityLink({ label }: { readonly label: string }): ReactNode {
  return (
    <TextLink to="/discovery/$entity" params={{ entity: label }}>
      {label}
    </TextLink>
  );
}

interface EntityListProps {
  readonly block: readonly EntityFacts[];
  /** undefined: that dialect is not served here. */
  readonly row: readonly RowEntity[] | undefined;
  /** All versions of the row dialect's feature groups. */
  readonly groups: readonly RowGroup[];
}

/** Entities of one dialect, or of both in one list. */
export function EntityList({ block, row, groups }: EntityListProps): ReactNode {
  return row === undefined ? (
    <BlockList entities={block} />
  ) : (
    <MixedList entities={[...block.map(ofBlock), ...listRows(row, groups)]} />
  );
}

function BlockList({ entities }: { readonly entities: readonly EntityFacts[] }): ReactNode {
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
      <DataTable
        caption="Entities"
        columns={BLOCK_COLUMNS}
        rows={rows}
        rowKey={({ label }) => label}
      />
      {total === 0 ? <EmptyState title="Nothing matches the filter" /> : null}
      <Pager page={page} total={total} onChange={setWanted} />
    </Stack>
  );
}

const DIALECTS = [
  { value: "both", label: "Both" },
  { value: "block", label: "Block" },
  { value: "row", label: "Row" },
];

function MixedList({ entities }: { readonly entities: readonly Listed[] }): ReactNode {
  const [search, setSearch] = useState("");
  const [dialect, setDialect] = useState("both");
  const [wanted, setWanted] = useState(1);
  const chosen = entities.filter((each) => dialect === "both" || each.dialect === dialect);
  const sorted = chosen.toSorted((a, b) => a.name.localeCompare(b.name));
  const { rows, page, total } = pageOf(
    searchRows(sorted, search, ({ words }) => words),
    wanted,
  );
  if (entities.length === 0) {
    return (
      <EmptyState title="No entities yet">
        An entity is what features are about. In the block dialect it is asked for, once there are a
        store and a job; in the row dialect it is a table that is made at once.
      </EmptyState>
    );
  }
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <SearchField
          label="Filter by name, key, column, owner or tag"
          value={search}
          onChange={setSearch}
        />
        <SegmentedControl
          aria-label="Dialect"
          data={DIALECTS}
          value={dialect}
          onChange={setDialect}
        />
      </Group>
      <DataTable
        caption="Entities"
        columns={COLUMNS}
        rows={rows}
        rowKey={(each) => `${each.dialect} ${each.name}`}
        minWidth={640}
      />
      {total === 0 ? <EmptyState title="Nothing matches the filter" /> : null}
      <Pager page={page} total={total} onChange={setWanted} />
    </Stack>
  );
}

function ofBlock({ label, keys, inMemoryCache, distributedCache }: EntityFacts): Listed {
  const names = keys.map((key) => key.label);
  const caches = [
    inMemoryCache.isEnabled ? `in-process cache ${cacheText(inMemoryCache)}` : "",
    distributedCache.isEnabled ? `distributed cache ${cacheText(distributedCache)}` : "",
  ].filter(Boolean);
  return {
    dialect: "block",
    name: label,
    keys: names.join(", "),
    details: caches.join("; ") || "no caches",
    words: [label, ...names, "block"],
  };
}

function listRows(entities: readonly RowEntity[], groups: readonly RowGroup[]): Listed[] {
  const latest = latestVersions(groups);
  const byEntity = new Map<string, RowGroup[]>();
  for (const group of latest) {
    const others = byEntity.get(group.entityName) ?? [];
    byEntity.set(group.entityName, [...others, group]);
  }
  return entities.map((entity) => ofRow(entity, byEntity.get(entity.name) ?? []));
}

/** @param groups the latest versions of its own */
function ofRow(entity: RowEntity, groups: readonly RowGroup[]): Listed {
  const { name, primaryKeys, ttlSeconds, owner, tags, columns, state } = entity;
  const parts = [
    ...(state === "ARCHIVED" ? ["archived"] : []),
    formatCount(groups.length, "feature group"),
    ttlSeconds === 0 ? "rows never expire" : `rows live ${formatTtl(ttlSeconds)}`,
    owner,
  ];
  return {
    dialect: "row",
    name,
    keys: primaryKeys.join(", "),
    details: (
      <Text size="sm" className="long">
        {parts.join(" · ")}
      </Text>
    ),
    words: [
      ...[name, owner, "row", ...tags, ...columns.map((column) => column.name)],
      ...groups.flatMap((group) => [
        group.name,
        group.owner,
        ...group.tags,
        ...group.columns.map((column) => column.name),
      ]),
    ],
  };
}
