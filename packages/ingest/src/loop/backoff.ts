/** Doubling it more often makes no difference. */
const MAX_DOUBLINGS = 30;

/** Ceilings of the pauses between repetitions, in milliseconds. */
export interface BackoffLimits {
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
}

/**
 * Full jitter: any pause up to a ceiling that grows, so that writers that failed together do not come back together.
 *
 * @param failures in a row, from 1
 * @returns milliseconds, at least 1
 */
export function backoffMs(limits: BackoffLimits, failures: number, random: () => number): number {
  const { retryMinMs, retryMaxMs } = limits;
  const doublings = Math.min(Math.max(failures - 1, 0), MAX_DOUBLINGS);
  return Math.max(1, Math.min(retryMinMs * 2 ** doublings, retryMaxMs) * random());
}
