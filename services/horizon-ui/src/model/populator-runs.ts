import type { PopulatorRun, RunAction, RunState } from "../api/populator.ts";
import { searchRows } from "./paging.ts";

/** Rates are over this time, or what was seen of it. */
const WINDOW_MS = 60_000;
/** Two looks that are closer tell no rate. */
const SPAN_MS_MIN = 1_000;

/** States in which nothing happens until somebody acts. */
const ENDED: readonly RunState[] = ["COMPLETED", "FAILED", "CANCELLED"];

type Versions = Pick<
  PopulatorRun,
  "mode" | "follow" | "startVersion" | "currentVersion" | "endVersion"
>;

/** How far a run is, from 0 to 1; undefined where that is not known: it goes on for ever, or has not begun. */
export function shareOf(
  run: Versions & Pick<PopulatorRun, "state" | "doneShare">,
): number | undefined {
  if (run.state === "COMPLETED") return 1;
  const { startVersion, currentVersion, endVersion, doneShare = 0 } = run;
  if (currentVersion === undefined) return run.follow === "none" ? 0 : undefined;
  if (run.mode === "snapshot") return run.follow === "none" ? doneShare : undefined;
  if (startVersion === undefined || endVersion === undefined) return undefined;
  const versionCount = endVersion - startVersion + 1;
  return Math.min(1, (currentVersion - startVersion + doneShare) / versionCount);
}

/** `3 of 0–9`, `snapshot of 4`, `12, and what comes`. */
export function versionsText(run: Versions): string {
  const { startVersion, currentVersion, endVersion, mode, follow } = run;
  const current = currentVersion ?? "none yet";
  if (mode === "snapshot") {
    const text = `snapshot of ${currentVersion ?? endVersion ?? "the latest"}`;
    return follow === "none" ? text : `${text}, and what comes`;
  }
  if (endVersion === undefined) return `${current}, from ${startVersion ?? 0} on`;
  return `${current} of ${startVersion ?? 0}–${endVersion}`;
}

/** Where rows go: an entity, or a feature group and its version. */
export function targetText(
  run: Pick<
    PopulatorRun,
    "entityLabel" | "featureGroups" | "featureGroupName" | "featureGroupVersion"
  >,
): string {
  const { entityLabel, featureGroups, featureGroupName, featureGroupVersion } = run;
  if (featureGroupName !== undefined) {
    return `${featureGroupName} ${featureGroupVersion ?? "(latest version)"}`;
  }
  const groups = featureGroups === undefined ? "" : ` (${featureGroups.join(", ")})`;
  return `${entityLabel ?? ""}${groups}`;
}

/** What was seen of a run at one time. */
export interface Sighting {
  readonly atMs: number;
  /** Sent, refused and filtered rows, and deleted keys. */
  readonly rowCount: number;
  readonly share: number | undefined;
}

/** By name of the run and time of its beginning: another run of the name counts anew. */
export type Sightings = ReadonlyMap<string, readonly Sighting[]>;

export function sightingKey({ name, createdAt }: Pick<PopulatorRun, "name" | "createdAt">): string {
  return `${createdAt} ${name}`;
}

/** Notes what is seen now; what is older than a minute, or of runs that are gone, is forgotten. */
export function noteSightings(
  before: Sightings,
  runs: readonly PopulatorRun[],
  nowMs: number,
): Sightings {
  return new Map(
    runs.map((run) => {
      const key = sightingKey(run);
      const kept = (before.get(key) ?? []).filter(
        ({ atMs }) => atMs < nowMs && nowMs - atMs <= WINDOW_MS,
      );
      const rowCount = run.sentCount + run.rejectedCount + run.skippedCount + run.deletedCount;
      return [key, [...kept, { atMs: nowMs, rowCount, share: shareOf(run) }]] as const;
    }),
  );
}

/** What sightings tell of a run's speed. */
export interface Pace {
  readonly rowsPerSecond: number;
  /** undefined: it goes on for ever, or nothing moves. */
  readonly remainingSeconds: number | undefined;
}

/** @returns undefined where it is not known: nothing was seen twice, or the run does not run */
export function paceOf(
  run: Pick<PopulatorRun, "state">,
  sightings: readonly Sighting[] | undefined,
): Pace | undefined {
  const [first, last] = [sightings?.[0], sightings?.at(-1)];
  if (run.state !== "RUNNING" || first === undefined || last === undefined) return undefined;
  const spanMs = last.atMs - first.atMs;
  if (spanMs < SPAN_MS_MIN) return undefined;
  const rowsPerSecond = Math.max(0, ((last.rowCount - first.rowCount) / spanMs) * 1_000);
  if (first.share === undefined || last.share === undefined) {
    return { rowsPerSecond, remainingSeconds: undefined };
  }
  const sharePerMs = (last.share - first.share) / spanMs;
  if (sharePerMs <= 0) return { rowsPerSecond, remainingSeconds: undefined };
  const remainingSeconds = Math.ceil((1 - last.share) / sharePerMs / 1_000);
  return { rowsPerSecond, remainingSeconds };
}

/** `40 s`, `5 min`, `2 h 10 min`: about, since it is an estimate. */
export function remainingText(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** What may be done to a run in its state. */
export function actionsFor({ state }: Pick<PopulatorRun, "state">): RunAction[] {
  if (state === "PENDING" || state === "RUNNING") return ["pause", "cancel", "reset"];
  if (state === "PAUSED") return ["resume", "cancel", "reset"];
  return state === "FAILED" ? ["resume", "reset"] : ["reset"];
}

export function isEnded({ state }: Pick<PopulatorRun, "state">): boolean {
  return ENDED.includes(state);
}

export interface RunFilter {
  readonly text: string;
  /** undefined: all. */
  readonly state: RunState | undefined;
}

/** Runs in a state whose name, path or target has all words of the text. */
export function filterRuns(
  runs: readonly PopulatorRun[],
  filter: RunFilter,
): readonly PopulatorRun[] {
  const { text, state } = filter;
  const ofState = runs.filter((run) => state === undefined || run.state === state);
  return searchRows(ofState, text, (run) => [run.name, run.path, targetText(run)]);
}
