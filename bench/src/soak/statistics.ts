/** One figure at one time. */
export interface Point {
  readonly seconds: number;
  readonly value: number;
}

export interface Slope {
  readonly perHour: number;
  /** Standard error of `perHour`. */
  readonly errorPerHour: number;
}

/** Least squares; points of a collected heap scatter, so the error matters as much as the slope. */
export function fitSlope(points: readonly Point[]): Slope {
  const count = points.length;
  if (count < 3) return { perHour: 0, errorPerHour: Number.POSITIVE_INFINITY };
  const meanX = mean(points.map(({ seconds }) => seconds));
  const meanY = mean(points.map(({ value }) => value));
  let spread = 0;
  let together = 0;
  for (const { seconds, value } of points) {
    spread += (seconds - meanX) ** 2;
    together += (seconds - meanX) * (value - meanY);
  }
  const slope = together / spread;
  let residual = 0;
  for (const { seconds, value } of points) {
    residual += (value - meanY - slope * (seconds - meanX)) ** 2;
  }
  const error = Math.sqrt(residual / (count - 2) / spread);
  return { perHour: slope * 3_600, errorPerHour: error * 3_600 };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Those of a part of the run, in tenths of it. */
export function inTenths(
  points: readonly Point[],
  totalSeconds: number,
  from: number,
  to: number,
): readonly number[] {
  const [start, end] = [(totalSeconds * from) / 10, (totalSeconds * to) / 10];
  return points
    .filter(({ seconds }) => seconds >= start && seconds < end)
    .map(({ value }) => value);
}
