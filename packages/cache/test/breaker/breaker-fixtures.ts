import type { BreakerConfig, BreakerKey } from "@ofs/registry";

export const KEY = "distributed_cache_retrieval";

/** Opens at 50 % of at least 4 executions in 1 s, for 500 ms; 2 good trials of 3 close it. */
export function breakerConfig(
  overrides: Partial<BreakerConfig> = {},
  key: Partial<BreakerKey> = {},
): BreakerConfig {
  return {
    name: "distributed_cache",
    isEnabled: true,
    failureRateThreshold: 50,
    failureRateMinimumExecutions: 4,
    failureRateWindowMs: 1000,
    successCountThreshold: 2,
    successCountWindow: 3,
    openMs: 500,
    keys: new Map([[KEY, { isEnabled: true, forcedState: "none", ...key }]]),
    ...overrides,
  };
}
