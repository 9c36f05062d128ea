import { ActionIcon, Button, Fieldset, Group, Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { IconPlus, IconTrash } from "../components/icons.tsx";
import { QueryView } from "../components/query-view.tsx";
import {
  type CacheDraft,
  EMPTY_CACHE,
  type EntityDraft,
  entityPayload,
  type KeyDraft,
} from "../model/payloads.ts";
import { useCacheConfigs } from "../session/queries.ts";
import { CacheFields } from "./fields.tsx";
import { type FieldOf, RequestForm } from "./request-form.tsx";

type Configs = Readonly<Record<string, string>>;

/** `entity`. */
export function EntityForm(): ReactNode {
  const distributed = useCacheConfigs("distributed");
  const inMemory = useCacheConfigs("in-memory");
  return (
    <QueryView query={distributed} what="configured caches">
      {(distributedConfigs) => (
        <QueryView query={inMemory} what="configured caches">
          {(inMemoryConfigs) => (
            <EntityFields distributed={distributedConfigs} inMemory={inMemoryConfigs} />
          )}
        </QueryView>
      )}
    </QueryView>
  );
}

function EntityFields(props: {
  readonly distributed: Configs;
  readonly inMemory: Configs;
}): ReactNode {
  const { distributed, inMemory } = props;
  const initial: EntityDraft = {
    "entity-label": "",
    "key-map": [{ "entity-label": "", "column-label": "" }],
    "distributed-cache": firstCache(distributed),
    "in-memory-cache": firstCache(inMemory),
  };
  return (
    <RequestForm kind="entity" initial={initial} toPayload={entityPayload}>
      {(form, field) => (
        <>
          <TextInput
            label="Label"
            description="What callers name it: letters, digits, _ . and -"
            required
            {...field("entity-label")}
          />
          <KeyFields
            keys={form.values["key-map"]}
            onChange={(keys) => form.setFieldValue("key-map", keys)}
            field={field}
          />
          <CacheFields
            title="In-process cache"
            path="in-memory-cache"
            value={form.values["in-memory-cache"]}
            field={field}
            configs={inMemory}
          />
          <CacheFields
            title="Distributed cache"
            path="distributed-cache"
            value={form.values["distributed-cache"]}
            field={field}
            configs={distributed}
          />
        </>
      )}
    </RequestForm>
  );
}

function firstCache(configs: Configs): CacheDraft {
  return { ...EMPTY_CACHE, "conf-id": Object.keys(configs)[0] ?? "" };
}

interface KeyFieldsProps {
  readonly keys: readonly KeyDraft[];
  readonly onChange: (keys: KeyDraft[]) => void;
  readonly field: FieldOf;
}

function KeyFields({ keys, onChange, field }: KeyFieldsProps): ReactNode {
  return (
    <Fieldset legend="Keys, in order">
      <Text size="xs" c="dimmed" mb="xs">
        The values that identify one row. The column is where the database keeps it; empty: named
        like the key.
      </Text>
      {keys.map((_, index) => (
        <Group key={index} align="flex-start" gap="xs" mb="xs" wrap="nowrap">
          <TextInput
            flex={1}
            aria-label={`Name of key ${index + 1}`}
            placeholder="Key, such as user_id"
            {...field(`key-map.${index}.entity-label`)}
          />
          <TextInput
            flex={1}
            aria-label={`Column of key ${index + 1}`}
            placeholder="Column"
            {...field(`key-map.${index}.column-label`)}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={`Remove key ${index + 1}`}
            disabled={keys.length === 1}
            onClick={() => onChange(keys.filter((_, other) => other !== index))}
          >
            <IconTrash size={18} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} />}
        onClick={() => onChange([...keys, { "entity-label": "", "column-label": "" }])}
      >
        Add a key
      </Button>
    </Fieldset>
  );
}
