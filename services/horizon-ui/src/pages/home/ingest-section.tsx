import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { FleetState, LastWrite } from "../../api/fleet.ts";
import { Known } from "../../components/fleet/known.tsx";
import { TopicTable } from "../../components/fleet/topic-table.tsx";
import { TextLink } from "../../components/links.tsx";
import { Section } from "../../components/section.tsx";
import { When } from "../../components/when.tsx";
import { latestWrite } from "../../model/fleet.ts";
import { useFleet } from "../../session/fleet-queries.ts";

/** What comes in. Failures to load are told with the services. */
export function IngestSection(): ReactNode {
  const { data } = useFleet();
  if (data === undefined || data.instances.length === 0) return null;
  return (
    <Section title="Ingestion">
      <Topics ingest={data.ingest} />
    </Section>
  );
}

/** Which groups nothing comes in for. */
export function OldestWritesSection(): ReactNode {
  const writes = useFleet().data?.oldestWrites ?? [];
  if (writes.length === 0) return null;
  return (
    <Section
      title="Longest without a write"
      description="Of the groups that were written since the services started"
    >
      <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {writes.map((write) => (
          <OldestWrite key={`${write.entity}/${write.group}`} write={write} />
        ))}
      </Stack>
    </Section>
  );
}

function Topics({ ingest }: Pick<FleetState, "ingest">): ReactNode {
  if (ingest === null) return <Text size="sm">No consumer answers: nothing is known.</Text>;
  if (ingest.topics.length === 0) return <Text size="sm">No topic is read yet.</Text>;
  return <TopicTable ingest={ingest} />;
}

function OldestWrite({ write }: { readonly write: LastWrite }): ReactNode {
  const { entity, group } = write;
  return (
    <Text component="li" size="sm">
      <TextLink to="/discovery/$entity/$group" params={{ entity, group }}>
        {entity} / {group}
      </TextLink>{" "}
      <Text span inherit c="dimmed">
        <Known value={latestWrite(write)}>{(atMs) => <When atMs={atMs} />}</Known>
      </Text>
    </Text>
  );
}
