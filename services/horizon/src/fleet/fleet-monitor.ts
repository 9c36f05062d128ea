import { mapBounded } from "@ofs/platform";
import type { Probe } from "./probe.ts";
import { type CounterReading, continues, type Window, windowOf } from "./rates.ts";
import type { FleetTarget } from "./targets.ts";

/** How old an answer may be that somebody gets: viewers share one look at the fleet. */
const CACHE_MS = 2_000;

/** Rates are over so much time, or over what there is of it. */
const HISTORY_MS = 60_000;

/** Readings kept of an instance, at most: one every {@link CACHE_MS}. */
const HISTORY_COUNT_MAX = HISTORY_MS / CACHE_MS + 1;

/** Instances asked at the same time. */
const CONCURRENCY = 16;

/** One instance, as it was found. */
export interface InstanceObservation {
  readonly target: FleetTarget;
  readonly probe: Probe;
  /** What was counted lately; undefined with the first reading, and after a restart. */
  readonly window: Window | undefined;
}

/** The fleet at one time. */
export interface FleetObservation {
  /** Unix milliseconds. */
  readonly atMs: number;
  /** The registry's last change that was known before the instances were asked; undefined if none is. */
  readonly changeRevision: number | undefined;
  /** In the order of configuration. */
  readonly instances: readonly InstanceObservation[];
}

export interface FleetMonitorOptions {
  readonly targets: readonly FleetTarget[];
  /** Never rejects. */
  readonly probe: (target: FleetTarget) => Promise<Probe>;
  /** Of the registry's last change that is known here. */
  readonly changeRevision: () => number | undefined;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A clock that does not step. */
  readonly monotonicNow: () => number;
}

/** Looks at the fleet when it is asked to, and not else: without viewers there is no traffic. */
export class FleetMonitor {
  readonly #options: FleetMonitorOptions;
  /** Oldest first, of one run of its process. */
  readonly #histories = new Map<FleetTarget, CounterReading[]>();
  #last: { readonly observation: FleetObservation; readonly monotonicMs: number } | undefined;
  #running: Promise<FleetObservation> | undefined;

  constructor(options: FleetMonitorOptions) {
    this.#options = options;
  }

  /** Asks all instances, or answers what was found less than two seconds ago. Calls at the same time share one look. */
  observe(): Promise<FleetObservation> {
    const last = this.#last;
    if (last !== undefined && this.#options.monotonicNow() - last.monotonicMs < CACHE_MS) {
      return Promise.resolve(last.observation);
    }
    this.#running ??= this.#look().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #look(): Promise<FleetObservation> {
    const { targets, now, monotonicNow } = this.#options;
    const changeRevision = this.#options.changeRevision();
    const instances = await mapBounded(targets, CONCURRENCY, (target) => this.#observeOne(target));
    const observation = { atMs: now(), changeRevision, instances };
    this.#last = { observation, monotonicMs: monotonicNow() };
    return observation;
  }

  async #observeOne(target: FleetTarget): Promise<InstanceObservation> {
    const probe = await this.#options.probe(target);
    const { metrics } = probe;
    return { target, probe, window: metrics && this.#windowOf(target, metrics) };
  }

  /** Takes a reading in. @returns the window from the oldest reading that it goes on from */
  #windowOf(target: FleetTarget, { atMs, startedAtMs, counters }: CounterReading) {
    // Without what else was read: thousands of groups, maybe.
    const reading: CounterReading = { atMs, startedAtMs, counters };
    const known = this.#histories.get(target) ?? [];
    const recent = known.filter((older) => atMs - older.atMs <= HISTORY_MS);
    const last = recent.at(-1);
    const isContinued = last !== undefined && continues(last, reading);
    const history = isContinued ? recent.slice(-(HISTORY_COUNT_MAX - 1)) : [];
    const [oldest] = history;
    this.#histories.set(target, [...history, reading]);
    return oldest && windowOf(oldest, reading);
  }
}
