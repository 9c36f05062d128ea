import { Button, SimpleGrid, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { IconPlus } from "../../components/icons.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { Effects } from "../../components/rows/effects.tsx";
import { WholeNumberField } from "../../components/rows/whole-number-field.tsx";
import { Section } from "../../components/section.tsx";
import { type TopicFacts, topicList } from "../../model/tenant-list.ts";
import { useApi } from "../../session/api-context.ts";
import { ForApprovers } from "../../session/for-approvers.tsx";
import { rowsKey, useConsumers } from "../../session/row-queries.ts";

const PARTITIONS_SUGGESTED = 4;

const COLUMNS: readonly Column<TopicFacts>[] = [
  { header: "Topic", render: ({ name }) => <span className="mono long">{name}</span> },
  { header: "Tenants", render: ({ tenants }) => tenants.join(", ") },
  {
    header: "Partitions registered",
    align: "right",
    render: ({ partitionCount }) => partitionCount,
  },
  {
    header: "Partitions in the log",
    align: "right",
    render: ({ actualPartitionCount, fault }) =>
      actualPartitionCount ?? (
        <Text size="sm" c="dimmed">
          not known: {fault}
        </Text>
      ),
  },
];

/** Topics that tenants use. */
export function TopicsTab(): ReactNode {
  const consumers = useConsumers();
  const [isMaking, setMaking] = useState(false);
  return (
    <Section
      title="Topics"
      description="Those that tenants use, and what the log itself says of them."
      actions={
        <ForApprovers>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => setMaking(true)}
          >
            New topic
          </Button>
        </ForApprovers>
      }
    >
      <QueryView
        query={consumers}
        what="topics"
        isEmpty={(all) => all.length === 0}
        empty={<EmptyState title="No tenant has a topic yet" />}
      >
        {(all) => (
          <DataTable
            caption="Topics"
            columns={COLUMNS}
            rows={topicList(all)}
            rowKey={({ name }) => name}
            minWidth={720}
          />
        )}
      </QueryView>
      {isMaking ? <NewTopicDialog onClose={() => setMaking(false)} /> : null}
    </Section>
  );
}

function NewTopicDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { tenants } = useApi();
  const [name, setName] = useState("");
  const [count, setCount] = useState<number | string>(PARTITIONS_SUGGESTED);
  const [failure, setFailure] = useState<string>();
  return (
    <ConfirmDialog
      title="New topic"
      action="Make it"
      isReady={name !== "" && count !== ""}
      act={() => tenants.createTopic(name, Number(count))}
      done={`Topic ${name} was made`}
      stale={rowsKey()}
      onFailure={setFailure}
      onClose={onClose}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Name"
          description="Letters, digits, dots, _ and -"
          data-autofocus
          value={name}
          error={failure}
          onChange={(event) => {
            setName(event.currentTarget.value.trim());
            setFailure(undefined);
          }}
        />
        <WholeNumberField
          label="Partitions"
          description="They can grow, and never shrink"
          min={1}
          value={count}
          error={undefined}
          onChange={(next) => {
            setCount(next);
            setFailure(undefined);
          }}
        />
      </SimpleGrid>
      <Effects
        effects={[
          "No tenant uses it yet, and it is listed here once one does: give it to one under Consumers.",
        ]}
      />
    </ConfirmDialog>
  );
}
