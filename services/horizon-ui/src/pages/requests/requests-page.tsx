import { Group, Select, Stack, Tabs } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { ChangeRequest } from "../../api/requests.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { IconPlus } from "../../components/icons.tsx";
import { ButtonLink, TextLink } from "../../components/links.tsx";
import { Pager, SearchField } from "../../components/list-tools.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { Section } from "../../components/section.tsx";
import { StatusBadge, statusText } from "../../components/status-badge.tsx";
import { When } from "../../components/when.tsx";
import {
  FAMILIES,
  FAMILY_TITLES,
  isFamily,
  KIND_TEXTS,
  REQUEST_STATUSES,
} from "../../model/change-kinds.ts";
import { PAGE_SIZE } from "../../model/paging.ts";
import { requestSubject } from "../../model/request-subject.ts";
import { useRequests } from "../../session/queries.ts";
import { usePermissions } from "../../session/use-session.ts";

const SEARCH_SETTLE_MS = 300;

const COLUMNS: readonly Column<ChangeRequest>[] = [
  {
    header: "Request",
    render: ({ kind, id, payload }) => (
      <TextLink to="/requests/$kind/$id" params={{ kind, id: String(id) }}>
        {id} · {requestSubject(kind, payload)}
      </TextLink>
    ),
  },
  { header: "Change", render: ({ kind }) => KIND_TEXTS[kind].title },
  { header: "Status", render: ({ status }) => <StatusBadge status={status} /> },
  { header: "By", render: ({ createdBy }) => createdBy },
  { header: "Decided by", render: ({ approvedBy }) => approvedBy || "–" },
  { header: "Made", render: ({ createdAtMs }) => <When atMs={createdAtMs} /> },
  { header: "Last change", render: ({ updatedAtMs }) => <When atMs={updatedAtMs} /> },
];

/** `/requests`. Tab, filter and page are in the address. */
export function RequestsPage(): ReactNode {
  const { family: wanted = "store" } = useSearch({ from: "/shell/requests" });
  const family = isFamily(wanted) ? wanted : "store";
  const navigate = useNavigate();
  const { mayDecide, maySubmit } = usePermissions();
  return (
    <Page
      title="Requests"
      description={
        mayDecide ? "All changes that were asked for." : "Changes that you have asked for."
      }
      actions={
        maySubmit ? (
          <ButtonLink to="/requests/new" leftSection={<IconPlus size={16} />}>
            New request
          </ButtonLink>
        ) : undefined
      }
    >
      <Tabs
        value={family}
        keepMounted={false}
        onChange={(next) =>
          void navigate({ to: "/requests", search: { family: next ?? undefined } })
        }
      >
        <Tabs.List>
          {FAMILIES.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {FAMILY_TITLES[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={family} pt="md">
          <RequestList key={family} family={family} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function RequestList({ family }: { readonly family: (typeof FAMILIES)[number] }): ReactNode {
  const { status, q = "", page = 1 } = useSearch({ from: "/shell/requests" });
  const navigate = useNavigate({ from: "/requests" });
  const [text, setText] = useState(q);
  const filter = (change: {
    status?: typeof status | undefined;
    q?: string;
    page?: number;
  }): void => {
    const search = { family, status, q, ...change };
    void navigate({ to: "/requests", search, replace: true });
  };
  const search = useDebouncedCallback((next: string) => filter({ q: next }), SEARCH_SETTLE_MS);
  const query = { status, search: q, offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE };
  const requests = useRequests(family, query);
  const statuses = REQUEST_STATUSES.map((value) => ({ value, label: statusText(value) }));
  return (
    <Section>
      <Group gap="sm">
        <SearchField
          label="Search labels and people"
          value={text}
          onChange={(next) => {
            setText(next);
            search(next);
          }}
        />
        <Select
          aria-label="Status"
          placeholder="Any status"
          data={statuses}
          value={status ?? null}
          clearable
          onChange={(next) => filter({ status: REQUEST_STATUSES.find((each) => each === next) })}
        />
      </Group>
      <QueryView
        query={requests}
        what="requests"
        isEmpty={({ total }) => total === 0}
        empty={<EmptyState title="No requests">None match, or none were made yet.</EmptyState>}
      >
        {({ requests: rows, total }) => (
          <Stack gap="sm">
            <DataTable
              caption={`Requests: ${FAMILY_TITLES[family]}`}
              columns={COLUMNS}
              rows={rows}
              rowKey={({ kind, id }) => `${kind}/${id}`}
              minWidth={820}
            />
            <Pager page={page} total={total} onChange={(next) => filter({ page: next })} />
          </Stack>
        )}
      </QueryView>
    </Section>
  );
}
