import { Table } from "@mantine/core";
import type { ReactNode } from "react";

export interface Column<Row> {
  /** Unique in the table, and its heading. */
  readonly header: string;
  readonly render: (row: Row) => ReactNode;
  readonly align?: "left" | "right";
  readonly width?: number | string;
}

interface DataTableProps<Row> {
  /** For those who do not see the table. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** In pixels: a narrower screen scrolls the table and not the page. */
  readonly minWidth?: number;
}

/** A table of rows that are here. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const { caption, columns, rows, rowKey, minWidth = 560 } = props;
  return (
    <Table.ScrollContainer
      minWidth={minWidth}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: "region", "aria-label": caption } }}
    >
      <Table verticalSpacing={8} highlightOnHover aria-label={caption}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ header, align, width }) => (
              <Table.Th key={header} scope="col" ta={align} w={width} fz="xs" c="dimmed">
                {header}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={rowKey(row)}>
              {columns.map(({ header, align, render }) => (
                <Table.Td key={header} ta={align} fz="sm">
                  {render(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
