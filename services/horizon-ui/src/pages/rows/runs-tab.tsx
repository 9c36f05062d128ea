import { Badge, Code, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Run } from "../../api/rows.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { RunChart } from "../../components/rows/run-chart.tsx";
import { Section } from "../../components/section.tsx";
import { formatInstant, formatNumber } from "../../model/format.ts";
import type { RowGroup } from "../../model/rows.ts";
import { useApi } from "../../session/api-context.ts";
import { rowsKey } from "../../session/row-queries.ts";

const INTERVAL_MS = 15_000;
/** Of a sample, as JSON. */
const SAMPLE_LENGTH_MAX = 4_000;

const COLUMNS: readonly Column<Run>[] = [
  { header: "Run", render: ({ runId }) => <span className="mono long">{runId}</span> },
  { header: "At", render: ({ atMs }) => formatInstant(atMs) },
  {
    header: "Outcome",
    render: ({ status }) => (
      <Badge
        color={status === "SUCCESS" ? "green" : "red"}
        variant="dot"
        tt="none"
        fw={500}
        miw="max-content"
      >
        {status === "SUCCESS" ? "Succeeded" : "Failed"}
      </Badge>
    ),
  },
  { header: "Rows", align: "right", render: ({ count }) => formatNumber(count) },
  { header: "Time taken", align: "right", render: ({ duration }) => formatNumber(duration) },
  {
    header: "Message",
    render: ({ errorMessage }) => <span className="long">{errorMessage || "–"}</span>,
  },
];

/** What jobs have told of their runs over this version. */
export function RunsTab({ group }: { readonly group: RowGroup }): ReactNode {
  const { rows } = useApi();
  const runs = useQuery({
    queryKey: rowsKey("runs", group.name, group.version),
    queryFn: ({ signal }) => rows.runs(group.name, group.version, signal),
    refetchInterval: INTERVAL_MS,
  });
  return (
    <Section
      title="Runs"
      description="The newest five that jobs have told of, newest first. Time taken is in the job's own unit."
    >
      <QueryView
        query={runs}
        what="runs"
        isEmpty={(all) => all.length === 0}
        empty={
          <EmptyState title={`No runs of ${group.version} yet`}>
            The Spark client tells of each run by itself.
          </EmptyState>
        }
      >
        {(all) => <RunHistory runs={all} />}
      </QueryView>
    </Section>
  );
}

function RunHistory({ runs }: { readonly runs: readonly Run[] }): ReactNode {
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <div>
          <Text size="sm" fw={600} mb={4}>
            Rows by run
          </Text>
          <RunChart runs={runs} />
        </div>
        <Sample run={runs[0]} />
      </SimpleGrid>
      <DataTable
        caption="Runs"
        columns={COLUMNS}
        rows={runs}
        rowKey={({ runId }) => runId}
        minWidth={760}
      />
    </Stack>
  );
}

function Sample({ run }: { readonly run: Run | undefined }): ReactNode {
  if (run === undefined) return null;
  const text = JSON.stringify(run.sampleData, null, 2) ?? "[]";
  const isLong = text.length > SAMPLE_LENGTH_MAX;
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        Sample of the newest run
      </Text>
      {text === "[]" ? (
        <Text size="sm" c="dimmed">
          It told none.
        </Text>
      ) : (
        <Code block mah={180} style={{ overflow: "auto" }} tabIndex={0} aria-label="Sample rows">
          {isLong ? `${text.slice(0, SAMPLE_LENGTH_MAX)}…` : text}
        </Code>
      )}
    </div>
  );
}
