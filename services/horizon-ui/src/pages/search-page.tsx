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
import { RowHits } from "./rows/row-hits.tsx";

const HITS_SHOWN = 100;

/** `/search`. */
export function SearchPage(): ReactNode {
  const { q = "" } = useSearch({ from: "/shell/search" });
  const hasRows = useHasRows();
  return (
    <Page title={q === "" ? "Search" : `Search: ${q}`}>
      {q === "" ? (
        <Section>
          <EmptyState title="Type something to search for above" />
        </Section>
      ) : (
        <>
          <BlockHits text={q} isBadged={hasRows === true} />
          {hasRows === true ? <RowHits text={q} /> : null}
        </>
      )}
    </Page>
  );
}

interface BlockHitsProps {
  readonly text: string;
  /** Whether there is another dialect to tell apart. */
  readonly isBadged: boolean;
}

function BlockHits({ text, isBadged }: BlockHitsProps): ReactNode {
  const { catalog } = useApi();
  const result = useQuery({
    queryKey: [KEYS.registry, "search", text],
    queryFn: ({ signal }) => catalog.search(text, HITS_SHOWN, signal),
    placeholderData: keepPreviousData,
  });
  const nothing = isBadged ? "Nothing found in the block dialect" : "Nothing found";
  return (
    <Section {...(isBadged ? { title: "Block dialect" } : {})}>
      <QueryView
        query={result}
        what="results"
        isEmpty={({ total }) => total === 0}
        empty={<EmptyState title={nothing} />}
      >
        {({ hits, total }) => (
          <Stack gap="xs">
            <Text size="sm" c="dimmed" aria-live="polite">
              {formatCount(total, "result")}
              {total > hits.length ? `, the best ${hits.length} are shown` : ""}
            </Text>
            {hits.map((hit) => (
              <Hit
                key={`${hit.kind} ${hit.entity}/${hit.group}/${hit.feature}/${hit.label}`}
                hit={hit}
                isBadged={isBadged}
              />
            ))}
          </Stack>
        )}
      </QueryView>
    </Section>
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
