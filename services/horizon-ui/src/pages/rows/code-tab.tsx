import { SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { CodeBlock } from "../../components/code-block.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { Section } from "../../components/section.tsx";
import { type RowSnippet, rowSnippetsFor } from "../../model/row-snippets.ts";
import type { RowEntity, RowGroup } from "../../model/rows.ts";
import { useApi } from "../../session/api-context.ts";
import { rowsKey } from "../../session/row-queries.ts";
import { SnippetTabs } from "../snippet-tabs.tsx";

const ROW_PORT = 8080;

/** Code that reads and writes one version of a feature group. */
export function CodeTab({ group }: { readonly group: RowGroup }): ReactNode {
  const { rows } = useApi();
  const entity = useQuery({
    queryKey: rowsKey("entity", group.entityName),
    queryFn: ({ signal }) => rows.entity(group.entityName, signal),
  });
  const topic = useQuery({
    queryKey: rowsKey("topic", group.name),
    queryFn: ({ signal }) => rows.topic(group.name, signal),
  });
  return (
    <QueryView query={entity} what="the entity">
      {(loaded) => (
        <Snippets
          entity={loaded}
          group={group}
          topic={topic.data !== undefined && "topic" in topic.data ? topic.data.topic : undefined}
        />
      )}
    </QueryView>
  );
}

interface SnippetsProps {
  readonly entity: RowEntity;
  readonly group: RowGroup;
  /** undefined: its rows go to none. */
  readonly topic: string | undefined;
}

function Snippets({ entity, group, topic }: SnippetsProps): ReactNode {
  const [address, setAddress] = useState(`http://${window.location.hostname}:${ROW_PORT}`);
  const [broker, setBroker] = useState("localhost:9092");
  const snippets = rowSnippetsFor({ address, broker, entity, group, topic });
  return (
    <Stack>
      <Section>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label="Address of the feature store"
            description="Where its api-server answers the row dialect"
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          {topic === undefined ? null : (
            <TextInput
              label="Kafka"
              description="One of its servers, as host:port"
              value={broker}
              onChange={(event) => setBroker(event.currentTarget.value)}
            />
          )}
        </SimpleGrid>
      </Section>
      <SnippetTabs snippets={snippets}>
        {(snippet) => <SnippetView snippet={snippet} />}
      </SnippetTabs>
    </Stack>
  );
}

function SnippetView({ snippet }: { readonly snippet: RowSnippet }): ReactNode {
  const { language, note, read, write } = snippet;
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {note}
      </Text>
      <Section title="Write" description="Columns that are left out keep their values.">
        <CodeBlock text={write} label={`Write with ${language}`} />
      </Section>
      {read === undefined ? null : (
        <Section title="Read">
          <CodeBlock text={read} label={`Read with ${language}`} />
        </Section>
      )}
    </Stack>
  );
}
