import { Alert, Badge, Code, Group, List, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Problem } from "../api/api-error.ts";
import type { ChangePreview, KeyChange, TableChange } from "../api/requests.ts";
import { formatCount } from "../model/format.ts";
import { pageOf } from "../model/paging.ts";
import { shortenDifference } from "../model/text-difference.ts";
import { IconAlertTriangle, IconCircleCheck } from "./icons.tsx";
import { Pager } from "./list-tools.tsx";

/** What a change would do, or why it cannot be done. */
export function ChangePreviewView({ preview }: { readonly preview: ChangePreview }): ReactNode {
  const { problems, keys, tables } = preview;
  if (problems.length > 0) return <Problems problems={problems} />;
  return (
    <Stack gap="md">
      <Group gap={6} c="green">
        <IconCircleCheck size={18} />
        <Text size="sm" fw={500}>
          This change can be made
        </Text>
      </Group>
      <Outcome outcome={preview.outcome} />
      {tables.map((table) => (
        <TableNote key={`${table.storeId}/${table.table}`} table={table} />
      ))}
      <KeyChanges keys={keys} />
    </Stack>
  );
}

function Problems({ problems }: { readonly problems: readonly Problem[] }): ReactNode {
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={formatCount(problems.length, "problem")}>
      <List size="sm" spacing={4}>
        {problems.map(({ field, message }) => (
          <List.Item key={`${field} ${message}`}>
            {field === "" ? null : <Code>{field}</Code>} {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** What the server calls the parts of an outcome; others are shown by the name that they have there. */
const OUTCOME_TEXTS: Readonly<Record<string, string>> = {
  storeId: "id of the store",
  table: "table",
  jobType: "kind of caller",
  jobId: "id of the job or client",
  previousUntil: "old token works until",
  entityLabel: "entity",
  featureGroupId: "id of the group",
  featureCount: "features",
  version: "schema version",
  columnCount: "columns",
  newColumnCount: "new columns",
};

function Outcome({ outcome }: Pick<ChangePreview, "outcome">): ReactNode {
  const made = Object.entries(outcome);
  if (made.length === 0) return null;
  return (
    <Group gap={6}>
      {made.map(([name, value]) => (
        <Badge key={name} variant="light" tt="none">
          {OUTCOME_TEXTS[name] ?? name}: {value}
        </Badge>
      ))}
    </Group>
  );
}

function TableNote({ table }: { readonly table: TableChange }): ReactNode {
  const columns = table.columns.length === 0 ? "" : `, columns ${table.columns.join(", ")}`;
  return (
    <Text size="sm">
      Table <Code>{table.table}</Code> of store {table.storeId} ({table.dbType}): keys{" "}
      {table.primaryKeys.join(", ") || "none"}
      {columns}
    </Text>
  );
}

function KeyChanges({ keys }: { readonly keys: readonly KeyChange[] }): ReactNode {
  const [wanted, setWanted] = useState(1);
  const { rows, page, total } = pageOf(keys, wanted);
  if (total === 0) {
    return (
      <Text size="sm" c="dimmed">
        The registry stays as it is.
      </Text>
    );
  }
  return (
    <Stack gap="xs">
      <ul className="key-changes" aria-label="Keys of the registry, before and after">
        {rows.map((key) => (
          <KeyItem key={key.path} change={key} />
        ))}
      </ul>
      <Pager page={page} total={total} onChange={setWanted} />
    </Stack>
  );
}

/** Keys are long, and so are some values: each gets the whole width. */
function KeyItem({ change }: { readonly change: KeyChange }): ReactNode {
  const { path, before, after } = change;
  const isChanged = before !== undefined && after !== undefined;
  const [old, next] = isChanged ? shortenDifference(before, after) : [before, after];
  return (
    <li>
      <Text size="xs" className="mono long">
        {path}
      </Text>
      <div className="key-values">
        {before === undefined ? null : <Value name="Before" text={old} full={before} color="red" />}
        {after === undefined ? (
          <Text size="xs">is deleted</Text>
        ) : (
          <Value name={isChanged ? "After" : "New"} text={next} full={after} color="green" />
        )}
      </div>
    </li>
  );
}

interface ValueProps {
  readonly name: string;
  readonly text: string | undefined;
  readonly full: string;
  readonly color: string;
}

function Value({ name, text, full, color }: ValueProps): ReactNode {
  return (
    <div>
      <Text span size="xs" c="dimmed">
        {name}{" "}
      </Text>
      <Code color={`var(--mantine-color-${color}-light)`} className="mono long" title={full}>
        {text || "(empty)"}
      </Code>
    </div>
  );
}
