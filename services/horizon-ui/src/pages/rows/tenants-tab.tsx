import { Button, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { Effects } from "../../components/rows/effects.tsx";
import { RowGroupLink } from "../../components/rows/row-links.tsx";
import { Section } from "../../components/section.tsx";
import { groupsOn, moveAllEffects } from "../../model/row-effects.ts";
import { type RowGroup, TENANT_ROLES, type TenantRole } from "../../model/rows.ts";
import { type TenantFacts, tenantList } from "../../model/tenant-list.ts";
import { useApi } from "../../session/api-context.ts";
import { rowsKey, useConsumers, useRowGroups } from "../../session/row-queries.ts";
import { usePermissions } from "../../session/use-session.ts";

/** Feature groups that a cell lists. */
const GROUPS_SHOWN = 5;

const ROLE_TEXTS: Readonly<Record<TenantRole, string>> = {
  read: "Reads",
  write: "Writes",
  consume: "Topic",
};

function columnFor(role: TenantRole, header: string): Column<TenantFacts> {
  return { header, render: ({ groups }) => <GroupNames names={groups[role]} /> };
}

const COLUMNS: readonly Column<TenantFacts>[] = [
  { header: "Tenant", render: ({ name }) => <span className="mono">{name}</span> },
  columnFor("read", "Read from it"),
  columnFor("write", "Written to it"),
  columnFor("consume", "Rows by its topic"),
  {
    header: "Topic",
    render: ({ topic }) => (topic === undefined ? "–" : <span className="mono long">{topic}</span>),
  },
];

function GroupNames({ names }: { readonly names: readonly string[] }): ReactNode {
  if (names.length === 0) return "–";
  return (
    <Stack gap={2}>
      {names.slice(0, GROUPS_SHOWN).map((name) => (
        <RowGroupLink key={name} name={name} />
      ))}
      {names.length > GROUPS_SHOWN ? (
        <Text size="xs">and {names.length - GROUPS_SHOWN} more</Text>
      ) : null}
    </Stack>
  );
}

/** Tenants by what uses them. */
export function TenantsTab(): ReactNode {
  const groups = useRowGroups();
  const consumers = useConsumers();
  return (
    <Section
      title="Tenants"
      description="A tenant is a cluster with connections of its own, and a topic. It comes about when a feature group is moved to it."
    >
      <QueryView query={groups} what="feature groups">
        {(all) => (
          <QueryView query={consumers} what="consumers">
            {(consuming) => <TenantTable groups={all} tenants={tenantList(all, consuming)} />}
          </QueryView>
        )}
      </QueryView>
    </Section>
  );
}

interface TenantTableProps {
  readonly groups: readonly RowGroup[];
  readonly tenants: readonly TenantFacts[];
}

function TenantTable({ groups, tenants }: TenantTableProps): ReactNode {
  const { mayDecide } = usePermissions();
  const [moved, setMoved] = useState<TenantFacts>();
  if (tenants.length === 0) {
    return (
      <EmptyState title="No tenants yet">
        The first feature group is on the tenant default-tenant.
      </EmptyState>
    );
  }
  const actions: Column<TenantFacts> = {
    header: "Move",
    align: "right",
    render: (tenant) => (
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`Move all of ${tenant.name}`}
        onClick={() => setMoved(tenant)}
      >
        Move all…
      </Button>
    ),
  };
  return (
    <>
      <DataTable
        caption="Tenants"
        columns={mayDecide ? [...COLUMNS, actions] : COLUMNS}
        rows={tenants}
        rowKey={({ name }) => name}
        minWidth={820}
      />
      {moved === undefined ? null : (
        <MoveAllDialog groups={groups} tenant={moved} onClose={() => setMoved(undefined)} />
      )}
    </>
  );
}

interface MoveAllDialogProps {
  readonly groups: readonly RowGroup[];
  readonly tenant: TenantFacts;
  readonly onClose: () => void;
}

/** Moves everything from one tenant to another, in one role. */
function MoveAllDialog({ groups, tenant, onClose }: MoveAllDialogProps): ReactNode {
  const { tenants } = useApi();
  const { name } = tenant;
  const firstUsed = TENANT_ROLES.find((role) => groupsOn(groups, role, name).length > 0);
  const [role, setRole] = useState<TenantRole>(firstUsed ?? "read");
  const [to, setTo] = useState("");
  const [failure, setFailure] = useState<string>();
  const isReady = to !== "" && to !== name && groupsOn(groups, role, name).length > 0;
  return (
    <ConfirmDialog
      title={`Move all of ${name}`}
      action="Move all"
      isDangerous
      isReady={isReady}
      act={() => tenants.moveAll(role, name, to)}
      done={`${ROLE_TEXTS[role]} of ${name} moved to ${to}`}
      stale={rowsKey()}
      onFailure={setFailure}
      onClose={onClose}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label="What moves"
          data={TENANT_ROLES.map((value) => ({ value, label: ROLE_TEXTS[value] }))}
          value={role}
          allowDeselect={false}
          onChange={(next) => {
            setRole(TENANT_ROLES.find((each) => each === next) ?? role);
            setFailure(undefined);
          }}
        />
        <TextInput
          label="To tenant"
          description="Letters, digits, _ and -"
          data-autofocus
          value={to}
          error={failure}
          onChange={(event) => {
            setTo(event.currentTarget.value.trim());
            setFailure(undefined);
          }}
        />
      </SimpleGrid>
      <Effects effects={moveAllEffects(groups, { role, from: name, to: to || "the new one" })} />
    </ConfirmDialog>
  );
}
