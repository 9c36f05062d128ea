import { ActionIcon, Button, Fieldset, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { IconClipboardList, IconPlus, IconTrash } from "../../components/icons.tsx";
import { Pager } from "../../components/list-tools.tsx";
import { COLUMN_LINE_PARTS, parseColumnLines } from "../../model/column-lines.ts";
import { pageOf } from "../../model/paging.ts";
import { type ColumnDraft, EMPTY_COLUMN } from "../../model/row-drafts.ts";
import { COLUMN_TYPES, type ColumnType } from "../../model/rows.ts";
import { PasteLines } from "../paste-lines.tsx";
import type { FieldOf } from "../request-form.tsx";

/** Columns shown at a time: each has several inputs. */
const COLUMNS_SHOWN = 20;

const TYPES = Object.keys(COLUMN_TYPES);

function TypeOption({ type }: { readonly type: string }): ReactNode {
  return (
    <div>
      {type}
      <Text size="xs" c="dimmed">
        {COLUMN_TYPES[type as ColumnType]}
      </Text>
    </div>
  );
}

interface ColumnListProps {
  readonly legend: string;
  readonly columns: readonly ColumnDraft[];
  readonly onChange: (columns: ColumnDraft[]) => void;
  readonly field: FieldOf;
}

/** Columns of a form: one by one, or pasted from a spreadsheet. */
export function ColumnList({ legend, columns, onChange, field }: ColumnListProps): ReactNode {
  const [wanted, setWanted] = useState(1);
  const [isPasting, pasting] = useDisclosure(false);
  const { rows, page, total } = pageOf(columns, wanted, COLUMNS_SHOWN);
  const first = (page - 1) * COLUMNS_SHOWN;
  const append = (added: readonly ColumnDraft[]): void => {
    const all = [...columns.filter(({ name }) => name !== ""), ...added];
    onChange(all);
    setWanted(Math.ceil(all.length / COLUMNS_SHOWN));
  };
  const { error } = field("columns");
  return (
    <Fieldset legend={legend}>
      <Stack gap="xs">
        {rows.map((column, offset) => (
          <ColumnFields
            key={first + offset}
            index={first + offset}
            column={column}
            field={field}
            onRemove={() => onChange(columns.filter((_, other) => other !== first + offset))}
          />
        ))}
        {total > COLUMNS_SHOWN ? (
          <Pager page={page} total={total} pageSize={COLUMNS_SHOWN} onChange={setWanted} />
        ) : null}
        {error ? (
          <Text size="xs" c="red" role="alert">
            {error}
          </Text>
        ) : null}
        <Group gap="xs">
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} />}
            onClick={() => {
              onChange([...columns, EMPTY_COLUMN]);
              setWanted(Math.ceil((columns.length + 1) / COLUMNS_SHOWN));
            }}
          >
            Add a column
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
          noun="column"
          parts={COLUMN_LINE_PARTS}
          parse={(text) => {
            const { columns: drafts, faults } = parseColumnLines(text);
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

interface ColumnFieldsProps {
  readonly index: number;
  readonly column: ColumnDraft;
  readonly field: FieldOf;
  readonly onRemove: () => void;
}

function ColumnFields({ index, column, field, onRemove }: ColumnFieldsProps): ReactNode {
  const path = `columns.${index}`;
  const number = index + 1;
  return (
    <Group align="flex-start" gap="xs" wrap="nowrap" className="column-fields">
      <TextInput
        aria-label={`Name of column ${number}`}
        placeholder="Name"
        {...field(`${path}.name`)}
      />
      <Select
        aria-label={`Type of column ${number}`}
        placeholder="Type"
        data={TYPES}
        searchable
        allowDeselect={false}
        renderOption={({ option }) => <TypeOption type={option.value} />}
        comboboxProps={{ width: 240, position: "bottom-start" }}
        {...field(`${path}.type`)}
      />
      <TextInput
        aria-label={`Description of column ${number}`}
        placeholder="Description"
        {...field(`${path}.description`)}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        aria-label={`Remove column ${column.name || number}`}
        onClick={onRemove}
      >
        <IconTrash size={18} />
      </ActionIcon>
    </Group>
  );
}
