import { Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ChangeRequest } from "../api/requests.ts";
import { Figure } from "../components/fleet/figure.tsx";
import { Known } from "../components/fleet/known.tsx";
import { HealthList } from "../components/health-list.tsx";
import { TextLink } from "../components/links.tsx";
import { Page } from "../components/page.tsx";
import { QueryView } from "../components/query-view.tsx";
import { Section } from "../components/section.tsx";
import { When } from "../components/when.tsx";
import { FAMILIES, FAMILY_TITLES, KIND_TEXTS } from "../model/change-kinds.ts";
import { formatNumber } from "../model/format.ts";
import { requestSubject } from "../model/request-subject.ts";
import { useApi } from "../session/api-context.ts";
import { useCounts } from "../session/fleet-queries.ts";
import { KEYS, useRequests } from "../session/queries.ts";
import { useHasRows } from "../session/row-queries.ts";
import { usePermissions } from "../session/use-session.ts";
import { FleetSection } from "./home/fleet-section.tsx";
import { IngestSection, OldestWritesSection } from "./home/ingest-section.tsx";
import { RowCounts } from "./home/row-counts.tsx";

const WAITING_SHOWN = 5;
const FAULTS_SHOWN = 5;

/** `/`. */
export function HomePage(): ReactNode {
  const { mayDecide } = usePermissions();
  return (
    <Page title="Home">
      <CountsRow />
      <FleetSection />
      <IngestSection />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Section title={mayDecide ? "Waiting for a decision" : "Your requests that wait"}>
          {FAMILIES.map((family) => (
            <WaitingRequests key={family} family={family} />
          ))}
        </Section>
        <Stack gap="lg">
          <OldestWritesSection />
          <Health />
          <Faults />
        </Stack>
      </SimpleGrid>
    </Page>
  );
}

function CountsRow(): ReactNode {
  const counts = useCounts();
  const hasRows = useHasRows();
  const { data } = counts;
  const figures = [
    ["Entities", data?.entities],
    ["Feature groups", data?.featureGroups],
    ["Features", data?.features],
    ["Stores", data?.stores],
    ["Jobs and clients", data?.jobs],
    ["Waiting requests", data?.waitingRequests],
  ] as const;
  return (
    <Stack gap="sm">
      {counts.isError ? (
        <QueryView query={counts} what="the counts">
          {() => null}
        </QueryView>
      ) : null}
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
        {figures.map(([name, value]) => (
          <Figure key={name} name={name} value={<Known value={value}>{formatNumber}</Known>} />
        ))}
      </SimpleGrid>
      {hasRows === true ? <RowCounts /> : null}
    </Stack>
  );
}

function WaitingRequests({ family }: { readonly family: (typeof FAMILIES)[number] }): ReactNode {
  const query = { status: "PENDING APPROVAL" as const, offset: 0, limit: WAITING_SHOWN };
  const waiting = useRequests(family, query);
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          {FAMILY_TITLES[family]}
        </Text>
        <TextLink to="/requests" search={{ family, status: query.status }} fz="sm">
          {waiting.data === undefined ? "all" : formatNumber(waiting.data.total)}
        </TextLink>
      </Group>
      <QueryView query={waiting} what={FAMILY_TITLES[family].toLowerCase()}>
        {({ requests }) =>
          requests.map((request) => <Waiting key={request.id} request={request} />)
        }
      </QueryView>
    </Stack>
  );
}

function Waiting({ request }: { readonly request: ChangeRequest }): ReactNode {
  const { kind, id, payload, createdAtMs } = request;
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <TextLink to="/requests/$kind/$id" params={{ kind, id: String(id) }} fz="sm" truncate>
        {KIND_TEXTS[kind].title}: {requestSubject(kind, payload)}
      </TextLink>
      <Text size="xs" c="dimmed">
        <When atMs={createdAtMs} />
      </Text>
    </Group>
  );
}

function Health(): ReactNode {
  const { health } = useApi();
  const report = useQuery({
    queryKey: ["health"],
    queryFn: ({ signal }) => health.ready(signal),
    refetchInterval: 15_000,
  });
  return (
    <Section title="Health">
      <QueryView query={report} what="health">
        {(loaded) => <HealthList report={loaded} />}
      </QueryView>
    </Section>
  );
}

function Faults(): ReactNode {
  const { catalog } = useApi();
  const faults = useQuery({
    queryKey: [KEYS.registry, "faults"],
    queryFn: ({ signal }) => catalog.faults(signal),
  });
  return (
    <Section title="Faults in the registry">
      <QueryView
        query={faults}
        what="faults"
        isEmpty={(all) => all.length === 0}
        empty={<Text size="sm">None: every node can be served.</Text>}
      >
        {(all) => (
          <Stack gap="xs">
            {all.slice(0, FAULTS_SHOWN).map(({ path, reason, disables }) => (
              <Text key={path} size="sm">
                <span className="mono long">{path}</span>: {reason}
                {disables === "nothing" ? "" : `; the ${disables} is not served`}
              </Text>
            ))}
            {all.length > FAULTS_SHOWN ? (
              <Text size="sm">and {all.length - FAULTS_SHOWN} more</Text>
            ) : null}
          </Stack>
        )}
      </QueryView>
    </Section>
  );
}
