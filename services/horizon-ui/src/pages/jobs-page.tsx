import { Badge, Button, Group, Stack, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Job } from "../api/catalog.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { IconPlus } from "../components/icons.tsx";
import { ButtonLink, TextLink } from "../components/links.tsx";
import { Pager, SearchField } from "../components/list-tools.tsx";
import { Page } from "../components/page.tsx";
import { EmptyState, QueryView } from "../components/query-view.tsx";
import { Section } from "../components/section.tsx";
import { formatInstant } from "../model/format.ts";
import { pageOf, searchRows } from "../model/paging.ts";
import { useApi } from "../session/api-context.ts";
import { ForAuthors } from "../session/for-authors.tsx";
import { KEYS } from "../session/queries.ts";
import { usePermissions } from "../session/use-session.ts";
import { RevokeDialog } from "./revoke-dialog.tsx";

const GROUPS_SHOWN = 8;

type JobType = Job["type"];

const TEXTS: Readonly<Record<JobType, { readonly tab: string; readonly add: string }>> = {
  writer: { tab: "Writer jobs", add: "New writer job" },
  reader: { tab: "Clients", add: "New client" },
};

/** `/jobs`. */
export function JobsPage(): ReactNode {
  const [type, setType] = useState<JobType>("writer");
  return (
    <Page
      title="Jobs and tokens"
      description="Jobs push features, clients call the feature store. A token is shown once, when it is asked for."
      actions={
        <ForAuthors>
          <ButtonLink
            to="/requests/new/$kind"
            params={{ kind: "job" }}
            search={{ type }}
            variant="default"
            leftSection={<IconPlus size={16} />}
          >
            {TEXTS[type].add}
          </ButtonLink>
        </ForAuthors>
      }
    >
      <Tabs
        value={type}
        onChange={(next) => setType(next === "reader" ? "reader" : "writer")}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="writer">{TEXTS.writer.tab}</Tabs.Tab>
          <Tabs.Tab value="reader">{TEXTS.reader.tab}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={type} pt="md">
          <JobsOf key={type} type={type} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function JobsOf({ type }: { readonly type: JobType }): ReactNode {
  const { catalog } = useApi();
  const jobs = useQuery({
    queryKey: [KEYS.registry, "jobs", type],
    queryFn: ({ signal }) => catalog.jobs(type, signal),
  });
  return (
    <Section>
      <QueryView
        query={jobs}
        what={TEXTS[type].tab.toLowerCase()}
        isEmpty={(all) => all.length === 0}
        empty={<EmptyState title={`No ${TEXTS[type].tab.toLowerCase()} yet`} />}
      >
        {(all) => <JobList jobs={all} type={type} />}
      </QueryView>
    </Section>
  );
}

interface JobListProps {
  readonly jobs: readonly Job[];
  readonly type: JobType;
}

function JobList({ jobs, type }: JobListProps): ReactNode {
  const [search, setSearch] = useState("");
  const [wanted, setWanted] = useState(1);
  const [revoked, setRevoked] = useState<Job>();
  const columns = [...(type === "writer" ? WRITERS : READERS), actionsColumn(setRevoked)];
  const found = searchRows(jobs, search, ({ id, entities }) => [id, ...(entities ?? [])]);
  const { rows, page, total } = pageOf(found, wanted);
  return (
    <Stack gap="sm">
      <SearchField label="Filter by id or entity" value={search} onChange={setSearch} />
      <DataTable
        caption="Jobs"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        minWidth={760}
      />
      {total === 0 ? <EmptyState title="Nothing matches the filter" /> : null}
      <Pager page={page} total={total} onChange={setWanted} />
      {revoked === undefined ? null : (
        <RevokeDialog job={revoked} onClose={() => setRevoked(undefined)} />
      )}
    </Stack>
  );
}

function actionsColumn(onRevoke: (job: Job) => void): Column<Job> {
  return {
    header: "Token",
    align: "right",
    render: (job) => <TokenActions job={job} onRevoke={() => onRevoke(job)} />,
  };
}

interface TokenActionsProps {
  readonly job: Job;
  readonly onRevoke: () => void;
}

function TokenActions({ job: { id, isRevoked, type }, onRevoke }: TokenActionsProps): ReactNode {
  const { mayDecide, maySubmit } = usePermissions();
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {maySubmit ? (
        <ButtonLink
          to="/requests/new/$kind"
          params={{ kind: "job-rotate" }}
          search={{ type, job: id }}
          variant="default"
          size="compact-sm"
          aria-label={`Rotate the token of ${id}`}
        >
          Rotate
        </ButtonLink>
      ) : null}
      {mayDecide && !isRevoked ? (
        <Button
          variant="light"
          color="red"
          size="compact-sm"
          aria-label={`Revoke the tokens of ${id}`}
          onClick={onRevoke}
        >
          Revoke…
        </Button>
      ) : null}
    </Group>
  );
}

const ID: Column<Job> = { header: "Id", render: ({ id }) => <span className="mono">{id}</span> };

const STATE: Column<Job> = {
  header: "State",
  render: ({ faults, isRevoked, previousTokenUntilSeconds: until }) =>
    faults.length === 0 ? (
      <TokenState isRevoked={isRevoked} untilSeconds={until} />
    ) : (
      <Text size="sm" c="red">
        {faults.map(({ path, reason }) => `${path}: ${reason}`).join("; ")}
      </Text>
    ),
};

interface TokenStateProps {
  readonly isRevoked: boolean;
  /** When the token before the last rotation ends; null without one. */
  readonly untilSeconds: number | null;
}

function TokenState({ isRevoked, untilSeconds }: TokenStateProps): ReactNode {
  if (isRevoked) {
    return (
      <Badge color="red" variant="dot" tt="none" fw={500} miw="max-content">
        Revoked
      </Badge>
    );
  }
  return (
    <Stack gap={2}>
      <Badge color="green" variant="dot" tt="none" fw={500} miw="max-content">
        Active
      </Badge>
      {untilSeconds === null ? null : (
        <Text size="xs">Old token works until {formatInstant(untilSeconds * 1000)}</Text>
      )}
    </Stack>
  );
}

const WRITERS: readonly Column<Job>[] = [
  ID,
  {
    header: "Feeds",
    render: ({ writes }) =>
      writes.length === 0 ? (
        "–"
      ) : (
        <Stack gap={2}>
          {writes.slice(0, GROUPS_SHOWN).map(({ entity, group }) => (
            <TextLink
              key={`${entity}/${group}`}
              to="/discovery/$entity/$group"
              params={{ entity, group }}
              fz="sm"
            >
              {entity}/{group}
            </TextLink>
          ))}
          {writes.length > GROUPS_SHOWN ? (
            <Text size="xs">and {writes.length - GROUPS_SHOWN} more</Text>
          ) : null}
        </Stack>
      ),
  },
  STATE,
];

const READERS: readonly Column<Job>[] = [
  ID,
  { header: "Reads", render: ({ mayRead }) => (mayRead ? "yes" : "no") },
  { header: "Writes", render: ({ mayWrite }) => (mayWrite ? "yes" : "no") },
  { header: "Entities", render: ({ entities }) => entities?.join(", ") ?? "all" },
  STATE,
];
