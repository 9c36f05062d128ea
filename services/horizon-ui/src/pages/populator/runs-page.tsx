import { Group, Select, Text } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { type PopulatorRun, RUN_STATES } from "../../api/populator.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Known } from "../../components/fleet/known.tsx";
import { IconPlus } from "../../components/icons.tsx";
import { ButtonLink, TextLink } from "../../components/links.tsx";
import { Pager, SearchField } from "../../components/list-tools.tsx";
import { Page } from "../../components/page.tsx";
import { RunProgress } from "../../components/populator/run-progress.tsx";
import { RunStateBadge, runStateText } from "../../components/populator/run-state-badge.tsx";
import { EmptyState } from "../../components/query-view.tsx";
import { DialectBadge } from "../../components/rows/dialect-badge.tsx";
import { Section } from "../../components/section.tsx";
import { When } from "../../components/when.tsx";
import { formatRate } from "../../model/fleet.ts";
import { formatNumber } from "../../model/format.ts";
import { pageOf } from "../../model/paging.ts";
import {
  filterRuns,
  type Pace,
  paceOf,
  remainingText,
  sightingKey,
  targetText,
  versionsText,
} from "../../model/populator-runs.ts";
import { ForApprovers } from "../../session/for-approvers.tsx";
import { usePopulatorRuns, useSightings } from "../../session/populator-queries.ts";
import { PopulatorView } from "./populator-view.tsx";

interface Listed {
  readonly run: PopulatorRun;
  /** undefined: not known. */
  readonly pace: Pace | undefined;
}

const COLUMNS: readonly Column<Listed>[] = [
  {
    header: "Table",
    render: ({ run }) => (
      <>
        <TextLink to="/populator/runs/$run" params={{ run: run.name }}>
          {run.name}
        </TextLink>
        <Text size="xs" c="dimmed" className="mono long">
          {run.path}
        </Text>
      </>
    ),
  },
  {
    header: "Target",
    render: ({ run }) => (
      <>
        <DialectBadge dialect={run.dialect} />
        <Text size="sm" className="long">
          {targetText(run)}
        </Text>
      </>
    ),
  },
  {
    header: "State",
    render: ({ run }) => (
      <>
        <RunStateBadge state={run.state} />
        {run.error === "" ? null : (
          <Text size="xs" c="red" className="long" lineClamp={2}>
            {run.error}
          </Text>
        )}
      </>
    ),
  },
  { header: "Version", render: ({ run }) => versionsText(run) },
  { header: "Progress", width: 130, render: ({ run }) => <RunProgress run={run} /> },
  { header: "Sent", align: "right", render: ({ run }) => formatNumber(run.sentCount) },
  { header: "Refused", align: "right", render: ({ run }) => formatNumber(run.rejectedCount) },
  { header: "Filtered", align: "right", render: ({ run }) => formatNumber(run.skippedCount) },
  {
    header: "Rate",
    align: "right",
    render: ({ pace }) => <Known value={pace?.rowsPerSecond}>{formatRate}</Known>,
  },
  {
    header: "Remaining",
    align: "right",
    render: ({ pace }) => <Known value={pace?.remainingSeconds}>{remainingText}</Known>,
  },
  { header: "Begun", render: ({ run }) => <When atMs={run.createdAt} /> },
];

/** `/populator`. */
export function PopulatorRunsPage(): ReactNode {
  const runs = usePopulatorRuns();
  return (
    <Page
      title="Populator"
      description="Tables that are brought into the store: what is read of them, how far that is, and what was refused."
      actions={
        <ForApprovers>
          <ButtonLink to="/populator/new" leftSection={<IconPlus size={16} />}>
            New run
          </ButtonLink>
        </ForApprovers>
      }
    >
      <Section>
        <PopulatorView
          query={runs}
          what="the runs"
          isEmpty={(all) => all.length === 0}
          empty={
            <EmptyState title="No runs yet">
              A run reads a Delta table or a folder of Parquet files, and sends its rows to the log.
            </EmptyState>
          }
        >
          {(all) => <RunList runs={all} updatedAtMs={runs.dataUpdatedAt} />}
        </PopulatorView>
      </Section>
    </Page>
  );
}

interface RunListProps {
  readonly runs: readonly PopulatorRun[];
  readonly updatedAtMs: number;
}

function RunList({ runs, updatedAtMs }: RunListProps): ReactNode {
  const { state } = useSearch({ from: "/shell/populator" });
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [wanted, setWanted] = useState(1);
  const sightings = useSightings(runs, updatedAtMs);
  const { rows, page, total } = pageOf(filterRuns(runs, { text, state }), wanted);
  const listed = rows.map((run) => ({ run, pace: paceOf(run, sightings.get(sightingKey(run))) }));
  return (
    <>
      <Group gap="sm">
        <SearchField label="Table, path or target" value={text} onChange={setText} />
        <Select
          aria-label="State"
          placeholder="All states"
          clearable
          clearButtonProps={{ "aria-label": "All states" }}
          data={RUN_STATES.map((value) => ({ value, label: runStateText(value) }))}
          value={state ?? null}
          onChange={(next) => {
            const search = { state: RUN_STATES.find((each) => each === next) };
            void navigate({ to: "/populator", search, replace: true });
          }}
          w={{ base: "100%", xs: 180 }}
        />
      </Group>
      {total === 0 ? (
        <EmptyState title="No runs match" />
      ) : (
        <DataTable
          caption="Runs"
          columns={COLUMNS}
          rows={listed}
          rowKey={({ run }) => run.name}
          minWidth={1180}
        />
      )}
      <Pager page={page} total={total} onChange={setWanted} />
    </>
  );
}
