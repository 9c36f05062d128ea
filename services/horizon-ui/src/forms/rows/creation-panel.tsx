import { Alert, Badge, Code, Group, List, Loader, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { messageOf } from "../../api/api-error.ts";
import type { CreationCheck } from "../../api/rows.ts";
import { IconAlertTriangle, IconCircleCheck } from "../../components/icons.tsx";
import { StoredColumns } from "../../components/rows/stored-columns.tsx";
import { Section } from "../../components/section.tsx";
import { formatCount } from "../../model/format.ts";
import { formFieldOf } from "../../model/row-drafts.ts";
import type { LiveCheck } from "./use-creation-check.ts";

interface CreationPanelProps {
  readonly check: LiveCheck;
  /** Nothing was filled in yet: that much is missing is no news. */
  readonly isQuiet: boolean;
}

/** What would be made, or why it cannot be. */
export function CreationPanel({ check, isQuiet }: CreationPanelProps): ReactNode {
  const { query } = check;
  const busy = query.isFetching ? <Loader size="xs" role="status" aria-label="Checking" /> : null;
  return (
    <Section title="What this would make" actions={busy}>
      <div aria-live="polite">{contentOf(query, isQuiet)}</div>
    </Section>
  );
}

function contentOf(query: LiveCheck["query"], isQuiet: boolean): ReactNode {
  if (isQuiet) {
    return (
      <Text size="sm" c="dimmed">
        Checked against what there is while you fill in the form.
      </Text>
    );
  }
  if (query.isError) {
    return (
      <Alert color="yellow" title="Cannot be checked now">
        {messageOf(query.error)}. You can create it all the same: it is checked then.
      </Alert>
    );
  }
  if (query.data === undefined) return null;
  return query.data.problems.length > 0 ? (
    <Problems problems={query.data.problems} />
  ) : (
    <Plan plan={query.data.plan} />
  );
}

function Problems({ problems }: Pick<CreationCheck, "problems">): ReactNode {
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={formatCount(problems.length, "problem")}>
      <List size="sm" spacing={4}>
        {problems.map(({ field, message }) => (
          <List.Item key={`${field} ${message}`}>
            {field === "" ? null : <Code>{placeText(field)}</Code>} {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** `columns.2.name` is `column 3`: people count from 1. */
function placeText(field: string): string {
  const [, index, part] = /^columns\.(\d+)\.(\w+)$/.exec(formFieldOf(field)) ?? [];
  if (index === undefined) return formFieldOf(field);
  return `column ${Number(index) + 1}${part === "name" ? "" : `, ${part}`}`;
}

function Plan({ plan }: Pick<CreationCheck, "plan">): ReactNode {
  if (plan === null) return null;
  const { table, version, tenants, columns } = plan;
  const made = version === null ? columns : columns.filter(({ role }) => role === "own");
  return (
    <Stack gap="md">
      <Group gap={6} c="green">
        <IconCircleCheck size={18} />
        <Text size="sm" fw={500}>
          This can be made
        </Text>
      </Group>
      <Group gap={6}>
        {version === null ? null : (
          <Badge variant="light" tt="none">
            version: {version}
          </Badge>
        )}
        <Badge variant="light" tt="none">
          {version === null ? "new table" : "table"}: {table}
        </Badge>
        <Badge variant="light" tt="none">
          {tenants.length === 1 ? "tenant" : "tenants"}: {tenants.join(", ")}
        </Badge>
      </Group>
      <StoredColumns
        caption={version === null ? "Columns of the new table" : "New columns"}
        columns={made}
        isShort
      />
    </Stack>
  );
}
