import type { CheckResult, Logger } from "@ofs/platform";

/** Something outside this process that answers pings. */
export interface Backend {
  /** Kind and configuration id, for example `scylla 1`. */
  readonly name: string;
  /** Whether the process is of no use before it has answered once. */
  readonly isRequired: boolean;
  /** @throws if it cannot be reached */
  ping(): Promise<void>;
}

export interface BackendStatus {
  readonly name: string;
  /** `connecting` until the first answer. */
  readonly state: "connecting" | "up" | "down";
  readonly error: string | undefined;
}

export interface MonitorTimes {
  /** Between pings of a backend that answers. */
  readonly intervalMs: number;
  /** After the first failure; doubles with each one. */
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  /** For one ping. */
  readonly timeoutMs: number;
}

const DEFAULT_TIMES: MonitorTimes = {
  intervalMs: 10_000,
  minBackoffMs: 250,
  maxBackoffMs: 5_000,
  timeoutMs: 15_000,
};

/**
 * Pings every backend again and again. A process is not ready before all required ones have answered once. One
 * that fails later is a warning only: calls that need it are answered UNAVAILABLE, and taking every process out of
 * service at once would help nobody.
 */
export class BackendMonitor {
  readonly #watched: Watched[];

  constructor(backends: readonly Backend[], log: Logger, times: Partial<MonitorTimes> = {}) {
    const all = { ...DEFAULT_TIMES, ...times };
    this.#watched = backends.map((backend) => new Watched(backend, log, all));
  }

  start(): void {
    for (const watched of this.#watched) watched.start();
  }

  /** After the start: resolves when each backend has answered or failed once, or the time is up. */
  async firstRound(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs).unref();
    });
    await Promise.race([Promise.all(this.#watched.map(({ firstPing }) => firstPing)), late]);
    clearTimeout(timer);
  }

  statuses(): readonly BackendStatus[] {
    return this.#watched.map((watched) => watched.status());
  }

  check(): CheckResult {
    const detail: Record<string, unknown> = {};
    for (const { name, state, error } of this.statuses()) {
      detail[name] = error === undefined ? { state } : { state, error };
    }
    if (this.#watched.some((watched) => watched.isMissing)) return { status: "failing", detail };
    const isUp = this.#watched.every((watched) => watched.status().state === "up");
    return { status: isUp ? "ok" : "warning", detail };
  }

  /** Ends the pinging, also a ping that is under way. */
  async close(): Promise<void> {
    await Promise.all(this.#watched.map((watched) => watched.stop()));
  }
}

class Watched {
  readonly #backend: Backend;
  readonly #log: Logger;
  readonly #times: MonitorTimes;
  #state: BackendStatus["state"] = "connecting";
  #error: string | undefined;
  #failureCount = 0;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #firstPing: Promise<void> | undefined;
  readonly #stopping = new AbortController();

  constructor(backend: Backend, log: Logger, times: MonitorTimes) {
    this.#backend = backend;
    this.#log = log;
    this.#times = times;
  }

  get isMissing(): boolean {
    return this.#backend.isRequired && this.#state === "connecting";
  }

  /** Never rejects. */
  get firstPing(): Promise<void> {
    return this.#firstPing ?? Promise.resolve();
  }

  status(): BackendStatus {
    return { name: this.#backend.name, state: this.#state, error: this.#error };
  }

  start(): void {
    this.#round = this.#ping();
    this.#firstPing ??= this.#round;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the monitor is closed"));
    clearTimeout(this.#timer);
    await this.#round;
  }

  /** Never rejects. */
  async #ping(): Promise<void> {
    try {
      await withinTime(this.#backend.ping(), this.#times.timeoutMs, this.#stopping.signal);
      this.#succeeded();
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#failed(error);
    }
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => this.start(), this.#pauseMs());
  }

  #succeeded(): void {
    const { name } = this.#backend;
    if (this.#state !== "up") this.#log.info({ backend: name }, "backend answers");
    this.#state = "up";
    this.#error = undefined;
    this.#failureCount = 0;
  }

  #failed(error: unknown): void {
    const { name } = this.#backend;
    if (this.#failureCount === 0) this.#log.warn({ err: error, backend: name }, "backend fails");
    if (this.#state === "up") this.#state = "down";
    this.#error = error instanceof Error ? error.message : String(error);
    this.#failureCount += 1;
  }

  #pauseMs(): number {
    if (this.#failureCount === 0) return this.#times.intervalMs;
    const doublings = Math.min(this.#failureCount - 1, 30);
    return Math.min(this.#times.minBackoffMs * 2 ** doublings, this.#times.maxBackoffMs);
  }
}

async function withinTime(
  work: Promise<void>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const ending = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const onLate = (): void => reject(new Error(`no answer within ${timeoutMs} ms`));
    const timer = setTimeout(onLate, timeoutMs);
    signal.addEventListener("abort", () => reject(signal.reason as Error), ending);
    ending.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  try {
    await Promise.race([work, late]);
  } finally {
    ending.abort();
  }
}
