import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import type { ShownState } from "../../model/rows.ts";

const LOOKS: Readonly<Record<ShownState, { readonly color: string; readonly text: string }>> = {
  PENDING: { color: "yellow", text: "Pending" },
  LIVE: { color: "green", text: "Live" },
  ARCHIVED: { color: "gray", text: "Archived" },
};

/** Where something of the row dialect stands. */
export function StateBadge({ state }: { readonly state: ShownState }): ReactNode {
  const { color, text } = LOOKS[state];
  return (
    <Badge color={color} variant="dot" tt="none" fw={500} miw="max-content">
      {text}
    </Badge>
  );
}
