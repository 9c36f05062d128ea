import { Alert, List, Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { GroupVersions, Job } from "../../api/catalog.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { type Fact, Facts, Section } from "../../components/section.tsx";
import { formatBytes } from "../../model/format.ts";
import type { GroupFacts } from "../../model/registry.ts";
import { useApi } from "../../session/api-context.ts";
import { KEYS, useStores } from "../../session/queries.ts";

type StoreColumn = GroupVersions["columns"][number];

const COLUMNS: readonly Column<StoreColumn>[] = [
  { header: "Column", render: ({ label }) => <span className="mono">{label}</span> },
  {
    header: "Accounted",
    align: "right",
    render: ({ currentSizeBytes }) => formatBytes(currentSizeBytes),
  },
  { header: "Limit", align: "right", render: ({ maxSizeBytes }) => formatBytes(maxSizeBytes) },
  {
    header: "Filled",
    width: "30%",
    render: ({ label, currentSizeBytes, maxSizeBytes }) => (
      <Progress
        value={maxSizeBytes === 0 ? 0 : (100 * currentSizeBytes) / maxSizeBytes}
        aria-label={`Filled part of ${label}`}
      />
    ),
  },
];

/** Where a group lies, how much it takes up, and who may use it. */
export function StorageTab({ group }: { readonly group: GroupFacts }): ReactNode {
  const { catalog } = useApi();
  const address = { entity: group.entityLabel, group: group.label };
  const versions = useQuery({
    queryKey: [KEYS.registry, "sizes", group.entityLabel, group.label],
    queryFn: ({ signal }) => catalog.versions(address, { offset: 0, limit: 1 }, signal),
  });
  return (
    <Stack>
      <Section title="Storage">
        <QueryView query={versions} what="sizes">
          {(loaded) => <Sizes sizes={loaded} group={group} />}
        </QueryView>
      </Section>
      <Access group={group} />
    </Stack>
  );
}

interface SizesProps {
  readonly sizes: GroupVersions;
  readonly group: GroupFacts;
}

function Sizes({ sizes, group }: SizesProps): ReactNode {
  const stores = useStores();
  const store = stores.data?.find(({ id }) => id === group.storeId);
  const block = sizes.blockSizeBytes;
  const facts: Fact[] = [
    ["Store", store === undefined ? group.storeId : `${store.id} (${store.dbType})`],
    ["Table", store?.table ?? "–"],
    ["Key columns", store?.primaryKeys.join(", ") || "–"],
    ["Largest block", block === null ? "–" : formatBytes(block)],
    ["Accounted for this group", formatBytes(sizes.accountedSizeBytes)],
    [
      "Row, all groups",
      `${formatBytes(sizes.rowSizeBytes)} of ${formatBytes(sizes.maxRowSizeBytes)}`,
    ],
  ];
  return (
    <Stack>
      {sizes.faults.length === 0 ? null : (
        <Alert color="red" title="The registry has faults here">
          <List size="sm">
            {sizes.faults.map(({ path, reason }) => (
              <List.Item key={path}>
                {path}: {reason}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Facts facts={facts} />
      <DataTable
        caption="Columns"
        columns={COLUMNS}
        rows={sizes.columns}
        rowKey={({ label }) => label}
      />
    </Stack>
  );
}

function Access({ group }: { readonly group: GroupFacts }): ReactNode {
  const { catalog } = useApi();
  const clients = useQuery({
    queryKey: [KEYS.registry, "jobs", "reader"],
    queryFn: ({ signal }) => catalog.jobs("reader", signal),
  });
  return (
    <Section title="Access">
      <QueryView query={clients} what="clients">
        {(loaded) => {
          const own = loaded.filter(
            ({ entities }) => entities === null || entities.includes(group.entityLabel),
          );
          return (
            <Facts
              facts={[
                ["Writer job that feeds it", group.jobId],
                ["Clients that may read", names(own, ({ mayRead }) => mayRead)],
                ["Clients that may write", names(own, ({ mayWrite }) => mayWrite)],
              ]}
            />
          );
        }}
      </QueryView>
      <Text size="xs" c="dimmed">
        Clients call the feature store with their own id and token.
      </Text>
    </Section>
  );
}

function names(clients: readonly Job[], may: (client: Job) => boolean): string {
  return (
    clients
      .filter(may)
      .map(({ id }) => id)
      .join(", ") || "none"
  );
}
