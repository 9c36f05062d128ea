import { Alert, Button, Code, Group, List, Modal, Stack, Text, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { LINE_COLUMNS, parseFeatureLines } from "../model/feature-lines.ts";
import { formatCount } from "../model/format.ts";
import type { FeatureDraft } from "../model/payloads.ts";

/** Faults listed at a time: the rest is seen once these are mended. */
const FAULTS_SHOWN = 5;

interface PasteFeaturesProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onAdd: (features: readonly FeatureDraft[]) => void;
}

/** Many features at once, one a line. */
export function PasteFeatures({ isOpen, onClose, onAdd }: PasteFeaturesProps): ReactNode {
  const [text, setText] = useState("");
  const { features, faults } = parseFeatureLines(text);
  return (
    <Modal opened={isOpen} onClose={onClose} title="Paste features" size="lg">
      <Stack>
        <Text size="sm">
          One feature a line, columns separated by tabs (as spreadsheets copy them) or semicolons:
        </Text>
        <Code>{LINE_COLUMNS.join(" ; ")}</Code>
        <Textarea
          label="Lines"
          autosize
          minRows={8}
          maxRows={16}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        />
        {faults.length === 0 ? null : (
          <Alert
            color="red"
            title={formatCount(faults.length, "line cannot be read", "lines cannot be read")}
          >
            <List size="sm">
              {faults.slice(0, FAULTS_SHOWN).map((fault) => (
                <List.Item key={fault}>{fault}</List.Item>
              ))}
            </List>
          </Alert>
        )}
        <Group>
          <Button
            disabled={features.length === 0 || faults.length > 0}
            onClick={() => {
              onAdd(features);
              setText("");
              onClose();
            }}
          >
            Add {formatCount(features.length, "feature")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
