import { FeatureStoreError } from "@ofs/platform";
import type { BreakerConfig } from "@ofs/registry";
import { type BreakerRule, createRule, isSameRule } from "./breaker-rule.ts";
import { FailureWindow } from "./failure-window.ts";

/**
 * - `closed`: everything passes; too many failures in the window open it.
 * - `open`: everything is refused, until the open time has passed.
 * - `half-open`: a limited number of trials passes; enough successes close it, too many failures open it.
 */
export type BreakerState = "closed" | "open" | "half-open";

export interface CircuitBreakerOptions {
  /** Key in the settings, also its name in messages: `distributed_cache_retrieval`. */
  readonly key: string;
  readonly config: BreakerConfig | undefined;
  /** Milliseconds of a clock that does not step. */
  readonly now: () => number;
  readonly onStateChange?: (state: BreakerState, previous: BreakerState) => void;
}

/** Stops calls to something that mostly fails, and lets them try again after a while. */
export class CircuitBreaker {
  readonly #key: string;
  readonly #now: () => number;
  readonly #onStateChange: CircuitBreakerOptions["onStateChange"];
  #rule: BreakerRule;
  #state: BreakerState;
  /** Counts state changes, so that an execution counts only in the state that it began in. */
  #epoch = 0;
  #window: FailureWindow;
  #openedAtMs = 0;
  #trialCount = 0;
  #trialSuccessCount = 0;
  #trialFailureCount = 0;

  constructor({ key, config, now, onStateChange }: CircuitBreakerOptions) {
    this.#key = key;
    this.#now = now;
    this.#onStateChange = onStateChange;
    this.#rule = createRule(config, key);
    this.#state = initialState(this.#rule);
    this.#window = new FailureWindow(this.#rule.windowMs);
  }

  /** An open breaker whose time has passed is half-open from its next execution on. */
  get state(): BreakerState {
    return this.#state;
  }

  /** Takes new settings. Unchanged ones keep state and counts; changed ones begin afresh. */
  configure(config: BreakerConfig | undefined): void {
    const rule = createRule(config, this.#key);
    if (isSameRule(rule, this.#rule)) return;
    this.#rule = rule;
    this.#enter(initialState(rule));
  }

  /**
   * Does the work if it may; its rejection counts as a failure.
   *
   * @throws {FeatureStoreError} UNAVAILABLE at once if the breaker refuses
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const epoch = this.#admit();
    if (epoch === undefined) {
      throw new FeatureStoreError("UNAVAILABLE", `circuit breaker ${this.#key} is open`);
    }
    try {
      const result = await work();
      this.#record(epoch, true);
      return result;
    } catch (error) {
      this.#record(epoch, false);
      throw error;
    }
  }

  /** @returns the epoch that the execution belongs to, or undefined if it is refused */
  #admit(): number | undefined {
    if (this.#rule.mode !== "automatic")
      return this.#rule.mode === "open" ? undefined : this.#epoch;
    if (this.#state === "closed") return this.#epoch;
    if (this.#state === "open") {
      if (this.#now() - this.#openedAtMs < this.#rule.openMs) return undefined;
      this.#enter("half-open");
    }
    if (this.#trialCount >= this.#rule.trialCount) return undefined;
    this.#trialCount += 1;
    return this.#epoch;
  }

  #record(epoch: number, isSuccess: boolean): void {
    if (epoch !== this.#epoch || this.#rule.mode !== "automatic") return;
    if (this.#state === "half-open") this.#recordTrial(isSuccess);
    else this.#recordClosed(isSuccess);
  }

  #recordClosed(isSuccess: boolean): void {
    const nowMs = this.#now();
    this.#window.record(isSuccess, nowMs);
    const rate = this.#window.failureRate(nowMs);
    if (
      rate > 0 &&
      rate >= this.#rule.failureRateThreshold &&
      this.#window.executionCount(nowMs) >= this.#rule.minimumExecutions
    ) {
      this.#enter("open");
    }
  }

  #recordTrial(isSuccess: boolean): void {
    const { successThreshold, trialCount } = this.#rule;
    if (isSuccess) this.#trialSuccessCount += 1;
    else this.#trialFailureCount += 1;
    if (this.#trialSuccessCount >= successThreshold) this.#enter("closed");
    else if (this.#trialFailureCount > trialCount - successThreshold) this.#enter("open");
  }

  #enter(state: BreakerState): void {
    const previous = this.#state;
    this.#state = state;
    this.#epoch += 1;
    this.#window = new FailureWindow(this.#rule.windowMs);
    this.#openedAtMs = this.#now();
    this.#trialCount = 0;
    this.#trialSuccessCount = 0;
    this.#trialFailureCount = 0;
    if (state !== previous) this.#onStateChange?.(state, previous);
  }
}

function initialState({ mode }: BreakerRule): BreakerState {
  return mode === "open" ? "open" : "closed";
}
