import type { BreakerConfig } from "@ofs/registry";

/** What one breaker does, taken from the settings of its manager and its own key. All numbers are usable. */
export interface BreakerRule {
  /** `off` lets everything through and counts nothing; `open` and `closed` are forced. */
  readonly mode: "off" | "open" | "closed" | "automatic";
  /** Per cent of the executions in the window. */
  readonly failureRateThreshold: number;
  readonly minimumExecutions: number;
  readonly windowMs: number;
  /** Successes that close a half-open breaker, of `trialCount` executions. */
  readonly successThreshold: number;
  readonly trialCount: number;
  /** How long it stays open before it tries again. */
  readonly openMs: number;
}

const OFF: BreakerRule = {
  mode: "off",
  failureRateThreshold: 100,
  minimumExecutions: 1,
  windowMs: 1,
  successThreshold: 1,
  trialCount: 1,
  openMs: 0,
};

/** @param config undefined where the registry names no such manager: no breaker */
export function createRule(config: BreakerConfig | undefined, key: string): BreakerRule {
  const breakerKey = config?.keys.get(key);
  if (config === undefined || breakerKey === undefined) return OFF;
  if (!config.isEnabled || !breakerKey.isEnabled) return OFF;
  const trialCount = Math.max(1, config.successCountWindow);
  return {
    mode: breakerKey.forcedState === "none" ? "automatic" : breakerKey.forcedState,
    failureRateThreshold: config.failureRateThreshold,
    minimumExecutions: Math.max(1, config.failureRateMinimumExecutions),
    windowMs: Math.max(1, config.failureRateWindowMs),
    successThreshold: Math.min(Math.max(1, config.successCountThreshold), trialCount),
    trialCount,
    openMs: Math.max(0, config.openMs),
  };
}

export function isSameRule(left: BreakerRule, right: BreakerRule): boolean {
  return (
    left.mode === right.mode &&
    left.failureRateThreshold === right.failureRateThreshold &&
    left.minimumExecutions === right.minimumExecutions &&
    left.windowMs === right.windowMs &&
    left.successThreshold === right.successThreshold &&
    left.trialCount === right.trialCount &&
    left.openMs === right.openMs
  );
}
