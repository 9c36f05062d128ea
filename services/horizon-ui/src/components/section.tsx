import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface SectionProps {
  readonly title?: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page, in a frame. */
export function Section({ title, description, actions, children }: SectionProps): ReactNode {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Stack gap="md">
        {title === undefined ? null : (
          <Group justify="space-between" align="flex-start" gap="sm">
            <Stack gap={2}>
              <Title order={2} fz={16}>
                {title}
              </Title>
              {description === undefined ? null : (
                <Text size="sm" c="dimmed">
                  {description}
                </Text>
              )}
            </Stack>
            {actions}
          </Group>
        )}
        {children}
      </Stack>
    </Paper>
  );
}

export type Fact = readonly [name: string, value: ReactNode];

/** Names and values. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): ReactNode {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <Text component="dt" size="xs" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="sm" m={0} style={{ overflowWrap: "anywhere" }}>
            {value}
          </Text>
        </div>
      ))}
    </dl>
  );
}
