import { SimpleGrid, Switch, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Effects } from "../../components/rows/effects.tsx";
import { WholeNumberField } from "../../components/rows/whole-number-field.tsx";
import { type Consumer, consumerCountEffects, partitionEffects } from "../../model/row-effects.ts";
import { topicList } from "../../model/tenant-list.ts";
import { useApi } from "../../session/api-context.ts";
import { rowsKey } from "../../session/row-queries.ts";

const PARTITIONS_SUGGESTED = 4;

interface ConsumerDialogProps {
  readonly consumer: Consumer;
  readonly all: readonly Consumer[];
  readonly onClose: () => void;
}

/** Changes how many consumers read a tenant's topic. */
export function ConsumerCountDialog({ consumer, onClose }: ConsumerDialogProps): ReactNode {
  const { tenants } = useApi();
  const { tenant, consumerCount } = consumer;
  const [count, setCount] = useState<number | string>(consumerCount);
  const [failure, setFailure] = useState<string>();
  const isChanged = count !== "" && Number(count) !== consumerCount;
  return (
    <ConfirmDialog
      title={`Consumers of ${tenant}`}
      action="Change"
      isDangerous={count === 0}
      isReady={isChanged}
      act={() => tenants.setConsumerCount(tenant, Number(count))}
      done={`${tenant} has ${count} consumers`}
      stale={rowsKey()}
      onFailure={setFailure}
      onClose={onClose}
    >
      <WholeNumberField
        label="Consumers"
        value={count}
        error={failure}
        onChange={(next) => {
          setCount(next);
          setFailure(undefined);
        }}
      />
      <Effects effects={count === "" ? [] : consumerCountEffects(consumer, Number(count))} />
    </ConfirmDialog>
  );
}

/** Lets a tenant's topic grow. */
export function PartitionsDialog({ consumer, all, onClose }: ConsumerDialogProps): ReactNode {
  const { tenants } = useApi();
  const { tenant, topic, partitionCount } = consumer;
  const [count, setCount] = useState<number | string>(partitionCount);
  const [failure, setFailure] = useState<string>();
  const isChanged = count !== "" && Number(count) !== partitionCount;
  return (
    <ConfirmDialog
      title={`Partitions of ${topic}`}
      action="Change"
      isDangerous
      isReady={isChanged}
      act={() => tenants.setPartitionCount(tenant, Number(count))}
      done={`${topic} has ${count} partitions`}
      stale={rowsKey()}
      onFailure={setFailure}
      onClose={onClose}
    >
      <WholeNumberField
        label="Partitions"
        min={1}
        value={count}
        error={failure}
        onChange={(next) => {
          setCount(next);
          setFailure(undefined);
        }}
      />
      <Effects effects={count === "" ? [] : partitionEffects(consumer, Number(count), all)} />
    </ConfirmDialog>
  );
}

/** Gives a tenant another topic that exists. */
export function TopicDialog({ consumer, all, onClose }: ConsumerDialogProps): ReactNode {
  const { tenants } = useApi();
  const { tenant, topic } = consumer;
  const [next, setNext] = useState(topic);
  const [failure, setFailure] = useState<string>();
  const known = topicList(all).find(({ name }) => name === next);
  const effects =
    next === topic
      ? ["Nothing changes."]
      : [
          `Producers send rows of ${tenant} to ${next || "the other topic"}, as soon as they ask again.`,
          `Consumers of ${tenant} read that topic, and ${topic} no longer: what still waits there is not stored.`,
          ...(known === undefined ? [] : [`It is used by ${known.tenants.join(", ")}, too.`]),
        ];
  return (
    <ConfirmDialog
      title={`Topic of ${tenant}`}
      action="Change"
      isDangerous
      isReady={next !== "" && next !== topic}
      act={() => tenants.setTopic(tenant, next)}
      done={`${tenant} uses ${next}`}
      stale={rowsKey()}
      onFailure={setFailure}
      onClose={onClose}
    >
      <TextInput
        label="Topic"
        description="It must exist"
        data-autofocus
        value={next}
        error={failure}
        onChange={(event) => {
          setNext(event.currentTarget.value.trim());
          setFailure(undefined);
        }}
      />
      <Effects effects={effects} />
    </ConfirmDialog>
  );
}

/** Gives a tenant its first topic. */
export function OnboardDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { tenants } = useApi();
  const [tenant, setTenant] = useState("");
  const [topic, setTopic] = useState("");
  const [count, setCount] = useState<number | string>(PARTITIONS_SUGGESTED);
  const [isMade, setMade] = useState(true);
  const [failure, setFailure] = useState<string>();
  const edit = (set: () => void): void => {
    set();
    setFailure(undefined);
  };
  const effects = isMade
    ? [
        `Topic ${topic || "…"} is made with ${count || "…"} partitions, and one consumer reads it.`,
        "A feature group must consume by this tenant already: move one first.",
      ]
    : [`Topic ${topic || "…"} is taken as it is; nothing is made. One consumer reads it.`];
  return (
    <ConfirmDialog
      title="Give a tenant a topic"
      action="Give"
      isReady={tenant !== "" && topic !== "" && count !== ""}
      act={() => (isMade ? tenants.onboard : tenants.register)(tenant, topic, Number(count))}
      done={`${tenant} has the topic ${topic}`}
      stale={rowsKey()}
      onFailure={setFailure}
      onClose={onClose}
    >
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <TextInput
          label="Tenant"
          data-autofocus
          value={tenant}
          error={failure}
          onChange={({ currentTarget: { value } }) => edit(() => setTenant(value.trim()))}
        />
        <TextInput
          label="Topic"
          value={topic}
          onChange={({ currentTarget: { value } }) => edit(() => setTopic(value.trim()))}
        />
        <WholeNumberField
          label="Partitions"
          min={1}
          value={count}
          error={undefined}
          onChange={(next) => edit(() => setCount(next))}
        />
      </SimpleGrid>
      <Switch
        label="Make the topic"
        checked={isMade}
        onChange={({ currentTarget: { checked } }) => edit(() => setMade(checked))}
      />
      <Effects effects={effects} />
    </ConfirmDialog>
  );
}
