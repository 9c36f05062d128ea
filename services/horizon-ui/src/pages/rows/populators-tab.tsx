import { Button, SimpleGrid, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Populator } from "../../api/tenants.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { IconPlus } from "../../components/icons.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { Effects } from "../../components/rows/effects.tsx";
import { WholeNumberField } from "../../components/rows/whole-number-field.tsx";
import { Section } from "../../components/section.tsx";
import { formatCount } from "../../model/format.ts";
import { useApi } from "../../session/api-context.ts";
import { ForApprovers } from "../../session/for-approvers.tsx";
import { rowsKey, usePopulators } from "../../session/row-queries.ts";
import { usePermissions } from "../../session/use-session.ts";

const COLUMNS: readonly Column<Populator>[] = [
  { header: "Tenant", render: ({ tenant }) => <span className="mono">{tenant}</span> },
  { header: "Workers", align: "right", render: ({ workerCount }) => workerCount },
];

/** How many workers bring tables into each tenant's topic. */
export function PopulatorsTab(): ReactNode {
  const populators = usePopulators();
  const { mayDecide } = usePermissions();
  const [opened, setOpened] = useState<Populator | "new">();
  const actions: Column<Populator> = {
    header: "Change",
    align: "right",
    render: (populator) => (
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`Change the workers of ${populator.tenant}`}
        onClick={() => setOpened(populator)}
      >
        Workers…
      </Button>
    ),
  };
  return (
    <Section
      title="Populators"
      description="Workers that read tables and send their rows to the tenant's topic."
      actions={
        <ForApprovers>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => setOpened("new")}
          >
            Give a tenant workers
          </Button>
        </ForApprovers>
      }
    >
      <QueryView
        query={populators}
        what="populators"
        isEmpty={(all) => all.length === 0}
        empty={<EmptyState title="No tenant has workers yet" />}
      >
        {(all) => (
          <DataTable
            caption="Populators"
            columns={mayDecide ? [...COLUMNS, actions] : COLUMNS}
            rows={all}
            rowKey={({ tenant }) => tenant}
          />
        )}
      </QueryView>
      {opened === undefined ? null : (
        <WorkersDialog
          populator={opened === "new" ? undefined : opened}
          known={populators.data ?? []}
          onClose={() => setOpened(undefined)}
        />
      )}
    </Section>
  );
}

interface WorkersDialogProps {
  /** undefined: of a tenant that is named in the dialog. */
  readonly populator: Populator | undefined;
  readonly known: readonly Populator[];
  readonly onClose: () => void;
}

function WorkersDialog({ populator, known, onClose }: WorkersDialogProps): ReactNode {
  const { tenants } = useApi();
  const [tenant, setTenant] = useState(populator?.tenant ?? "");
  const [count, setCount] = useState<number | string>(populator?.workerCount ?? 1);
  const [failure, setFailure] = useState<string>();
  const before = known.find((each) => each.tenant === tenant)?.workerCount;
  const isChanged = count !== "" && Number(count) !== before;
  return (
    <ConfirmDialog
      title={populator === undefined ? "Give a tenant workers" : `Workers of ${tenant}`}
      action={populator === undefined ? "Give" : "Change"}
      isReady={tenant !== "" && isChanged}
      act={() => tenants.setWorkerCount(tenant, Number(count))}
      done={`${tenant} has ${formatCount(Number(count), "worker")}`}
      stale={rowsKey()}
      onFailure={setFailure}
      onClose={onClose}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Tenant"
          disabled={populator !== undefined}
          value={tenant}
          error={failure}
          onChange={(event) => {
            setTenant(event.currentTarget.value.trim());
            setFailure(undefined);
          }}
        />
        <WholeNumberField
          label="Workers"
          value={count}
          error={undefined}
          onChange={(next) => {
            setCount(next);
            setFailure(undefined);
          }}
        />
      </SimpleGrid>
      <Effects effects={workerEffects(before, Number(count))} />
    </ConfirmDialog>
  );
}

function workerEffects(before: number | undefined, next: number): string[] {
  if (before === next) return ["Nothing changes."];
  if (next === 0) return ["No more tables are brought in for this tenant; what was read stays."];
  const count = formatCount(next, "worker");
  const change = before === undefined ? count : `${count} in place of ${before}`;
  return [`${change} share the tables of this tenant.`];
}
