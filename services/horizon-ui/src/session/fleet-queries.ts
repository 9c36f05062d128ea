import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Counts, FleetState, LastWrites } from "../api/fleet.ts";
import { useApi } from "./api-context.ts";
import { KEYS } from "./queries.ts";

/** Pages that show states look again by themselves, as long as somebody sees them. */
const STATE_INTERVAL_MS = 5_000;
const COUNTS_INTERVAL_MS = 15_000;
const LAST_WRITES_INTERVAL_MS = 15_000;

/** How the services do, now. */
export function useFleet(): UseQueryResult<FleetState> {
  const { fleet } = useApi();
  return useQuery({
    queryKey: ["fleet", "state"],
    queryFn: ({ signal }) => fleet.state(signal),
    refetchInterval: STATE_INTERVAL_MS,
  });
}

/** When the feature groups of an entity were last written. */
export function useLastWrites(entity: string): UseQueryResult<LastWrites> {
  const { fleet } = useApi();
  return useQuery({
    queryKey: ["fleet", "last-writes", entity],
    queryFn: ({ signal }) => fleet.lastWrites(entity, signal),
    refetchInterval: LAST_WRITES_INTERVAL_MS,
  });
}

/** How much there is of everything; a change makes it stale, as it does the registry and the requests. */
export function useCounts(): UseQueryResult<Counts> {
  const { fleet } = useApi();
  return useQuery({
    queryKey: [KEYS.registry, "counts"],
    queryFn: ({ signal }) => fleet.counts(signal),
    refetchInterval: COUNTS_INTERVAL_MS,
  });
}
