import { Badge } from "@mantine/core";
import type { ReactNode } from "react";

export type Dialect = "block" | "row";

const COLORS: Readonly<Record<Dialect, string>> = { block: "blue", row: "grape" };

/** Which of the two data models something belongs to. */
export function DialectBadge({ dialect }: { readonly dialect: Dialect }): ReactNode {
  return (
    <Badge color={COLORS[dialect]} variant="light" tt="none" fw={500} miw="max-content">
      {dialect}
    </Badge>
  );
}
