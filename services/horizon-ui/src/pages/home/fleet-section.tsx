import { Group, SimpleGrid, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { FleetState } from "../../api/fleet.ts";
import { Figure } from "../../components/fleet/figure.tsx";
import { InstanceTable } from "../../components/fleet/instance-table.tsx";
import { Known } from "../../components/fleet/known.tsx";
import { VerdictBadge } from "../../components/fleet/verdict-badge.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { Section } from "../../components/section.tsx";
import { When } from "../../components/when.tsx";
import {
  failureRate,
  fleetVerdict,
  formatRate,
  formatRatio,
  formatSeconds,
  registryVerdict,
  tierName,
  totalLag,
} from "../../model/fleet.ts";
import { formatNumber } from "../../model/format.ts";
import { useFleet } from "../../session/fleet-queries.ts";

/** The services, and what they do now. */
export function FleetSection(): ReactNode {
  const fleet = useFleet();
  return (
    <Section title="Services">
      <QueryView
        query={fleet}
        what="the state of the services"
        isEmpty={({ instances }) => instances.length === 0}
        empty={<NotConfigured />}
      >
        {(state) => <Fleet state={state} />}
      </QueryView>
    </Section>
  );
}

function NotConfigured(): ReactNode {
  return (
    <EmptyState title="No services are configured">
      Name the api-servers and consumers in HORIZON_FLEET_SERVICES, and this page shows how they do.
    </EmptyState>
  );
}

function Fleet({ state }: { readonly state: FleetState }): ReactNode {
  const registry = registryVerdict(state.instances);
  return (
    <Stack gap="md">
      <Group gap="md">
        <VerdictBadge verdict={fleetVerdict(state.instances)} />
        {registry === undefined ? null : <VerdictBadge verdict={registry} />}
        <Text size="xs" c="dimmed">
          Checked <When atMs={state.checkedAtMs} />
          {state.windowSeconds === null
            ? "; rates are there in a few seconds"
            : `; rates over the last ${Math.round(state.windowSeconds)} s`}
        </Text>
      </Group>
      <Figures state={state} />
      <InstanceTable instances={state.instances} />
    </Stack>
  );
}

function Figures({ state }: { readonly state: FleetState }): ReactNode {
  const { reads, writes, caches, ingest } = state;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
      <Figure
        name="Reads"
        value={<Known value={reads?.perSecond}>{formatRate}</Known>}
        note={
          <>
            writes <Known value={writes?.perSecond}>{formatRate}</Known>
          </>
        }
      />
      <Figure
        name="Read time, p99"
        value={<Known value={reads?.p99Seconds}>{formatSeconds}</Known>}
        {...(typeof reads?.p50Seconds === "number"
          ? { note: `half of them within ${formatSeconds(reads.p50Seconds)}` }
          : {})}
      />
      <Figure name="Failures" value={<Known value={failureRate(state)}>{formatRate}</Known>} />
      <Caches caches={caches} />
      <Figure
        name="Ingest lag"
        value={<Known value={totalLag(state)}>{formatNumber}</Known>}
        note="records, over all topics"
      />
      <Figure
        name="Rows ingested"
        value={<Known value={ingest?.rowsPerSecond}>{formatRate}</Known>}
      />
    </SimpleGrid>
  );
}

/** The first tier, large; the others below. */
function Caches({ caches }: Pick<FleetState, "caches">): ReactNode {
  const [first, ...others] = caches;
  const name = first === undefined ? "Cache hits" : `${tierName(first.tier)}, hits`;
  const note = others.map(({ tier, hitRatio }) => (
    <Text key={tier} span inherit display="block">
      {tierName(tier)} <Known value={hitRatio}>{formatRatio}</Known>
    </Text>
  ));
  return (
    <Figure
      name={name}
      value={<Known value={first?.hitRatio}>{formatRatio}</Known>}
      {...(others.length === 0 ? {} : { note })}
    />
  );
}
