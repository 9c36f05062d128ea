import { Group, Pagination, Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { formatNumber } from "../model/format.ts";
import { PAGE_SIZE } from "../model/paging.ts";
import { IconSearch } from "./icons.tsx";

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Narrows the list below it. */
export function SearchField({ label, value, onChange }: SearchFieldProps): ReactNode {
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} />}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      w={{ base: "100%", xs: 320 }}
    />
  );
}

interface PagerProps {
  readonly page: number;
  readonly total: number;
  readonly onChange: (page: number) => void;
  readonly pageSize?: number;
}

/** How many rows there are, and the way to the others. */
export function Pager({ page, total, onChange, pageSize = PAGE_SIZE }: PagerProps): ReactNode {
  const pageCount = Math.max(1, Math.ceil(total / pageSize));
  const first = total === 0 ? 0 : (page - 1) * pageSize + 1;
  const last = Math.min(total, page * pageSize);
  return (
    <Group justify="space-between" gap="sm">
      <Text size="sm" c="dimmed" aria-live="polite">
        {formatNumber(first)}–{formatNumber(last)} of {formatNumber(total)}
      </Text>
      {pageCount === 1 ? null : (
        <Pagination
          total={pageCount}
          value={page}
          onChange={onChange}
          size="sm"
          getItemProps={(item) => ({ "aria-label": `Page ${item}` })}
          getControlProps={(control) => ({ "aria-label": `${control} page` })}
        />
      )}
    </Group>
  );
}
