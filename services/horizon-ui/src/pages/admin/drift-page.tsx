import { Alert, Badge, Button, Checkbox, Code, Group, List, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { messageOf } from "../../api/api-error.ts";
import type { Difference, DriftReport } from "../../api/drift.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Pager } from "../../components/list-tools.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { Section } from "../../components/section.tsx";
import { formatCount } from "../../model/format.ts";
import { pageOf } from "../../model/paging.ts";
import { useApi } from "../../session/api-context.ts";
import { KEYS } from "../../session/queries.ts";
import { usePermissions } from "../../session/use-session.ts";

const DRIFT_KEY = [KEYS.registry, "drift"] as const;
const COLORS = { error: "red", warning: "yellow", info: "gray" } as const;

/** As the server takes at once. */
const MAX_REPAIRS = 100;

/** `/drift`. */
export function DriftPage(): ReactNode {
  const { drift } = useApi();
  const { mayDecide } = usePermissions();
  const report = useQuery({
    queryKey: DRIFT_KEY,
    queryFn: ({ signal }) => drift.report(signal),
    enabled: mayDecide,
    staleTime: 60_000,
  });
  if (!mayDecide) {
    return (
      <Page title="Drift">
        <EmptyState title="Only approvers and administrators see this" />
      </Page>
    );
  }
  return (
    <Page
      title="Drift"
      description="Where approved requests, the registry and the stores' tables do not say the same."
      actions={
        <Button variant="default" loading={report.isFetching} onClick={() => void report.refetch()}>
          Compare again
        </Button>
      }
    >
      <Section>
        <QueryView
          query={report}
          what="the comparison"
          isEmpty={({ total }) => total === 0}
          empty={
            <EmptyState title="No differences">
              Approved requests, registry and stores agree.
            </EmptyState>
          }
        >
          {(loaded) => <Differences report={loaded} />}
        </QueryView>
      </Section>
    </Page>
  );
}

function Differences({ report }: { readonly report: DriftReport }): ReactNode {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [wanted, setWanted] = useState(1);
  const { mayAdminister } = usePermissions();
  const { rows, page, total } = pageOf(report.differences, wanted);
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const columns = mayAdminister ? [choiceColumn(chosen, toggle), ...COLUMNS] : COLUMNS;
  const ids = report.differences.map(({ id }) => id).filter((id) => chosen.has(id));
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {formatCount(report.total, "difference")} at revision {report.revision}, compared with{" "}
        {formatCount(report.requestCount, "approved request")}.
        {report.total > total ? ` The worst ${total} are listed.` : ""}
      </Text>
      <DataTable
        caption="Differences"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        minWidth={820}
      />
      <Pager page={page} total={total} onChange={setWanted} />
      {mayAdminister ? <Repair ids={ids} onDone={() => setChosen(new Set())} /> : null}
    </Stack>
  );
}

const COLUMNS: readonly Column<Difference>[] = [
  {
    header: "Severity",
    render: ({ severity }) => (
      <Badge color={COLORS[severity]} variant="light" tt="none" miw="max-content">
        {severity}
      </Badge>
    ),
  },
  { header: "Subject", render: ({ subject }) => subject },
  { header: "What", render: ({ message }) => message },
  {
    header: "Expected",
    render: ({ expected }) => <span className="mono long">{expected || "–"}</span>,
  },
  { header: "Found", render: ({ found }) => <span className="mono long">{found || "–"}</span> },
  { header: "Repair", render: ({ repair }) => repair?.description ?? "a person has to decide" },
];

function choiceColumn(
  chosen: ReadonlySet<string>,
  toggle: (id: string) => void,
): Column<Difference> {
  return {
    header: "Choose",
    render: ({ id, repair, subject }) =>
      repair === null ? null : (
        <Checkbox
          aria-label={`Repair ${subject}`}
          checked={chosen.has(id)}
          onChange={() => toggle(id)}
        />
      ),
  };
}

interface RepairProps {
  readonly ids: readonly string[];
  readonly onDone: () => void;
}

function Repair({ ids, onDone }: RepairProps): ReactNode {
  const { drift } = useApi();
  const client = useQueryClient();
  const repair = useMutation({
    mutationFn: () => drift.repair(ids),
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: [KEYS.registry] }),
  });
  const isTooMany = ids.length > MAX_REPAIRS;
  return (
    <Stack gap="xs">
      {repair.isError ? (
        <Alert color="red" role="alert" title="Not repaired">
          {messageOf(repair.error)}
        </Alert>
      ) : null}
      {repair.data === undefined ? null : (
        <Alert color="blue" role="status" title="Done">
          <List size="sm">
            {repair.data.map(({ id, result, message }) => (
              <List.Item key={id}>
                <Code>{result}</Code> {message}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Group>
        <Button
          disabled={ids.length === 0 || isTooMany}
          loading={repair.isPending}
          onClick={() => repair.mutate()}
        >
          {ids.length === 0
            ? "Repair what is chosen"
            : `Repair ${formatCount(ids.length, "difference")}`}
        </Button>
        {isTooMany ? <Text size="sm">At most {MAX_REPAIRS} at once.</Text> : null}
      </Group>
    </Stack>
  );
}
