import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { RunDetail, RunFile } from "../../api/populator.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Known } from "../../components/fleet/known.tsx";
import { RunStateBadge } from "../../components/populator/run-state-badge.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { Section } from "../../components/section.tsx";
import { When } from "../../components/when.tsx";
import { formatCount, formatNumber } from "../../model/format.ts";
import { FILES_SHOWN, useRunFiles } from "../../session/populator-queries.ts";

const COLUMNS: readonly Column<RunFile>[] = [
  {
    header: "File",
    render: ({ path, fromRow }) => (
      <>
        <span className="mono long">{path}</span>
        {fromRow === 0 ? null : (
          <Text size="xs" c="dimmed">
            from row {formatNumber(fromRow)}
          </Text>
        )}
      </>
    ),
  },
  {
    header: "State",
    render: ({ state, error, tryCount }) => (
      <>
        <RunStateBadge state={state} />
        {error === "" ? null : (
          <Text size="xs" c="red" className="long">
            {error}
            {tryCount > 0 ? ` (${formatCount(tryCount, "failure")} in a row)` : ""}
          </Text>
        )}
      </>
    ),
  },
  {
    header: "Worker",
    render: ({ worker }) => (
      <Known value={worker}>{(id) => <span className="mono long">{id}</span>}</Known>
    ),
  },
  {
    header: "Rows done",
    align: "right",
    render: ({ doneRowCount, rowCount }) => (
      <>
        {formatNumber(doneRowCount)} of <Known value={rowCount}>{formatNumber}</Known>
      </>
    ),
  },
  { header: "Sent", align: "right", render: ({ sentCount }) => formatNumber(sentCount) },
  { header: "Refused", align: "right", render: ({ rejectedCount }) => formatNumber(rejectedCount) },
  { header: "Changed", render: ({ updatedAt }) => <When atMs={updatedAt} /> },
];

/** Who has which file of the version that a run is at, and why files failed. */
export function FilesSection({ run }: { readonly run: RunDetail }): ReactNode {
  const files = useRunFiles(run);
  const { currentVersion: version, fileCount = 0 } = run;
  const shown = fileCount > FILES_SHOWN ? `the first ${FILES_SHOWN} of ${fileCount}: ` : "";
  return (
    <Section
      title={version === undefined ? "Files" : `Files of version ${version}`}
      description={`Large files are shared out in parts. ${shown === "" ? "" : `Here are ${shown}`}Those that failed come first, then those under way.`}
    >
      <QueryView
        query={files}
        what="the files"
        isEmpty={(all) => all.length === 0}
        empty={
          <EmptyState
            title={
              version === undefined ? "No version is begun yet" : "The version has no files to read"
            }
          />
        }
      >
        {(all) => (
          <DataTable
            caption="Files"
            columns={COLUMNS}
            rows={all}
            rowKey={({ number }) => String(number)}
            minWidth={960}
          />
        )}
      </QueryView>
    </Section>
  );
}
