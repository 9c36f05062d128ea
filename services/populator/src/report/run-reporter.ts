import { FeatureStoreError, type Logger } from "@ofs/platform";
import type { RegistryView } from "../messages/create-plan.ts";
import type { Run } from "../runs/model.ts";
import type { RunStore } from "../store/run-store.ts";

/** For the control plane to answer. */
const CALL_TIMEOUT_MS = 10_000;

/** Before a report that failed is tried again. */
const RETRY_MS = 30_000;

/** Characters of an error that the control plane keeps. */
const ERROR_LENGTH_MAX = 1_000;

export interface RunReporterOptions {
  readonly runs: RunStore;
  readonly registries: RegistryView;
  /** Of the row dialect's control plane; undefined: there is none, or not yet. */
  readonly adminUrl: () => string | undefined;
  readonly now: () => number;
  readonly log: Logger;
}

/** Tells the control plane of runs of the row dialect that ended, once each. */
export class RunReporter {
  readonly #options: RunReporterOptions;
  /** By run: when it may be tried again. */
  readonly #retryMs = new Map<string, number>();

  constructor(options: RunReporterOptions) {
    this.#options = options;
  }

  /** @throws {FeatureStoreError} if the database is away; a control plane that is away is tried again */
  async reportAll(signal: AbortSignal): Promise<void> {
    const { runs, now, log, adminUrl } = this.#options;
    const origin = adminUrl();
    if (origin === undefined) return;
    const ended = await runs.unreported();
    if (ended.length === 0) this.#retryMs.clear();
    for (const run of ended) {
      const { tableName, target } = run.spec;
      if (signal.aborted || now() < (this.#retryMs.get(tableName) ?? 0)) continue;
      try {
        if (target.dialect === "row") await this.#post(run, origin, signal);
        await runs.markReported(run);
      } catch (err) {
        this.#retryMs.set(tableName, now() + RETRY_MS);
        log.warn({ err, tableName }, "the control plane was not told of a run");
      }
    }
  }

  async #post(run: Run, origin: string, signal: AbortSignal): Promise<void> {
    const url = new URL("/feature-group/run-data", origin);
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: this.#bodyOf(run),
      signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]),
    });
    const text = await response.text();
    if (response.ok) return;
    // Reported before, and only the note of that was lost.
    if (text.includes("METASTORE-RUN-EXCEPTION") && text.includes("known already")) return;
    const reason = `${url.pathname} answered ${response.status}: ${text.slice(0, 300)}`;
    throw new FeatureStoreError("UNAVAILABLE", reason);
  }

  #bodyOf({ spec, state, progress, error, createdMs, updatedMs, samples }: Run): string {
    const { target, runId } = spec;
    if (target.dialect !== "row") throw new Error("only runs of the row dialect are reported");
    const { featureGroupName: name, featureGroupVersion } = target;
    const version = featureGroupVersion ?? this.#options.registries.catalog()?.latestVersion(name);
    const body = JSON.stringify({
      name,
      ...(version === undefined ? {} : { version }),
      runId,
      timeTaken: Math.round((updatedMs - createdMs) / 1_000),
      count: progress.sentCount,
      errorMessage: reportText(error, progress.rejectedCount, progress.sentBytes),
      status: state === "COMPLETED" ? "SUCCESS" : "FAILED",
    });
    // Samples are JSON already, and have numbers that JavaScript cannot hold.
    return `${body.slice(0, -1)},"sampleData":[${samples.join(",")}]}`;
  }
}

function reportText(error: string, rejectedCount: number, sentBytes: number): string {
  const counts =
    rejectedCount === 0 ? "" : `${rejectedCount} rows refused, ${sentBytes} bytes sent`;
  const parts = [error, counts].filter((part) => part !== "");
  return parts.join("; ").slice(0, ERROR_LENGTH_MAX);
}
