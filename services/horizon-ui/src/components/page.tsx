import { Breadcrumbs, Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

interface PageProps {
  readonly title: string;
  readonly description?: ReactNode;
  /** Links to the pages above. */
  readonly trail?: readonly ReactNode[];
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page's heading, and what is below it. */
export function Page({ title, description, trail, actions, children }: PageProps): ReactNode {
  useDocumentTitle(`${title} · OFS Horizon`);
  return (
    <Stack gap="lg" maw={1280} mx="auto">
      <Stack gap={4}>
        {trail === undefined ? null : (
          <Breadcrumbs fz="sm" component="nav" aria-label="Breadcrumb">
            {trail}
          </Breadcrumbs>
        )}
        <Group justify="space-between" align="flex-end" gap="sm">
          <Title order={1} fz={24} style={{ overflowWrap: "anywhere" }}>
            {title}
          </Title>
          {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
        </Group>
        {description === undefined ? null : (
          <Text c="dimmed" size="sm" maw={760}>
            {description}
          </Text>
        )}
      </Stack>
      {children}
    </Stack>
  );
}
