import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import type { Verdict } from "../../model/fleet.ts";

const COLORS: Readonly<Record<Verdict["tone"], string>> = {
  good: "green",
  attention: "yellow",
  bad: "red",
};

/** In words; the colour only helps. */
export function VerdictBadge({ verdict }: { readonly verdict: Verdict }): ReactNode {
  return (
    <Badge color={COLORS[verdict.tone]} variant="dot" tt="none" fw={500} miw="max-content">
      {verdict.text}
    </Badge>
  );
}
