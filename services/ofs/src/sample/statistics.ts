/** Mean and deviation of what a column holds. */
export interface Distribution {
  readonly mean: number;
  /** Of the whole population; 1 where all values are equal, so that nothing is divided by 0. */
  readonly deviation: number;
}

/** @param values at least one */
export function describeDistribution(values: readonly number[]): Distribution {
  const mean = sum(values) / values.length;
  const variance = sum(values.map((value) => (value - mean) ** 2)) / values.length;
  return { mean, deviation: variance === 0 ? 1 : Math.sqrt(variance) };
}

/**
 * Reads quantiles, between the values where they fall there.
 *
 * @param values at least one, in any order
 * @param shares 0 (smallest) to 1 (largest)
 */
export function quantiles(values: readonly number[], shares: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return shares.map((share) => {
    const position = share * (sorted.length - 1);
    const below = sorted[Math.floor(position)] as number;
    const above = sorted[Math.ceil(position)] as number;
    return below + (above - below) * (position - Math.floor(position));
  });
}

/** Scales a vector to length 1. A vector of zeros stays one. */
export function normalize(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? [...vector] : vector.map((element) => element / length);
}

/** Tells for any value which share of `values` is smaller. */
export function createRank(values: readonly number[]): (value: number) => number {
  const sorted = values.toSorted((a, b) => a - b);
  const smallerThan = new Map<number, number>();
  sorted.forEach((value, index) => {
    if (!smallerThan.has(value)) smallerThan.set(value, index / sorted.length);
  });
  return (value) => smallerThan.get(value) ?? 0;
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
