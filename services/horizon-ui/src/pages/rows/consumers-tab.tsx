import { Button, Group, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { IconPlus } from "../../components/icons.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { Section } from "../../components/section.tsx";
import type { Consumer } from "../../model/row-effects.ts";
import { ForApprovers } from "../../session/for-approvers.tsx";
import { useConsumers } from "../../session/row-queries.ts";
import { usePermissions } from "../../session/use-session.ts";
import {
  ConsumerCountDialog,
  OnboardDialog,
  PartitionsDialog,
  TopicDialog,
} from "./consumer-dialogs.tsx";

const COLUMNS: readonly Column<Consumer>[] = [
  { header: "Tenant", render: ({ tenant }) => <span className="mono">{tenant}</span> },
  { header: "Topic", render: ({ topic }) => <span className="mono long">{topic}</span> },
  {
    header: "Partitions",
    align: "right",
    render: (consumer) => <Partitions consumer={consumer} />,
  },
  { header: "Consumers", align: "right", render: ({ consumerCount }) => consumerCount },
];

/** What is registered, and what the topic has where that differs. */
export function Partitions({ consumer }: { readonly consumer: Consumer }): ReactNode {
  const { partitionCount, topicPartitionCount } = consumer;
  const isOther = topicPartitionCount !== undefined && topicPartitionCount !== partitionCount;
  return (
    <>
      {partitionCount}
      {isOther ? (
        <Text size="xs" c="red">
          the topic has {topicPartitionCount}
        </Text>
      ) : null}
    </>
  );
}

const DIALOGS = {
  count: ConsumerCountDialog,
  partitions: PartitionsDialog,
  topic: TopicDialog,
} as const;

interface Opened {
  readonly kind: keyof typeof DIALOGS;
  readonly consumer: Consumer;
}

/** How many consumers read the topic of each tenant. */
export function ConsumersTab(): ReactNode {
  const consumers = useConsumers();
  const [isOnboarding, setOnboarding] = useState(false);
  return (
    <Section
      title="Consumers"
      description="They store the rows of a tenant's topic. Tenants without one use default-tenant's."
      actions={
        <ForApprovers>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => setOnboarding(true)}
          >
            Give a tenant a topic
          </Button>
        </ForApprovers>
      }
    >
      <QueryView
        query={consumers}
        what="consumers"
        isEmpty={(all) => all.length === 0}
        empty={<EmptyState title="No tenant has a topic yet" />}
      >
        {(all) => <ConsumerTable consumers={all} />}
      </QueryView>
      {isOnboarding ? <OnboardDialog onClose={() => setOnboarding(false)} /> : null}
    </Section>
  );
}

function ConsumerTable({ consumers }: { readonly consumers: readonly Consumer[] }): ReactNode {
  const { mayDecide } = usePermissions();
  const [opened, setOpened] = useState<Opened>();
  const actions: Column<Consumer> = {
    header: "Change",
    align: "right",
    render: (consumer) => <Actions consumer={consumer} onOpen={setOpened} />,
  };
  const Dialog = opened === undefined ? undefined : DIALOGS[opened.kind];
  return (
    <>
      <DataTable
        caption="Consumers"
        columns={mayDecide ? [...COLUMNS, actions] : COLUMNS}
        rows={consumers}
        rowKey={({ tenant }) => tenant}
        minWidth={760}
      />
      {opened === undefined || Dialog === undefined ? null : (
        <Dialog consumer={opened.consumer} all={consumers} onClose={() => setOpened(undefined)} />
      )}
    </>
  );
}

const ACTIONS = [
  ["count", "Consumers…", "Change the consumers of"],
  ["partitions", "Partitions…", "Change the partitions of"],
  ["topic", "Topic…", "Change the topic of"],
] as const;

interface ActionsProps {
  readonly consumer: Consumer;
  readonly onOpen: (opened: Opened) => void;
}

function Actions({ consumer, onOpen }: ActionsProps): ReactNode {
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {ACTIONS.map(([kind, text, label]) => (
        <Button
          key={kind}
          variant="default"
          size="compact-sm"
          aria-label={`${label} ${consumer.tenant}`}
          onClick={() => onOpen({ kind, consumer })}
        >
          {text}
        </Button>
      ))}
    </Group>
  );
}
