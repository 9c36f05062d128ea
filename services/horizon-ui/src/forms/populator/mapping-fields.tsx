import { Alert, Fieldset, List, Select, Stack, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { type ColumnChoice, type MappingTarget, mappingTroubles } from "../../model/run-drafts.ts";

/** Targets offered at a time: one types to find others. */
const SHOWN_MAX = 200;

interface MappingFieldsProps {
  readonly columns: readonly ColumnChoice[];
  /** undefined: not known (yet). */
  readonly targets: readonly MappingTarget[] | undefined;
  /** What the populator says of a column. */
  readonly errorOf: (column: string) => string | undefined;
  readonly onChange: (columns: ColumnChoice[]) => void;
}

/** Which column of the table goes where. */
export function MappingFields(props: MappingFieldsProps): ReactNode {
  const { columns, targets = [], errorOf, onChange } = props;
  if (columns.length === 0) {
    return (
      <Fieldset legend="Columns">
        <Text size="sm" c="dimmed">
          Every column must be named as a key or feature is. Read the table to choose where its
          columns go.
        </Text>
      </Fieldset>
    );
  }
  const troubles = mappingTroubles(columns, targets);
  const options = targets.map(({ target, type, isKey }) => ({
    value: target,
    label: `${target} (${isKey && type !== "key" ? `key, ${type}` : type})`,
  }));
  const choose = (at: number, target: string): void =>
    onChange(columns.map((each, index) => (index === at ? { ...each, target } : each)));
  return (
    <Fieldset legend="Columns">
      <Stack gap="xs">
        <Table verticalSpacing={6} aria-label="Columns of the table, and where they go">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Column</Table.Th>
              <Table.Th scope="col">Becomes</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {columns.map(({ column, type, target }, at) => (
              <Table.Tr key={column}>
                <Table.Td>
                  <span className="mono long">{column}</span>
                  <Text size="xs" c="dimmed" className="mono long">
                    {type}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Select
                    aria-label={`Target of ${column}`}
                    placeholder="is not sent"
                    data={options}
                    value={target === "" ? null : target}
                    error={errorOf(column)}
                    searchable
                    clearable
                    clearButtonProps={{ "aria-label": `Do not send ${column}` }}
                    limit={SHOWN_MAX}
                    onChange={(next) => choose(at, next ?? "")}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {troubles.length === 0 ? null : (
          <Alert color="yellow" p="xs" title="This will be refused">
            <List size="sm">
              {troubles.map((trouble) => (
                <List.Item key={trouble}>{trouble}</List.Item>
              ))}
            </List>
          </Alert>
        )}
      </Stack>
    </Fieldset>
  );
}
