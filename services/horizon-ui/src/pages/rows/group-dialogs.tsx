import { SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Effects } from "../../components/rows/effects.tsx";
import { WholeNumberField } from "../../components/rows/whole-number-field.tsx";
import { durationHint } from "../../forms/fields.tsx";
import { formatTtl } from "../../model/format.ts";
import { moveEffects } from "../../model/row-effects.ts";
import { type RowGroup, TENANT_ROLES, type TenantRole } from "../../model/rows.ts";
import { useApi } from "../../session/api-context.ts";
import { rowsKey } from "../../session/row-queries.ts";

interface GroupDialogProps {
  readonly group: RowGroup;
  readonly onClose: () => void;
}

/** Archives a version, or makes it live. */
export function GroupStateDialog({ group, onClose }: GroupDialogProps): ReactNode {
  const { rows } = useApi();
  const { name, version, state } = group;
  const next = state === "LIVE" ? "ARCHIVED" : "LIVE";
  const action = next === "ARCHIVED" ? "Archive" : "Make live";
  const effects =
    next === "ARCHIVED"
      ? [
          `Reads and writes of ${name} ${version} are refused, within a second.`,
          "Its columns stay, with all that is stored in them. Other versions are not concerned.",
          "Callers that name no version use the latest one, also where that is archived.",
        ]
      : [`${name} ${version} can be read and written again. What was stored is still there.`];
  return (
    <ConfirmDialog
      title={`${action}: ${name} ${version}`}
      action={action}
      isDangerous={next === "ARCHIVED"}
      act={() => rows.setGroupState(name, version, next)}
      done={`${name} ${version} is ${next === "LIVE" ? "live" : "archived"}`}
      stale={rowsKey()}
      onClose={onClose}
    >
      <Effects effects={effects} />
    </ConfirmDialog>
  );
}

/** Changes how long rows of the entity are kept. */
export function TtlDialog({ group, onClose }: GroupDialogProps): ReactNode {
  const { rows } = useApi();
  const [ttl, setTtl] = useState<number | string>("");
  const [failure, setFailure] = useState<string>();
  const isFilledIn = ttl !== "";
  const entity = group.entityName;
  const effects = isFilledIn
    ? [
        `Rows of ${entity} that are written from now on: ${formatTtl(Number(ttl))}.`,
        `This concerns all feature groups of ${entity}: they share its table.`,
        "Rows that are stored already keep the time that they were written with.",
      ]
    : [];
  return (
    <ConfirmDialog
      title={`Time to live of ${entity}`}
      action="Change"
      isReady={isFilledIn}
      act={() => rows.setTtl(group.name, group.version, Number(ttl))}
      done={`Rows of ${entity}: ${formatTtl(Number(ttl))}`}
      stale={rowsKey()}
      onFailure={setFailure}
      onClose={onClose}
    >
      <WholeNumberField
        label="Time to live"
        description={durationHint(ttl, "rows do not expire")}
        value={ttl}
        error={failure}
        onChange={(next) => {
          setTtl(next);
          setFailure(undefined);
        }}
      />
      <Effects effects={effects} />
    </ConfirmDialog>
  );
}

const ROLE_LABELS: Readonly<Record<TenantRole, string>> = {
  read: "Reads from",
  write: "Writes to",
  consume: "Topic of",
};

/** Gives all versions of a feature group other tenants. */
export function MoveGroupDialog({ group, onClose }: GroupDialogProps): ReactNode {
  const { tenants: api } = useApi();
  const [tenants, setTenants] = useState(group.tenants);
  const [failure, setFailure] = useState<string>();
  const isChanged = TENANT_ROLES.some((role) => tenants[role] !== group.tenants[role]);
  const isWhole = TENANT_ROLES.every((role) => tenants[role] !== "");
  return (
    <ConfirmDialog
      title={`Move ${group.name} to other tenants`}
      action="Move"
      isDangerous
      isReady={isChanged && isWhole}
      act={() => api.move(group.name, tenants)}
      done={`${group.name} was moved`}
      stale={rowsKey()}
      onFailure={setFailure}
      onClose={onClose}
    >
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        {TENANT_ROLES.map((role) => (
          <TextInput
            key={role}
            label={ROLE_LABELS[role]}
            value={tenants[role]}
            onChange={(event) => {
              setTenants({ ...tenants, [role]: event.currentTarget.value.trim() });
              setFailure(undefined);
            }}
          />
        ))}
      </SimpleGrid>
      {failure === undefined ? null : <Refusal message={failure} />}
      <Effects effects={moveEffects(group, tenants)} />
    </ConfirmDialog>
  );
}

/** Of fields that are refused together. */
function Refusal({ message }: { readonly message: string }): ReactNode {
  return (
    <Stack gap={0} role="alert">
      <Text size="sm" c="red">
        {message}
      </Text>
    </Stack>
  );
}
