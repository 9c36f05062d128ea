import { type QueryKey, type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Creation, RowVersion } from "../api/rows.ts";
import type { Populator } from "../api/tenants.ts";
import type { Consumer } from "../model/row-effects.ts";
import type { RowEntity, RowGroup } from "../model/rows.ts";
import { useApi } from "./api-context.ts";

/** First part of the keys of all that the row dialect holds: a change makes it stale. */
export const ROWS_KEY = "rows";

const DIALECTS_STALE_MS = 600_000;
/** Between looks at what is being made, while there is something. */
const CREATION_INTERVAL_MS = 1_000;
/** And while there is nothing. */
const IDLE_INTERVAL_MS = 10_000;

export function rowsKey(...parts: readonly unknown[]): QueryKey {
  return [ROWS_KEY, ...parts];
}

/** Whether the row dialect is served here; undefined until that is known. */
export function useHasRows(): boolean | undefined {
  const { rows } = useApi();
  const query = useQuery({
    queryKey: ["dialects"],
    queryFn: ({ signal }) => rows.isServed(signal),
    staleTime: DIALECTS_STALE_MS,
  });
  return query.isError ? false : query.data;
}

export function useRowEntities(): UseQueryResult<RowEntity[]> {
  const { rows } = useApi();
  return useQuery({
    queryKey: rowsKey("entities"),
    queryFn: ({ signal }) => rows.entities(signal),
  });
}

/** All versions of all feature groups. */
export function useRowGroups(): UseQueryResult<RowGroup[]> {
  const { rows } = useApi();
  return useQuery({
    queryKey: rowsKey("groups"),
    queryFn: ({ signal }) => rows.groups(signal),
  });
}

export function useRowVersions(group: string): UseQueryResult<RowVersion[]> {
  const { rows } = useApi();
  return useQuery({
    queryKey: rowsKey("versions", group),
    queryFn: ({ signal }) => rows.versions(group, signal),
  });
}

interface CreationsOptions {
  /** Between looks; default: often while there is something, else seldom. */
  readonly intervalMs?: number;
}

/** What is PENDING, looked at again and again. */
export function useCreations({ intervalMs }: CreationsOptions = {}): UseQueryResult<Creation[]> {
  const { rows } = useApi();
  return useQuery({
    queryKey: rowsKey("creations"),
    queryFn: ({ signal }) => rows.creations(signal),
    refetchInterval: ({ state }) =>
      intervalMs ?? ((state.data?.length ?? 0) > 0 ? CREATION_INTERVAL_MS : IDLE_INTERVAL_MS),
  });
}

export function useConsumers(): UseQueryResult<Consumer[]> {
  const { tenants } = useApi();
  return useQuery({
    queryKey: rowsKey("consumers"),
    queryFn: ({ signal }) => tenants.consumers(signal),
  });
}

export function usePopulators(): UseQueryResult<Populator[]> {
  const { tenants } = useApi();
  return useQuery({
    queryKey: rowsKey("populators"),
    queryFn: ({ signal }) => tenants.populators(signal),
  });
}
