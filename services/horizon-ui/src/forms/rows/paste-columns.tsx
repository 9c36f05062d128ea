import { Alert, Button, Code, Group, List, Modal, Stack, Text, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { COLUMN_LINE_PARTS, parseColumnLines } from "../../model/column-lines.ts";
import { formatCount } from "../../model/format.ts";
import type { ColumnDraft } from "../../model/row-drafts.ts";

/** Faults listed at a time: the rest is seen once these are mended. */
const FAULTS_SHOWN = 5;

interface PasteColumnsProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onAdd: (columns: readonly ColumnDraft[]) => void;
}

/** Many columns at once, one a line. */
export function PasteColumns({ isOpen, onClose, onAdd }: PasteColumnsProps): ReactNode {
  const [text, setText] = useState("");
  const { columns, faults } = parseColumnLines(text);
  return (
    <Modal opened={isOpen} onClose={onClose} title="Paste columns" size="lg">
      <Stack>
        <Text size="sm">
          One column a line, parts separated by tabs (as spreadsheets copy them) or semicolons:
        </Text>
        <Code>{COLUMN_LINE_PARTS.join(" ; ")}</Code>
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
            disabled={columns.length === 0 || faults.length > 0}
            onClick={() => {
              onAdd(columns);
              setText("");
              onClose();
            }}
          >
            Add {formatCount(columns.length, "column")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
