import { Badge, Group, List, Select, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { GroupVersion, VersionDiff } from "../../api/catalog.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Pager } from "../../components/list-tools.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { Section } from "../../components/section.tsx";
import { formatBytes, formatCount } from "../../model/format.ts";
import type { GroupFacts } from "../../model/registry.ts";
import { useApi } from "../../session/api-context.ts";
import { KEYS } from "../../session/queries.ts";

const VERSIONS_SHOWN = 20;
const LABELS_SHOWN = 6;

const COLUMNS: readonly Column<GroupVersion>[] = [
  {
    header: "Version",
    render: ({ version, isActive }) => (
      <Group gap="xs">
        {version}
        {isActive ? (
          <Badge variant="light" tt="none">
            active
          </Badge>
        ) : null}
      </Group>
    ),
  },
  { header: "Features", align: "right", render: ({ features }) => features.length },
  {
    header: "Largest block",
    align: "right",
    render: ({ blockSizeBytes }) => (blockSizeBytes === null ? "–" : formatBytes(blockSizeBytes)),
  },
  {
    header: "Labels",
    render: ({ features }) => {
      const more = features.length - LABELS_SHOWN;
      const shown = features.slice(0, LABELS_SHOWN).map(({ label }) => label);
      return `${shown.join(", ")}${more > 0 ? ` and ${formatCount(more, "other")}` : ""}`;
    },
  },
];

/** All versions of a group's schema, and what became different between two. */
export function VersionsTab({ group }: { readonly group: GroupFacts }): ReactNode {
  const [page, setPage] = useState(1);
  const { catalog } = useApi();
  const address = { entity: group.entityLabel, group: group.label };
  const paging = { offset: (page - 1) * VERSIONS_SHOWN, limit: VERSIONS_SHOWN };
  const versions = useQuery({
    queryKey: [KEYS.registry, "versions", group.entityLabel, group.label, paging],
    queryFn: ({ signal }) => catalog.versions(address, paging, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <Stack>
      <Section
        title="Versions"
        description="Rows that were stored with an older version stay readable."
      >
        <QueryView query={versions} what="versions">
          {(loaded) => (
            <Stack gap="sm">
              <DataTable
                caption="Versions"
                columns={COLUMNS}
                rows={loaded.versions}
                rowKey={({ version }) => version}
              />
              <Pager
                page={page}
                total={loaded.total}
                pageSize={VERSIONS_SHOWN}
                onChange={setPage}
              />
            </Stack>
          )}
        </QueryView>
      </Section>
      {(versions.data?.versions.length ?? 0) < 2 ? null : (
        <Comparison group={group} names={versions.data?.versions.map((one) => one.version) ?? []} />
      )}
    </Stack>
  );
}

interface ComparisonProps {
  readonly group: GroupFacts;
  /** Newest first. */
  readonly names: readonly string[];
}

function Comparison({ group, names }: ComparisonProps): ReactNode {
  const { catalog } = useApi();
  const [from, setFrom] = useState(names[1] ?? "");
  const [to, setTo] = useState(names[0] ?? "");
  const address = { entity: group.entityLabel, group: group.label };
  const diff = useQuery({
    queryKey: [KEYS.registry, "diff", group.entityLabel, group.label, from, to],
    queryFn: ({ signal }) => catalog.diff(address, from, to, signal),
  });
  const select = { data: [...names], allowDeselect: false, w: 140 } as const;
  return (
    <Section title="Compare">
      <Group>
        <Select
          label="From version"
          value={from}
          onChange={(next) => setFrom(next ?? "")}
          {...select}
        />
        <Select label="To version" value={to} onChange={(next) => setTo(next ?? "")} {...select} />
      </Group>
      <QueryView query={diff} what="the comparison">
        {(loaded) => <DiffView diff={loaded} />}
      </QueryView>
    </Section>
  );
}

function DiffView({ diff }: { readonly diff: VersionDiff }): ReactNode {
  const { added, removed, changed } = diff;
  if (added.length + removed.length + changed.length === 0) {
    return <Text size="sm">They are the same.</Text>;
  }
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {diff.isSameLayout
          ? "Stored blocks of both are laid out in the same way."
          : "Stored blocks of the two are laid out differently."}
      </Text>
      <Labels title="Added" color="green" labels={added} />
      <Labels title="Removed" color="red" labels={removed} />
      {changed.length === 0 ? null : (
        <List size="sm" spacing={4}>
          {changed.map(({ label, fields }) => (
            <List.Item key={label}>
              <Text span inherit fw={600}>
                {label}
              </Text>
              {": "}
              {fields.map(({ field, before, after }) => `${field} ${before} → ${after}`).join(", ")}
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}

interface LabelsProps {
  readonly title: string;
  readonly color: string;
  readonly labels: readonly string[];
}

function Labels({ title, color, labels }: LabelsProps): ReactNode {
  if (labels.length === 0) return null;
  return (
    <Group gap={6}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {labels.map((label) => (
        <Badge key={label} color={color} variant="light" tt="none">
          {label}
        </Badge>
      ))}
    </Group>
  );
}
