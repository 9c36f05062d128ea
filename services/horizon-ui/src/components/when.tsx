import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { formatAge, formatInstant } from "../model/format.ts";

/** How long ago; the exact time when pointed at. */
export function When({ atMs }: { readonly atMs: number }): ReactNode {
  if (!Number.isFinite(atMs)) return "unknown";
  const instant = formatInstant(atMs);
  return (
    <Text
      component="time"
      inherit
      dateTime={new Date(atMs).toISOString()}
      title={instant}
      style={{ whiteSpace: "nowrap" }}
    >
      {formatAge(atMs, Date.now())}
    </Text>
  );
}
