import { Badge, Group, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { SearchHit } from "../api/catalog.ts";
import { TextLink } from "../components/links.tsx";
import { Page } from "../components/page.tsx";
import { EmptyState, QueryView } from "../components/query-view.tsx";
import { DialectBadge } from "../components/rows/dialect-badge.tsx";
import { Section } from "../components/section.tsx";
import { formatCount } from "../model/format.ts";
import { useApi } from "../session/api-context.ts";
import { KEYS } from "../session/queries.ts";
import { useHasRows } from "../session/row-queries.ts";
import { RowHitLine, useRowHits } from "./rows/row-hits.tsx";

const HITS_SHOWN = 100;

/** `/search`. */
export function SearchPage(): ReactNode {
  const { q = "" } = useSearch({ from: "/shell/search" });
  const hasRows = useHasRows();
  return (
    <Page title={q === "" ? "Search" : `Search: ${q}`}>
      <Section>
        {q === "" ? <EmptyState title="Type something to search for above" /> : null}
        {q === "" || hasRows === undefined ? null : <Results text={q} hasRows={hasRows} />}
      </Section>
    </Page>
  );
}

interface ResultsProps {
  readonly text: string;
  /** Whether there is another dialect, which is searched, too. */
  readonly hasRows: boolean;
}

/** One list; a dialect that cannot be searched does not hide the other. */
function Results({ text, hasRows }: ResultsProps): ReactNode {
  const { catalog } = useApi();
  const block = useQuery({
    queryKey: [KEYS.registry, "search", text],
    queryFn: ({ signal }) => catalog.search(text, HITS_SHOWN, signal),
    placeholderData: keepPreviousData,
  });
  const row = useRowHits(text, hasRows);
  const total = (block.data?.total ?? 0) + (row.data?.length ?? 0);
  const shown = (block.data?.hits.length ?? 0) + Math.min(row.data?.length ?? 0, HITS_SHOWN);
  const isThere = block.data !== undefined && (!hasRows || row.data !== undefined);
  return (
    <Stack gap="xs">
      <QueryView query={block} what="results">
        {() => null}
      </QueryView>
      {hasRows ? (
        <QueryView query={row} what="results of the row dialect">
          {() => null}
        </QueryView>
      ) : null}
      {isThere && total === 0 ? <EmptyState title="Nothing found" /> : null}
      {total === 0 ? null : (
        <Text size="sm" c="dimmed" aria-live="polite">
          {formatCount(total, "result")}
          {total > shown ? `, the best ${shown} are shown` : ""}
        </Text>
      )}
      {block.data?.hits.map((hit) => (
        <Hit
          key={`${hit.kind} ${hit.entity}/${hit.group}/${hit.feature}/${hit.label}`}
          hit={hit}
          isBadged={hasRows}
        />
      ))}
      {row.data?.slice(0, HITS_SHOWN).map((hit) => (
        <RowHitLine key={`${hit.kind} ${hit.place} ${hit.name}`} hit={hit} />
      ))}
    </Stack>
  );
}

interface HitProps {
  readonly hit: SearchHit;
  readonly isBadged: boolean;
}

function Hit({ hit, isBadged }: HitProps): ReactNode {
  const place = [hit.entity, hit.group, hit.feature].filter(Boolean).join("/");
  return (
    <Group gap="sm" wrap="nowrap" fz="sm">
      <Badge variant="default" tt="none" w={120} style={{ flexShrink: 0 }}>
        {hit.kind}
      </Badge>
      {isBadged ? <DialectBadge dialect="block" /> : null}
      <HitLink hit={hit} />
      <Text size="sm" c="dimmed" truncate>
        {place}
      </Text>
    </Group>
  );
}

function HitLink({ hit }: { readonly hit: SearchHit }): ReactNode {
  const { kind, label, entity, group } = hit;
  if (kind === "store") return <TextLink to="/stores">{label}</TextLink>;
  if (kind === "job" || kind === "client") return <TextLink to="/jobs">{label}</TextLink>;
  if (kind === "entity") {
    return (
      <TextLink to="/discovery/$entity" params={{ entity: label }}>
        {label}
      </TextLink>
    );
  }
  const params = { entity, group: kind === "feature-group" ? label : group };
  return (
    <TextLink to="/discovery/$entity/$group" params={params}>
      {label}
    </TextLink>
  );
}
