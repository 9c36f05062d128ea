import { Button, Fieldset, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { IconClipboardList, IconPlus } from "../components/icons.tsx";
import { Pager } from "../components/list-tools.tsx";
import { LINE_COLUMNS, parseFeatureLines } from "../model/feature-lines.ts";
import { pageOf } from "../model/paging.ts";
import { EMPTY_FEATURE, type FeatureDraft } from "../model/payloads.ts";
import { FeatureFields } from "./feature-fields.tsx";
import { PasteLines } from "./paste-lines.tsx";
import type { FieldOf } from "./request-form.tsx";

/** Features shown at a time: each has several inputs. */
const FEATURES_SHOWN = 10;

interface FeatureListProps {
  readonly features: readonly FeatureDraft[];
  readonly onChange: (features: FeatureDraft[]) => void;
  readonly dataType: string;
  readonly field: FieldOf;
}

/** New features of a form: one by one, or pasted from a spreadsheet. */
export function FeatureList({ features, onChange, dataType, field }: FeatureListProps): ReactNode {
  const [wanted, setWanted] = useState(1);
  const [isPasting, pasting] = useDisclosure(false);
  const { rows, page, total } = pageOf(features, wanted, FEATURES_SHOWN);
  const first = (page - 1) * FEATURES_SHOWN;
  const append = (added: readonly FeatureDraft[]): void => {
    const all = [...features.filter((feature) => feature.labels !== ""), ...added];
    onChange(all);
    setWanted(Math.ceil(all.length / FEATURES_SHOWN));
  };
  return (
    <Fieldset legend="Features">
      <Stack gap="sm">
        {rows.map((feature, offset) => (
          <FeatureFields
            key={first + offset}
            index={first + offset}
            feature={feature}
            dataType={dataType}
            field={field}
            onRemove={() => onChange(features.filter((_, other) => other !== first + offset))}
          />
        ))}
        {total > FEATURES_SHOWN ? (
          <Pager page={page} total={total} pageSize={FEATURES_SHOWN} onChange={setWanted} />
        ) : null}
        {total === 0 ? (
          <Text size="sm" c="dimmed">
            None yet.
          </Text>
        ) : null}
        <Group gap="xs">
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} />}
            onClick={() => {
              onChange([...features, EMPTY_FEATURE]);
              setWanted(Math.ceil((features.length + 1) / FEATURES_SHOWN));
            }}
          >
            Add a feature
          </Button>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconClipboardList size={14} />}
            onClick={pasting.open}
          >
            Paste many
          </Button>
        </Group>
        <PasteLines
          noun="feature"
          parts={LINE_COLUMNS}
          parse={(text) => {
            const { features: drafts, faults } = parseFeatureLines(text);
            return { drafts, faults };
          }}
          isOpen={isPasting}
          onClose={pasting.close}
          onAdd={append}
        />
      </Stack>
    </Fieldset>
  );
}
