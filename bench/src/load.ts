/** Of every load: connections, and calls in flight on each. */
export const CONNECTIONS = 4;
export const STREAMS = 5;
/** Of one run of a load. */
export const LOAD_TIMEOUT_MS = 600_000;
const OUTPUT_CHARS = 1_000;

export interface LoadResult {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

/** @param latencies of all calls @param perMs how many of their units a millisecond has */
export function loadResult(
  callsPerSecond: number,
  latencies: readonly number[],
  perMs: number,
): LoadResult {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    (sorted[Math.floor(sorted.length * share)] ?? Number.NaN) / perMs;
  return { callsPerSecond, p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999) };
}

/** What a load throws that was not answered as it should be. */
export function notAnswered(program: string, output: string): Error {
  return new Error(`${program}: not all calls were answered: ${output.slice(0, OUTPUT_CHARS)}`);
}
