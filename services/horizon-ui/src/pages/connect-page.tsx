import { SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { CodeBlock } from "../components/code-block.tsx";
import { Page } from "../components/page.tsx";
import { EmptyState, QueryView } from "../components/query-view.tsx";
import { Section } from "../components/section.tsx";
import type { EntityFacts, GroupFacts } from "../model/registry.ts";
import { type Snippet, snippetsFor } from "../model/snippets.ts";
import { useEntities, useGroups } from "../session/queries.ts";
import { GroupPicker } from "./group-picker.tsx";
import { SnippetTabs } from "./snippet-tabs.tsx";

const DATA_PLANE_PORT = 8089;

/** `/connect`. */
export function ConnectPage(): ReactNode {
  const { entity = "", group = "" } = useSearch({ from: "/shell/connect" });
  const navigate = useNavigate();
  const entities = useEntities();
  const groups = useGroups(entity);
  const facts = entities.data?.find(({ label }) => label === entity);
  return (
    <Page
      title="Read and write"
      description="Code for one feature group, with its real names. Choose a group, then copy."
    >
      <Section>
        <GroupPicker
          entity={entity}
          group={group}
          onChange={(choice) => void navigate({ to: "/connect", search: choice, replace: true })}
        />
      </Section>
      {facts === undefined || group === "" ? (
        <EmptyState title="Choose an entity and a feature group" />
      ) : (
        <QueryView query={groups} what="the feature group">
          {(all) => {
            const chosen = all.find(({ label }) => label === group);
            if (chosen === undefined)
              return <EmptyState title={`${entity} has no group ${group}`} />;
            return <Snippets entity={facts} group={chosen} />;
          }}
        </QueryView>
      )}
    </Page>
  );
}

interface SnippetsProps {
  readonly entity: EntityFacts;
  readonly group: GroupFacts;
}

function Snippets({ entity, group }: SnippetsProps): ReactNode {
  const [address, setAddress] = useState(`${window.location.hostname}:${DATA_PLANE_PORT}`);
  const [callerId, setCallerId] = useState("my-service");
  const snippets = snippetsFor({
    address,
    callerId,
    entity: entity.label,
    keys: entity.keys.map(({ label }) => label),
    group: group.label,
    dataType: group.dataType,
    features: group.features,
  });
  return (
    <Stack>
      <Section>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label="Address of the feature store"
            description="Where its api-server listens, as host:port"
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <TextInput
            label="Id of your client"
            description="A reader that was approved under Jobs and tokens"
            value={callerId}
            onChange={(event) => setCallerId(event.currentTarget.value)}
          />
        </SimpleGrid>
      </Section>
      <SnippetTabs snippets={snippets}>
        {(snippet) => <SnippetView snippet={snippet} />}
      </SnippetTabs>
    </Stack>
  );
}

function SnippetView({ snippet }: { readonly snippet: Snippet }): ReactNode {
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {snippet.note}
      </Text>
      <Section title="Read">
        <CodeBlock text={snippet.read} label={`Read with ${snippet.language}`} />
      </Section>
      <Section
        title="Write"
        description="A write replaces the whole group of a row: features that are left out take their defaults."
      >
        <CodeBlock text={snippet.write} label={`Write with ${snippet.language}`} />
      </Section>
    </Stack>
  );
}
