import { Alert, SimpleGrid, Text } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { RunDetail } from "../../api/populator.ts";
import { Figure } from "../../components/fleet/figure.tsx";
import { Known } from "../../components/fleet/known.tsx";
import { IconAlertTriangle } from "../../components/icons.tsx";
import { TextLink } from "../../components/links.tsx";
import { Page } from "../../components/page.tsx";
import { RunProgress } from "../../components/populator/run-progress.tsx";
import { RunStateBadge } from "../../components/populator/run-state-badge.tsx";
import { type Fact, Facts, Section } from "../../components/section.tsx";
import { When } from "../../components/when.tsx";
import { formatRate } from "../../model/fleet.ts";
import { formatBytes, formatCount, formatNumber } from "../../model/format.ts";
import {
  paceOf,
  remainingText,
  sightingKey,
  targetText,
  versionsText,
} from "../../model/populator-runs.ts";
import { ForApprovers } from "../../session/for-approvers.tsx";
import { usePopulatorRun, useSightings } from "../../session/populator-queries.ts";
import { FilesSection } from "./files-section.tsx";
import { PopulatorView } from "./populator-view.tsx";
import { RejectsSection } from "./rejects-section.tsx";
import { RunActions } from "./run-actions.tsx";

/** `/populator/runs/$run`. */
export function PopulatorRunPage(): ReactNode {
  const { run: name } = useParams({ from: "/shell/populator/runs/$run" });
  const run = usePopulatorRun(name);
  return (
    <Page
      title={name}
      trail={[
        <TextLink key="runs" to="/populator">
          Populator
        </TextLink>,
      ]}
      actions={
        run.data === undefined ? undefined : (
          <ForApprovers>
            <RunActions run={run.data} />
          </ForApprovers>
        )
      }
    >
      <PopulatorView query={run} what="the run" missing={`There is no run of table ${name}`}>
        {(loaded) => (
          <>
            <Overview run={loaded} updatedAtMs={run.dataUpdatedAt} />
            <RejectsSection run={loaded} />
            <FilesSection run={loaded} />
          </>
        )}
      </PopulatorView>
    </Page>
  );
}

interface OverviewProps {
  readonly run: RunDetail;
  readonly updatedAtMs: number;
}

function Overview({ run, updatedAtMs }: OverviewProps): ReactNode {
  return (
    <>
      {run.error === "" ? null : (
        <Alert
          color={run.state === "FAILED" ? "red" : "yellow"}
          icon={<IconAlertTriangle />}
          title={run.state === "FAILED" ? "The run has failed" : "What went wrong last"}
          role="alert"
        >
          <Text size="sm" className="long">
            {run.error}
          </Text>
        </Alert>
      )}
      <Section title="Progress">
        <Figures run={run} updatedAtMs={updatedAtMs} />
        <RunProgress run={run} />
      </Section>
      <Section title="What is read, and where it goes">
        <Facts facts={factsOf(run)} />
      </Section>
    </>
  );
}

function Figures({ run, updatedAtMs }: OverviewProps): ReactNode {
  const sightings = useSightings([run], updatedAtMs);
  const pace = paceOf(run, sightings.get(sightingKey(run)));
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
      <Figure name="State" value={<RunStateBadge state={run.state} />} />
      <Figure
        name="Sent"
        value={formatNumber(run.sentCount)}
        note={
          run.deletedCount === 0
            ? `rows, ${formatBytes(run.sentBytes)}`
            : `rows, and ${formatCount(run.deletedCount, "delete")}`
        }
      />
      <Figure name="Refused" value={formatNumber(run.rejectedCount)} note="rows" />
      <Figure name="Filtered" value={formatNumber(run.skippedCount)} note="rows" />
      <Figure
        name="Rate"
        value={<Known value={pace?.rowsPerSecond}>{formatRate}</Known>}
        note="rows, over the last minute"
      />
      <Figure
        name="Remaining"
        value={<Known value={pace?.remainingSeconds}>{remainingText}</Known>}
        note="about"
      />
    </SimpleGrid>
  );
}

function factsOf(run: RunDetail): Fact[] {
  const { spec } = run;
  const columns = Object.entries(spec.columns ?? {});
  return [
    [
      "Path",
      <span key="path" className="mono">
        {run.path}
      </span>,
    ],
    ["Versions", versionsText(run)],
    ["Goes on", followText(spec.follow)],
    ["Target", `${targetText(run)} (${run.dialect} dialect)`],
    [
      "Topic",
      <span key="topic" className="mono">
        {spec.topicName}
      </span>,
    ],
    ["Tenant", spec.tenantName],
    ["Run", spec.runId],
    [
      "Columns",
      columns.length === 0
        ? "by their names"
        : columns.map(([column, target]) => `${column} → ${target}`).join(", "),
    ],
    [
      "Filter",
      spec.filter
        .map(({ column, operator, value }) => [column, operator, value ?? ""].join(" ").trim())
        .join(", ") || "none",
    ],
    ["Deletes", deletesText(run)],
    ["Refused rows that are borne", formatNumber(spec.maxRejects)],
    ["Begun", <When key="begun" atMs={run.createdAt} />],
    ["Changed", <When key="changed" atMs={run.updatedAt} />],
  ];
}

function followText({ kind, expression }: RunDetail["spec"]["follow"]): string {
  if (kind === "watch") return "with new versions as they come";
  return kind === "cron" ? `looks for new versions at ${expression} (UTC)` : "no";
}

function deletesText({ spec, ignoredDeleteFileCount: count }: RunDetail): string {
  if (spec.deletes === "tombstone") return "are sent";
  return count === 0
    ? "are not sent"
    : `are not sent; ${formatCount(count, "file")} had rows deleted`;
}
