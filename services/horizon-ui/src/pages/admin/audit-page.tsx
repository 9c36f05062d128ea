import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { messageOf } from "../../api/api-error.ts";
import type { AuditEntry } from "../../api/audit.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState } from "../../components/query-view.tsx";
import { Section } from "../../components/section.tsx";
import { When } from "../../components/when.tsx";
import { useApi } from "../../session/api-context.ts";
import { KEYS } from "../../session/queries.ts";
import { usePermissions } from "../../session/use-session.ts";
import { AdministratorsOnly } from "./users-page.tsx";

const ENTRIES_SHOWN = 50;
const SETTLE_MS = 300;
const NO_FILTER = { actor: "", action: "", subject: "" };
const FIELDS = [
  ["actor", "Who (exactly)"],
  ["action", "Action, such as request.approved"],
  ["subject", "Subject, such as user a@x.io"],
] as const;

const COLUMNS: readonly Column<AuditEntry>[] = [
  { header: "When", render: ({ atMs }) => <When atMs={atMs} /> },
  { header: "Who", render: ({ actor }) => actor },
  { header: "Action", render: ({ action }) => <span className="mono">{action}</span> },
  { header: "Subject", render: ({ subject }) => subject },
  {
    header: "Details",
    render: ({ details }) =>
      Object.keys(details).length === 0 ? (
        "–"
      ) : (
        <Text size="xs" className="mono long">
          {JSON.stringify(details)}
        </Text>
      ),
  },
];

/** `/audit`. */
export function AuditPage(): ReactNode {
  const { mayAdminister } = usePermissions();
  if (!mayAdminister) return <AdministratorsOnly title="Audit log" />;
  return (
    <Page title="Audit log" description="What was done, by whom and when; newest first.">
      <AuditList />
    </Page>
  );
}

function AuditList(): ReactNode {
  const [typed, setTyped] = useState(NO_FILTER);
  const [filter] = useDebouncedValue(typed, SETTLE_MS);
  const { audit } = useApi();
  const entries = useInfiniteQuery({
    queryKey: [KEYS.audit, filter],
    queryFn: ({ pageParam, signal }) =>
      audit.list({ ...filter, beforeId: pageParam, limit: ENTRIES_SHOWN }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.length < ENTRIES_SHOWN ? undefined : page.at(-1)?.id),
  });
  const rows = entries.data?.pages.flat() ?? [];
  return (
    <Section>
      <Group gap="sm">
        {FIELDS.map(([field, label]) => (
          <TextInput
            key={field}
            aria-label={label}
            placeholder={label}
            value={typed[field]}
            onChange={({ currentTarget }) =>
              setTyped({ ...typed, [field]: currentTarget.value.trim() })
            }
            w={{ base: "100%", sm: 290 }}
          />
        ))}
      </Group>
      <Stack gap="sm">
        {rows.length > 0 ? (
          <DataTable
            caption="Audit log"
            columns={COLUMNS}
            rows={rows}
            rowKey={({ id }) => String(id)}
            minWidth={860}
          />
        ) : null}
        {entries.isSuccess && rows.length === 0 ? <EmptyState title="No entries match" /> : null}
        {entries.isError ? (
          <Text c="red" role="alert">
            Could not load entries: {messageOf(entries.error)}
          </Text>
        ) : null}
        <Group>
          {entries.isError ? (
            <Button variant="default" onClick={() => void entries.refetch()}>
              Try again
            </Button>
          ) : null}
          {entries.hasNextPage || entries.isPending ? (
            <Button
              variant="default"
              loading={entries.isFetching}
              onClick={() => void entries.fetchNextPage()}
            >
              Older entries
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Section>
  );
}
