import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { TextLink } from "../../components/links.tsx";
import { DialectBadge } from "../../components/rows/dialect-badge.tsx";
import { formatCount } from "../../model/format.ts";
import { latestVersions } from "../../model/rows.ts";
import { useCreations, useRowEntities, useRowGroups } from "../../session/row-queries.ts";

/** How much there is of the row dialect: the figures above are those of the block dialect. */
export function RowCounts(): ReactNode {
  const entities = useRowEntities();
  const groups = useRowGroups();
  const creations = useCreations();
  const parts = [
    countText(entities.data?.length, "entity", "entities"),
    countText(groups.data && latestVersions(groups.data).length, "feature group"),
    ...(creations.data === undefined || creations.data.length === 0
      ? []
      : [`${creations.data.length} being made`]),
  ];
  const isFailed = entities.isError || groups.isError;
  return (
    <Group gap="xs">
      <DialectBadge dialect="row" />
      <Text size="sm">
        {parts.join(", ")}
        {isFailed ? "; some could not be asked" : ""}
      </Text>
      <TextLink to="/discovery" fz="sm">
        Discovery
      </TextLink>
    </Group>
  );
}

/** A dash where it is not known. */
function countText(count: number | undefined, noun: string, plural = `${noun}s`): string {
  return count === undefined ? `– ${plural}` : formatCount(count, noun, plural);
}
