import { Badge, Group, Text } from "@mantine/core";
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { DialectBadge } from "../../components/rows/dialect-badge.tsx";
import { RowEntityLink, RowGroupLink } from "../../components/rows/row-links.tsx";
import { type RowHit, rowHits } from "../../model/row-hits.ts";
import { useApi } from "../../session/api-context.ts";
import { rowsKey } from "../../session/row-queries.ts";

/** What a search finds in the row dialect: names, columns, tags, owners. */
export function useRowHits(text: string, isWanted: boolean): UseQueryResult<RowHit[]> {
  const { rows } = useApi();
  return useQuery({
    queryKey: rowsKey("search", text),
    queryFn: ({ signal }) => rows.search(text, signal),
    placeholderData: keepPreviousData,
    select: (found) => rowHits(found, text),
    enabled: isWanted,
  });
}

/** One of them. */
export function RowHitLine({ hit }: { readonly hit: RowHit }): ReactNode {
  const { kind, name, entity, group, place } = hit;
  return (
    <Group gap="sm" wrap="nowrap" fz="sm">
      <Badge variant="default" tt="none" w={120} style={{ flexShrink: 0 }}>
        {kind}
      </Badge>
      <DialectBadge dialect="row" />
      {group === undefined ? (
        <RowEntityLink name={entity}>{name}</RowEntityLink>
      ) : (
        <RowGroupLink name={group}>{name}</RowGroupLink>
      )}
      <Text size="sm" c="dimmed" truncate>
        {place}
      </Text>
    </Group>
  );
}
