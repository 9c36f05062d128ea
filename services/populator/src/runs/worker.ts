import { SinkError } from "@ofs/ingest";
import { FeatureStoreError, type Logger, type Span, type Tracer, traceFields } from "@ofs/platform";
import { runDeletes } from "../deletes/run-deletes.ts";
import type { WorkerSinks } from "../output/open-sinks.ts";
import { TracedSink } from "../output/traced-sink.ts";
import type { RunStore } from "../store/run-store.ts";
import { describeShard, FencedError } from "../store/shard-store.ts";
import type { Claims } from "./claims.ts";
import type { Run, Shard } from "./model.ts";
import { runShard, type ShardSurroundings } from "./run-shard.ts";
import type { TenantSlots } from "./slots.ts";

/** Tries of a shard that does not get on: for reasons that pass, and for others. */
const PASSING_TRIES = 10;
const LASTING_TRIES = 3;

/** Between tries: this, doubled each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Causes that a run's error names. */
const NAMED_CAUSES = 5;

export interface WorkerOptions extends Omit<ShardSurroundings, "sink" | "times"> {
  readonly id: string;
  readonly runs: RunStore;
  readonly claims: Claims;
  readonly slots: TenantSlots;
  /** Owners that were silent for so long may be gone. */
  readonly staleMs: number;
  readonly sinks: WorkerSinks;
  /** Something has ended: the planner may go on. */
  readonly onEnd: () => void;
  readonly log: Logger;
  /** undefined: nothing is traced. */
  readonly tracer?: Tracer | undefined;
}

/** Takes one shard after the other, of whatever run. */
export class Worker {
  readonly #options: WorkerOptions;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /**
   * Does one shard, if there is one that nobody has.
   *
   * @param signal ends the work where it is; others go on with it
   * @returns whether there may be more to do
   * @throws {FeatureStoreError} if database or claims are away
   */
  async work(signal: AbortSignal): Promise<boolean> {
    const { claims, shards, runs, staleMs } = this.#options;
    if (!claims.isHeld) return false;
    const fullTenants = new Set<string>();
    for (const shard of await shards.candidates(staleMs)) {
      if (signal.aborted) return false;
      const run = await runs.get(shard.tableName);
      if (run === undefined || run.generation !== shard.generation) continue;
      const tenant = run.spec.tenantName;
      if (fullTenants.has(tenant)) continue;
      const outcome = await this.#workFor(run, shard, signal);
      if (outcome === "worked") return true;
      if (outcome === "tenant-full") fullTenants.add(tenant);
    }
    return false;
  }

  async #workFor(
    run: Run,
    shard: Shard,
    signal: AbortSignal,
  ): Promise<"worked" | "taken" | "tenant-full"> {
    const { claims, slots } = this.#options;
    const slot = await slots.take(run.spec.tenantName);
    if (slot === undefined) return "tenant-full";
    try {
      const table = encodeURIComponent(shard.tableName);
      const path = `populator-shards/${table}/${shard.version}/${shard.number}`;
      if (!(await claims.claim(path))) return "taken";
      try {
        return (await this.#own(run, shard, signal)) ? "worked" : "taken";
      } finally {
        await claims.release(path);
      }
    } finally {
      await slot.release();
    }
  }

  async #own(run: Run, shard: Shard, signal: AbortSignal): Promise<boolean> {
    const { id, shards, metrics, onEnd } = this.#options;
    const owned = await shards.acquire(shard, id);
    if (owned === undefined) return false;
    metrics.busy(1);
    try {
      await this.#process(run, owned, signal);
    } finally {
      metrics.busy(-1);
      onEnd();
    }
    return true;
  }

  async #process(run: Run, shard: Shard, signal: AbortSignal): Promise<void> {
    const { shards, metrics, workMetrics, log, sinks } = this.#options;
    const span = this.#startSpan(run, shard);
    const times = workMetrics.began();
    let failure: unknown;
    try {
      const plain = sinks[run.spec.target.dialect];
      const sink = span === undefined ? plain : new TracedSink(plain, span);
      const runIt = shard.file.kind === "deletes" ? runDeletes : runShard;
      const outcome = await runIt(run.spec, shard, { ...this.#options, sink, times }, signal);
      metrics.ended(outcome);
      if (outcome === "done") return;
      await shards.release(shard);
      if (outcome === "too-many-rejects") await this.#failRun(run);
    } catch (error) {
      failure = error;
      if (error instanceof FencedError) {
        metrics.ended("fenced");
        const about = { shard: describeShard(shard), ...traceFields(span) };
        log.info(about, "a shard is another's by now");
      } else if (signal.aborted) {
        metrics.ended("stopped");
        await shards.release(shard, true);
      } else {
        await this.#failShard(shard, error, span);
      }
    } finally {
      workMetrics.ended(times);
      span?.end(failure);
    }
  }

  #startSpan({ spec }: Run, { file, number, version }: Shard): Span | undefined {
    return this.#options.tracer?.keep()?.start(`populate ${spec.tableName}`, "internal", {
      attributes: {
        "ofs.table": spec.tableName,
        "ofs.run_id": spec.runId,
        "ofs.table.version": version,
        "ofs.shard": number,
        "ofs.shard.kind": file.kind ?? "rows",
      },
    });
  }

  async #failShard(shard: Shard, error: unknown, span: Span | undefined): Promise<void> {
    const { shards, metrics, log } = this.#options;
    const tries = isPassing(error) ? PASSING_TRIES : LASTING_TRIES;
    const message = error instanceof Error ? error.message : String(error);
    const about = { shard: describeShard(shard), ...traceFields(span) };
    log.warn({ err: error, ...about }, "a shard failed");
    metrics.ended("failed");
    await shards.fail(shard, `${shard.file.path}: ${message}`, (failureCount) =>
      failureCount >= tries
        ? undefined
        : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failureCount - 1)),
    );
  }

  async #failRun(run: Run): Promise<void> {
    const { shards, runs } = this.#options;
    const { maxRejects, tableName } = run.spec;
    const causes = await shards.rejects(tableName, run.generation);
    const named = causes.slice(0, NAMED_CAUSES).map(({ cause, rowCount, samples }) => {
      const example = samples[0] === undefined ? "" : `, for example ${samples[0].reason}`;
      return `${cause}: ${rowCount} rows${example}`;
    });
    const error = `more than ${maxRejects} rows cannot be sent (${named.join("; ")})`;
    await runs.change(run, ["RUNNING", "PENDING"], { state: "FAILED", error });
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof SinkError) return error.code === "UNAVAILABLE";
  return error instanceof FeatureStoreError && error.isRetryable;
}
