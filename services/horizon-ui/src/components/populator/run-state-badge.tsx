import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import type { RunFile, RunState } from "../../api/populator.ts";

const LOOKS: Readonly<
  Record<RunState | RunFile["state"], { readonly color: string; readonly text: string }>
> = {
  PENDING: { color: "gray", text: "Waiting" },
  RUNNING: { color: "blue", text: "Running" },
  PAUSED: { color: "yellow", text: "Paused" },
  COMPLETED: { color: "green", text: "Completed" },
  FAILED: { color: "red", text: "Failed" },
  CANCELLED: { color: "gray", text: "Cancelled" },
};

export function runStateText(state: RunState): string {
  return LOOKS[state].text;
}

/** Where a run, or a file of one, stands: in words; the colour only helps. */
export function RunStateBadge({ state }: { readonly state: keyof typeof LOOKS }): ReactNode {
  const { color, text } = LOOKS[state];
  return (
    <Badge color={color} variant="dot" tt="none" fw={500} miw="max-content">
      {text}
    </Badge>
  );
}
