import {
  ActionIcon,
  Autocomplete,
  Button,
  Fieldset,
  Group,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import type { ReactNode } from "react";
import { IconPlus, IconTrash } from "../../components/icons.tsx";
import { FILTER_OPERATORS, type FilterDraft, takesValue } from "../../model/run-drafts.ts";
import type { FieldOf } from "../request-form.tsx";

const OPERATORS = FILTER_OPERATORS.map(([value, label]) => ({ value, label }));

interface FilterFieldsProps {
  readonly terms: readonly FilterDraft[];
  /** Of the table, as far as it is known. */
  readonly columns: readonly string[];
  readonly field: FieldOf;
  readonly onChange: (terms: FilterDraft[]) => void;
}

/** Conditions that rows must fulfil, all of them. */
export function FilterFields({ terms, columns, field, onChange }: FilterFieldsProps): ReactNode {
  const { error } = field("filter");
  return (
    <Fieldset legend="Filter">
      <Stack gap="xs">
        {terms.map((term, at) => (
          <Group key={at} align="flex-start" gap="xs" wrap="nowrap" className="column-fields">
            <Autocomplete
              aria-label={`Column of condition ${at + 1}`}
              placeholder="Column"
              data={[...columns]}
              {...field(`filter.${at}.column`)}
            />
            <Select
              aria-label={`Comparison of condition ${at + 1}`}
              data={OPERATORS}
              allowDeselect={false}
              {...field(`filter.${at}.operator`)}
            />
            {takesValue(term.operator) ? (
              <TextInput
                aria-label={`Value of condition ${at + 1}`}
                placeholder="Value"
                {...field(`filter.${at}.value`)}
              />
            ) : null}
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={`Remove condition ${at + 1}`}
              onClick={() => onChange(terms.filter((_, other) => other !== at))}
            >
              <IconTrash size={18} />
            </ActionIcon>
          </Group>
        ))}
        {error ? (
          <Text size="xs" c="red" role="alert">
            {error}
          </Text>
        ) : null}
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} />}
            onClick={() => onChange([...terms, { column: "", operator: "=", value: "" }])}
          >
            Add a condition
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
