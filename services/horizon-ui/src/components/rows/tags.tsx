import { Badge, Group } from "@mantine/core";
import type { ReactNode } from "react";

/** Tags, or a dash. */
export function Tags({ tags }: { readonly tags: readonly string[] }): ReactNode {
  if (tags.length === 0) return "–";
  return (
    <Group gap={4}>
      {tags.map((tag) => (
        <Badge key={tag} variant="default" tt="none" fw={500}>
          {tag}
        </Badge>
      ))}
    </Group>
  );
}
