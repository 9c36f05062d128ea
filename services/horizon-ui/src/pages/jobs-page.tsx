import { Stack, Tabs, Text } from "@mantine/core";
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
      description="Jobs push features, clients call the feature store. A token is shown once, when its request is made."
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
        {(all) => <JobList jobs={all} columns={type === "writer" ? WRITERS : READERS} />}
      </QueryView>
    </Section>
  );
}

interface JobListProps {
  readonly jobs: readonly Job[];
  readonly columns: readonly Column<Job>[];
}

function JobList({ jobs, columns }: JobListProps): ReactNode {
  const [search, setSearch] = useState("");
  const [wanted, setWanted] = useState(1);
  const found = searchRows(jobs, search, ({ id, entities }) => [id, ...(entities ?? [])]);
  const { rows, page, total } = pageOf(found, wanted);
  return (
    <Stack gap="sm">
      <SearchField label="Filter by id or entity" value={search} onChange={setSearch} />
      <DataTable caption="Jobs" columns={columns} rows={rows} rowKey={({ id }) => id} />
      {total === 0 ? <EmptyState title="Nothing matches the filter" /> : null}
      <Pager page={page} total={total} onChange={setWanted} />
    </Stack>
  );
}

const ID: Column<Job> = { header: "Id", render: ({ id }) => <span className="mono">{id}</span> };

const FAULTS: Column<Job> = {
  header: "State",
  render: ({ faults }) =>
    faults.length === 0 ? (
      "fine"
    ) : (
      <Text size="sm" c="red">
        {faults.map(({ path, reason }) => `${path}: ${reason}`).join("; ")}
      </Text>
    ),
};

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
  FAULTS,
];

const READERS: readonly Column<Job>[] = [
  ID,
  { header: "Reads", render: ({ mayRead }) => (mayRead ? "yes" : "no") },
  { header: "Writes", render: ({ mayWrite }) => (mayWrite ? "yes" : "no") },
  { header: "Entities", render: ({ entities }) => entities?.join(", ") ?? "all" },
  {
    header: "Previous token works until",
    render: ({ previousTokenUntilSeconds: until }) =>
      until === null ? "–" : formatInstant(until * 1000),
  },
  FAULTS,
];
