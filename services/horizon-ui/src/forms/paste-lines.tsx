import { Alert, Button, Code, Group, List, Modal, Stack, Text, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { formatCount } from "../model/format.ts";

/** Faults listed at a time: the rest is seen once these are mended. */
const FAULTS_SHOWN = 5;

interface PasteLinesProps<Draft> {
  /** What a line tells of, such as `feature`. */
  readonly noun: string;
  /** Names of a line's parts, in order. */
  readonly parts: readonly string[];
  readonly parse: (text: string) => {
    readonly drafts: readonly Draft[];
    readonly faults: readonly string[];
  };
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onAdd: (drafts: readonly Draft[]) => void;
}

/** Many features or columns at once, one a line. */
export function PasteLines<Draft>(props: PasteLinesProps<Draft>): ReactNode {
  const { noun, parts, parse, isOpen, onClose, onAdd } = props;
  const [text, setText] = useState("");
  const { drafts, faults } = parse(text);
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Paste ${noun}s`} size="lg">
      <Stack>
        <Text size="sm">
          One {noun} a line, parts separated by tabs (as spreadsheets copy them) or semicolons:
        </Text>
        <Code>{parts.join(" ; ")}</Code>
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
            disabled={drafts.length === 0 || faults.length > 0}
            onClick={() => {
              onAdd(drafts);
              setText("");
              onClose();
            }}
          >
            Add {formatCount(drafts.length, noun)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
