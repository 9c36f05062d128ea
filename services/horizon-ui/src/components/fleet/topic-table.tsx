import { Alert, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import type { IngestState, TopicState } from "../../api/fleet.ts";
import { formatRate, formatSeconds, ingestTroubles } from "../../model/fleet.ts";
import { formatNumber } from "../../model/format.ts";
import { type Column, DataTable } from "../data-table.tsx";
import { IconAlertTriangle } from "../icons.tsx";
import { Known } from "./known.tsx";

const COLUMNS: readonly Column<TopicState>[] = [
  { header: "Topic", render: ({ topic }) => <span className="mono">{topic}</span> },
  {
    header: "Lag, records",
    align: "right",
    render: ({ lagRecords }) => <Known value={lagRecords}>{formatNumber}</Known>,
  },
  {
    header: "Oldest waits",
    align: "right",
    render: ({ oldestSeconds }) => (
      <Known value={oldestSeconds}>
        {(seconds) => (seconds === 0 ? "none waits" : formatSeconds(seconds))}
      </Known>
    ),
  },
  {
    header: "Records",
    align: "right",
    render: ({ recordsPerSecond }) => <Known value={recordsPerSecond}>{formatRate}</Known>,
  },
  {
    header: "Delay, p99",
    align: "right",
    render: ({ delayP99Seconds }) => <Known value={delayP99Seconds}>{formatSeconds}</Known>,
  },
  {
    header: "Dead letters",
    align: "right",
    render: ({ deadLetterCount }) => formatNumber(deadLetterCount),
  },
];

/** What consumers have to do, by topic. Dead letters count since the consumers have started. */
export function TopicTable({ ingest }: { readonly ingest: IngestState }): ReactNode {
  const troubles = ingestTroubles(ingest);
  return (
    <Stack gap="sm">
      {troubles.length === 0 ? null : (
        <Alert color="yellow" icon={<IconAlertTriangle />} title="Ingestion is held up">
          {troubles.join("; ")}
        </Alert>
      )}
      <DataTable
        caption="Ingestion by topic"
        columns={COLUMNS}
        rows={ingest.topics}
        rowKey={({ topic }) => topic}
        minWidth={640}
      />
    </Stack>
  );
}
