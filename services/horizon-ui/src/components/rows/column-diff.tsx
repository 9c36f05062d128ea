import { Badge, Group, List, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { ColumnDiff } from "../../model/rows.ts";

/** What became different from one version's columns to another's. */
export function ColumnDiffView({ diff }: { readonly diff: ColumnDiff }): ReactNode {
  const { added, removed, changed } = diff;
  if (added.length + removed.length + changed.length === 0) {
    return <Text size="sm">They have the same columns.</Text>;
  }
  return (
    <Stack gap="sm">
      <Names title="Added" color="green" names={added.map(({ name, type }) => `${name} ${type}`)} />
      <Names
        title="Removed"
        color="red"
        names={removed.map(({ name, type }) => `${name} ${type}`)}
      />
      {changed.length === 0 ? null : (
        <div>
          <Text size="sm" fw={600}>
            Changed
          </Text>
          <List size="sm" spacing={4}>
            {changed.map(({ name, before, after }) => (
              <List.Item key={name}>
                <span className="mono">{name}</span>: {before} → {after}
              </List.Item>
            ))}
          </List>
        </div>
      )}
    </Stack>
  );
}

interface NamesProps {
  readonly title: string;
  readonly color: string;
  readonly names: readonly string[];
}

function Names({ title, color, names }: NamesProps): ReactNode {
  if (names.length === 0) return null;
  return (
    <Group gap={6}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {names.map((name) => (
        <Badge key={name} color={color} variant="light" tt="none">
          {name}
        </Badge>
      ))}
    </Group>
  );
}
