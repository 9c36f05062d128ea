import { Badge, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { HealthReport } from "../api/health.ts";

const COLORS: Readonly<Record<string, string>> = {
  ok: "green",
  ready: "green",
  warning: "yellow",
};

function StateBadge({ state }: { readonly state: string }): ReactNode {
  return (
    <Badge color={COLORS[state] ?? "red"} variant="dot" tt="none" miw="max-content">
      {state}
    </Badge>
  );
}

/** The control plane, and what it needs. */
export function HealthList({ report }: { readonly report: HealthReport }): ReactNode {
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          Control plane
        </Text>
        <StateBadge state={report.status} />
      </Group>
      {report.checks.map(({ name, status, detail }) => (
        <Group key={name} justify="space-between" wrap="nowrap" gap="sm">
          <Text size="sm">
            {name}
            {detail === "" ? null : (
              <Text span inherit c="dimmed">
                {" "}
                {detail}
              </Text>
            )}
          </Text>
          <StateBadge state={status} />
        </Group>
      ))}
    </Stack>
  );
}
