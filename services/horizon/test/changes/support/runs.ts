const { OFS_PROPERTY_RUNS: asked = "50" } = process.env;

/** How often a property is tried; more is asked for through the environment. */
export const PROPERTY_RUNS: number = Number(asked);

/** Generous, as it only has to end a hang. */
export const PROPERTY_TIMEOUT_MS: number = 30_000 + PROPERTY_RUNS * 100;
