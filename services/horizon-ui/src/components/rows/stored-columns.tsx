import { Badge, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { StoredColumn } from "../../api/row-schemas.ts";
import { type Column, DataTable } from "../data-table.tsx";
import { Tags } from "./tags.tsx";

const ROLES: Readonly<Record<StoredColumn["role"], { color: string; text: string }>> = {
  "partition-key": { color: "horizon", text: "partition key" },
  "clustering-key": { color: "horizon", text: "clustering key" },
  shared: { color: "gray", text: "shared" },
  own: { color: "blue", text: "feature" },
};

const COLUMNS: readonly Column<StoredColumn>[] = [
  { header: "Column", render: ({ name }) => <span className="mono">{name}</span> },
  {
    header: "Role",
    render: ({ role }) => (
      <Badge color={ROLES[role].color} variant="light" tt="none" fw={500} miw="max-content">
        {ROLES[role].text}
      </Badge>
    ),
  },
  {
    header: "Stored as",
    render: ({ storedAs, storageType }) => (
      <span className="mono long">
        {storedAs} {storageType}
      </span>
    ),
  },
];

const TYPE: Column<StoredColumn> = {
  header: "Type",
  render: ({ type }) => <span className="mono">{type}</span>,
};

const DESCRIPTION: Column<StoredColumn> = {
  header: "Description",
  render: ({ description, tags }) => (
    <>
      <Text size="sm" className="long">
        {description || (tags.length === 0 ? "–" : "")}
      </Text>
      {tags.length === 0 ? null : <Tags tags={tags} />}
    </>
  ),
};

interface StoredColumnsProps {
  readonly caption: string;
  readonly columns: readonly StoredColumn[];
  /** In a narrow place: what is stored, and no more. */
  readonly isShort?: boolean;
}

/** Columns with their types, and where their values are. */
export function StoredColumns({
  caption,
  columns,
  isShort = false,
}: StoredColumnsProps): ReactNode {
  return (
    <DataTable
      caption={caption}
      columns={isShort ? COLUMNS : [...COLUMNS.toSpliced(2, 0, TYPE), DESCRIPTION]}
      rows={columns}
      rowKey={({ storedAs }) => storedAs}
      minWidth={isShort ? 300 : 720}
    />
  );
}
