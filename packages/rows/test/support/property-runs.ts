const RUNS_MAX = 100_000;

/** How often a property is tried: more often where the environment asks for it. */
export function propertyRuns(atLeast: number): number {
  const asked = Number(process.env.OFS_PROPERTY_RUNS ?? 0);
  return Math.min(Math.max(atLeast, asked), RUNS_MAX);
}
