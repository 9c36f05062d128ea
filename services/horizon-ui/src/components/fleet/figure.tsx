import { Card, Text } from "@mantine/core";
import type { ReactNode } from "react";

interface FigureProps {
  readonly name: string;
  readonly value: ReactNode;
  /** Smaller, below. */
  readonly note?: ReactNode;
}

/** One number, large. */
export function Figure({ name, value, note }: FigureProps): ReactNode {
  return (
    <Card withBorder padding="md" role="group" aria-label={name}>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fz={24} fw={650} style={{ overflowWrap: "anywhere" }}>
        {value}
      </Text>
      {note === undefined ? null : (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </Card>
  );
}
