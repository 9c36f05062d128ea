import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import type { PopulatorRun, RunDetail, RunFile } from "../api/populator.ts";
import { isEnded, noteSightings, type Sightings } from "../model/populator-runs.ts";
import { useApi } from "./api-context.ts";

/** First part of the keys of all that the populator tells: an action makes it stale. */
export const POPULATOR_KEY = "populator";

/** Between looks at what goes on, as long as somebody sees it. */
const RUNS_INTERVAL_MS = 3_000;
/** And at a run that has ended. */
const ENDED_INTERVAL_MS = 15_000;
/** Files listed: those that failed and those under way come first. */
export const FILES_SHOWN = 200;

export function usePopulatorRuns(): UseQueryResult<PopulatorRun[]> {
  const { populator } = useApi();
  return useQuery({
    queryKey: [POPULATOR_KEY, "runs"],
    queryFn: ({ signal }) => populator.runs(signal),
    refetchInterval: RUNS_INTERVAL_MS,
  });
}

export function usePopulatorRun(name: string): UseQueryResult<RunDetail> {
  const { populator } = useApi();
  return useQuery({
    queryKey: [POPULATOR_KEY, "run", name],
    queryFn: ({ signal }) => populator.run(name, signal),
    refetchInterval: ({ state }) => intervalFor(state.data),
  });
}

/** @param run whose files they are: what has ended is looked at less often */
export function useRunFiles(run: RunDetail): UseQueryResult<RunFile[]> {
  const { populator } = useApi();
  return useQuery({
    queryKey: [POPULATOR_KEY, "files", run.name],
    queryFn: ({ signal }) => populator.files(run.name, FILES_SHOWN, signal),
    refetchInterval: intervalFor(run),
  });
}

function intervalFor(run: Pick<PopulatorRun, "state"> | undefined): number {
  return run !== undefined && isEnded(run) ? ENDED_INTERVAL_MS : RUNS_INTERVAL_MS;
}

/** What was seen of runs within the last minute, for their pace. */
export function useSightings(
  runs: readonly PopulatorRun[] | undefined,
  updatedAtMs: number,
): Sightings {
  const kept = useRef<{ atMs: number; sightings: Sightings }>({ atMs: 0, sightings: new Map() });
  if (runs !== undefined && updatedAtMs > kept.current.atMs) {
    const sightings = noteSightings(kept.current.sightings, runs, updatedAtMs);
    kept.current = { atMs: updatedAtMs, sightings };
  }
  return kept.current.sightings;
}
