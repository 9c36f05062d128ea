import { Alert, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { messageOf } from "../api/api-error.ts";
import { IconAlertTriangle, IconInbox } from "./icons.tsx";

const SKELETON_ROWS = ["a", "b", "c", "d"];

interface QueryViewProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** What is loaded, for the messages: "stores". */
  readonly what: string;
  /** Shown instead of the children if the data is empty. */
  readonly empty?: ReactNode;
  readonly isEmpty?: (data: Data) => boolean;
  readonly children: (data: Data) => ReactNode;
}

/** One of: loading, failed (with a way to try again), empty, there. */
export function QueryView<Data>(props: QueryViewProps<Data>): ReactNode {
  const { query, what, empty, isEmpty, children } = props;
  if (query.data !== undefined) {
    const shown = isEmpty?.(query.data) === true ? empty : children(query.data);
    if (!query.isError) return shown;
    return (
      <Stack>
        <Failure what={what} query={query} note="What is shown may be out of date." />
        {shown}
      </Stack>
    );
  }
  return query.isError ? <Failure what={what} query={query} /> : <Loading what={what} />;
}

function Failure<Data>({
  what,
  query,
  note,
}: {
  readonly what: string;
  readonly query: UseQueryResult<Data>;
  readonly note?: string;
}): ReactNode {
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={`Could not load ${what}`} role="alert">
      <Group justify="space-between" gap="sm">
        <Text size="sm">
          {messageOf(query.error)} {note}
        </Text>
        <Button
          size="xs"
          variant="default"
          loading={query.isFetching}
          onClick={() => void query.refetch()}
        >
          Try again
        </Button>
      </Group>
    </Alert>
  );
}

function Loading({ what }: { readonly what: string }): ReactNode {
  return (
    <Stack gap="xs" role="status" aria-label={`Loading ${what}`}>
      {SKELETON_ROWS.map((row) => (
        <Skeleton key={row} height={32} />
      ))}
    </Stack>
  );
}

interface EmptyStateProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** What to say where a list has nothing. */
export function EmptyState({ title, children, action }: EmptyStateProps): ReactNode {
  return (
    <Stack align="center" gap={6} py={40} px="md">
      <IconInbox size={32} stroke={1.4} color="var(--mantine-color-dimmed)" />
      <Text fw={600}>{title}</Text>
      {children === undefined ? null : (
        <Text size="sm" c="dimmed" ta="center" maw={460}>
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}
