import { Badge, Group, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { DialectBadge } from "../../components/rows/dialect-badge.tsx";
import { RowEntityLink, RowGroupLink } from "../../components/rows/row-links.tsx";
import { Section } from "../../components/section.tsx";
import { formatCount } from "../../model/format.ts";
import { type RowHit, rowHits } from "../../model/row-hits.ts";
import { useApi } from "../../session/api-context.ts";
import { rowsKey } from "../../session/row-queries.ts";

const HITS_SHOWN = 100;

/** What a search finds in the row dialect: names, columns, tags, owners. */
export function RowHits({ text }: { readonly text: string }): ReactNode {
  const { rows } = useApi();
  const result = useQuery({
    queryKey: rowsKey("search", text),
    queryFn: ({ signal }) => rows.search(text, signal),
    placeholderData: keepPreviousData,
    select: (found) => rowHits(found, text),
  });
  return (
    <Section title="Row dialect">
      <QueryView
        query={result}
        what="results of the row dialect"
        isEmpty={(hits) => hits.length === 0}
        empty={<EmptyState title="Nothing found in the row dialect" />}
      >
        {(hits) => (
          <Stack gap="xs">
            <Text size="sm" c="dimmed" aria-live="polite">
              {formatCount(hits.length, "result")}
              {hits.length > HITS_SHOWN ? `, the best ${HITS_SHOWN} are shown` : ""}
            </Text>
            {hits.slice(0, HITS_SHOWN).map((hit) => (
              <Hit key={`${hit.kind} ${hit.place} ${hit.name}`} hit={hit} />
            ))}
          </Stack>
        )}
      </QueryView>
    </Section>
  );
}

function Hit({ hit }: { readonly hit: RowHit }): ReactNode {
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
