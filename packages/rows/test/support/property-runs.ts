const RUNS_MAX = 100_000;

/** How often a property is tried: more often where the environment asks for it. */
export function propertyRuns(atLeast: number): number {
  const { OFS_PROPERTY_RUNS: asked = "0" } = process.env;
  return Math.min(Math.max(atLeast, Number(asked)), RUNS_MAX);
}
